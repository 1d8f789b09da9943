/** `pull_request`: a new head, a new base, ready again, a label less that may have held it back: review it. Closed: clean up. */
import { z } from 'zod';
import { type CloseJob, type PushJob, pullKey } from '../../jobs/job.ts';
import { type Handler, payloadParts, repositoryOf } from './handler.ts';

const schema = z.object({
  action: z.string(),
  installation: payloadParts.installation,
  repository: payloadParts.repository,
  pull_request: payloadParts.pullRequest,
  changes: z.object({ base: z.unknown().optional() }).optional(),
});

export const pullRequest: Handler = {
  event: 'pull_request',
  actions: ['opened', 'synchronize', 'reopened', 'ready_for_review', 'edited', 'unlabeled', 'closed'],
  decide(payload) {
    const { action, changes, pull_request: pr, ...rest } = schema.parse(payload);
    // A new title or text is no new code.
    if (action === 'edited' && changes?.base === undefined) return undefined;
    const pull = { repository: repositoryOf(rest), number: pr.number };
    const data: CloseJob | PushJob =
      action === 'closed'
        ? { kind: 'close', pull }
        : { kind: 'push', pull, head: pr.head.sha, baseRef: pr.base.ref, updated: pr.updated_at };
    return { queue: 'intake', key: pullKey(pull), data };
  },
};
