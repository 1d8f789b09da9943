/** Objects by their global id, and who may change a thread. */
import type { Call } from '../call.ts';
import { allows, canSee } from '../credentials.ts';
import { nodeId, reviewComments } from '../state.ts';
import type { Typed } from './execute.ts';

export const typed = (typename: string, value: unknown): Typed => ({ typename, value });

/** The node behind a global id, or undefined where the caller may not see it. */
export function findNode(call: Call, id: string): Typed | undefined {
  if (call.caller.kind !== 'installation') return undefined;
  for (const repository of call.hub.state.repositories.values()) {
    if (!canSee(call.caller.token, repository)) continue;
    if (nodeId('R', repository.id) === id) return typed('Repository', repository);
    for (const pull of repository.pulls.values()) {
      if (nodeId('PR', pull.id) === id) return typed('PullRequest', pull);
      const review = pull.reviews.find(({ node }) => node === id);
      if (review !== undefined) return typed('PullRequestReview', review);
      const comment = pull.comments.find(({ node }) => node === id);
      if (comment !== undefined) return typed('IssueComment', comment);
      const thread = pull.threads.find(({ node }) => node === id);
      if (thread !== undefined) return typed('PullRequestReviewThread', thread);
      const remark = reviewComments(pull).find(({ node }) => node === id);
      if (remark !== undefined) return typed('PullRequestReviewComment', remark);
    }
  }
  return undefined;
}

/** GitHub lets an App resolve threads only with Contents: write, beside Pull requests: write. */
export function mayResolve({ caller }: Call): boolean {
  if (caller.kind !== 'installation') return false;
  const { permissions } = caller.token;
  return allows(permissions, 'pull_requests', 'write') && allows(permissions, 'contents', 'write');
}
