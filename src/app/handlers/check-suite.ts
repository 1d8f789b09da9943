/** `check_suite.rerequested`: somebody pressed "Re-run all checks". */
import { z } from 'zod';
import type { RerunJob } from '../../jobs/job.ts';
import { type Handler, payloadParts, repositoryOf } from './handler.ts';

const schema = z.object({
  installation: payloadParts.installation,
  repository: payloadParts.repository,
  check_suite: z.object({ head_sha: payloadParts.sha }),
});

export const checkSuite: Handler = {
  event: 'check_suite',
  actions: ['rerequested'],
  decide(payload) {
    const { check_suite: suite, ...rest } = schema.parse(payload);
    const repository = repositoryOf(rest);
    const data: RerunJob = { kind: 'rerun', repository, head: suite.head_sha };
    return { queue: 'intake', key: `${repository.id}@${suite.head_sha}`, data };
  },
};
