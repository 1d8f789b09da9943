/** `push`: a branch moved. Where pull requests are for it, its tree is indexed before anybody asks. */
import { z } from 'zod';
import type { RefreshJob } from '../../jobs/job.ts';
import { type Handler, payloadParts, repositoryOf } from './handler.ts';

const schema = z.object({
  installation: payloadParts.installation,
  repository: payloadParts.repository,
  ref: z.string(),
  after: payloadParts.sha,
  deleted: z.boolean(),
});

export const push: Handler = {
  event: 'push',
  actions: [],
  decide(payload) {
    const { ref, after, deleted, ...rest } = schema.parse(payload);
    const branch = /^refs\/heads\/(?<name>.+)$/.exec(ref)?.groups?.name;
    if (branch === undefined || deleted) return undefined;
    const repository = repositoryOf(rest);
    const data: RefreshJob = { kind: 'refresh', repository, branch, tip: after };
    return { queue: 'intake', key: `${repository.id}:refresh`, data };
  },
};
