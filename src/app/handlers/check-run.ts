/**
 * `check_run`: somebody pressed "Re-run" beside one check, or one of its buttons. GitHub sends both only to the App that
 * made the run.
 */
import { z } from 'zod';
import { checkerOf } from '../../jobs/checks.ts';
import type { PressJob, RerunJob } from '../../jobs/job.ts';
import { type Handler, payloadParts, repositoryOf } from './handler.ts';

const schema = z.object({
  action: z.string(),
  installation: payloadParts.installation,
  repository: payloadParts.repository,
  check_run: z.object({ name: z.string(), head_sha: payloadParts.sha }),
  sender: payloadParts.user,
  requested_action: z.object({ identifier: z.enum(['rerun', 'dismiss', 'explain']) }).optional(),
});

export const checkRun: Handler = {
  event: 'check_run',
  actions: ['rerequested', 'requested_action'],
  decide(payload) {
    const { action, check_run: run, sender, requested_action: pressed, ...rest } = schema.parse(payload);
    const checker = checkerOf(run.name);
    if (checker === undefined) return undefined;
    const repository = repositoryOf(rest);
    const about = { repository, head: run.head_sha, checker };
    const key = `${repository.id}@${run.head_sha}`;
    if (action === 'rerequested') {
      return { queue: 'intake', key, data: { kind: 'rerun', ...about } satisfies RerunJob };
    }
    if (pressed === undefined || sender.type !== 'User') return undefined;
    const data: PressJob = { kind: 'press', ...about, button: pressed.identifier, by: sender.login };
    return { queue: 'intake', key, data };
  },
};
