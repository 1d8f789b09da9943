/** `check_run.rerequested`: somebody pressed "Re-run" beside one check. GitHub sends it to the App that made the run. */
import { z } from 'zod';
import { checkerOf } from '../../jobs/checks.ts';
import type { RerunJob } from '../../jobs/job.ts';
import { type Handler, payloadParts, repositoryOf } from './handler.ts';

const schema = z.object({
  installation: payloadParts.installation,
  repository: payloadParts.repository,
  check_run: z.object({ name: z.string(), head_sha: payloadParts.sha }),
});

export const checkRun: Handler = {
  event: 'check_run',
  actions: ['rerequested'],
  decide(payload) {
    const { check_run: run, ...rest } = schema.parse(payload);
    const checker = checkerOf(run.name);
    if (checker === undefined) return undefined;
    const repository = repositoryOf(rest);
    const data: RerunJob = { kind: 'rerun', repository, head: run.head_sha, checker };
    return { queue: 'intake', key: `${repository.id}@${run.head_sha}`, data };
  },
};
