/** The one review of a push. GitHub takes all of it or nothing: whatever it refuses, what stands is said. */
import { isShown, type ReviewComment } from '../report/github.ts';
import { type Forge, NotPlaced } from './forge.ts';
import { githubDiff } from './github-diff.ts';
import type { Log } from './services.ts';

interface Review {
  readonly head: string;
  readonly body: string;
  readonly comments: readonly ReviewComment[];
}

/**
 * Posts a review. Where GitHub refuses it because of a comment: those that stand in GitHub's own diff; if it refuses
 * that too, the words alone and the comments one by one. What it does not take even so stays an annotation of the check
 * run, where every finding is. Resolves to whether any of it is posted.
 */
export async function postReview(log: Log, forge: Forge, number: number, review: Review): Promise<boolean> {
  if (await isTaken(() => together(review.comments))) return true;
  const text = await forge.diff(number);
  const diff = text === undefined ? undefined : githubDiff(text);
  const standing = review.comments.filter((comment) => diff === undefined || isShown(comment, diff));
  const isLess = standing.length < review.comments.length;
  if (isLess && (await isTaken(() => together(standing)))) return true;
  let isPosted = await isTaken(() => together([]));
  for (const comment of standing)
    if (await isTaken(() => forge.createReviewComment(number, review.head, comment), comment.path))
      isPosted = true;
  return isPosted;

  function together(comments: readonly ReviewComment[]): Promise<void> {
    return forge.createReview(number, review.head, review.body, comments);
  }

  async function isTaken(post: () => Promise<void>, path?: string): Promise<boolean> {
    try {
      await post();
      return true;
    } catch (error) {
      if (!(error instanceof NotPlaced)) throw error;
      log.warn({ pull: number, path, err: error }, path === undefined ? 'review refused' : 'comment refused');
      return false;
    }
  }
}
