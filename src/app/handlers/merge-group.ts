/** `merge_group`: a merge queue asks for the checks of a commit that it built, or gives that commit up. */
import { z } from 'zod';
import type { GroupGoneJob, GroupJob } from '../../jobs/job.ts';
import { type Handler, payloadParts, repositoryOf } from './handler.ts';

const schema = z.object({
  action: z.string(),
  installation: payloadParts.installation,
  repository: payloadParts.repository,
  merge_group: z.object({
    head_sha: payloadParts.sha,
    head_ref: z.string(),
    base_sha: payloadParts.sha,
    base_ref: z.string(),
  }),
});

export const mergeGroup: Handler = {
  event: 'merge_group',
  actions: ['checks_requested', 'destroyed'],
  permission: 'merge_queues',
  decide(payload) {
    const { action, merge_group: group, ...rest } = schema.parse(payload);
    const repository = repositoryOf(rest);
    const head = group.head_sha;
    const data: GroupJob | GroupGoneJob =
      action === 'destroyed'
        ? { kind: 'group-gone', repository, head }
        : {
            kind: 'group',
            repository,
            head,
            baseRef: group.base_ref.replace(/^refs\/heads\//, ''),
            group: { base: group.base_sha, ref: group.head_ref },
          };
    return { queue: 'intake', key: `${repository.id}@${head}`, data };
  },
};
