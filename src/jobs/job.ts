/** What a webhook becomes: plain data that survives in the queue and says all that a worker must know. */

import type { Button } from './buttons.ts';

export interface Repository {
  /** The installation that may act on it. */
  readonly installation: number;
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

export interface PullRequest {
  readonly repository: Repository;
  readonly number: number;
}

/** A pull request's head or base changed, or it became ready: see whether there is something to review. */
export interface PushJob {
  readonly kind: 'push';
  readonly pull: PullRequest;
  readonly head: string;
  readonly baseRef: string;
  /** When the pull request became so, ISO 8601: an event that is delivered again comes after later ones. */
  readonly updated?: string | undefined;
}

/** Somebody pressed "Re-run". A fork's head is in no list of pull requests: ours is found by the check run's id. */
export interface RerunJob {
  readonly kind: 'rerun';
  readonly repository: Repository;
  readonly head: string;
  /** The checker whose check run it is; all of them otherwise. */
  readonly checker?: string;
}

/** The pull request was closed or merged. */
export interface CloseJob {
  readonly kind: 'close';
  readonly pull: PullRequest;
}

/** Somebody pressed a button of a check run. */
export interface PressJob {
  readonly kind: 'press';
  readonly repository: Repository;
  readonly head: string;
  readonly checker: string;
  readonly button: Button['identifier'];
  /** Login. */
  readonly by: string;
}

/** A commit that a merge queue built, and what it goes onto. */
export interface MergeGroup {
  /** SHA. */
  readonly base: string;
  /** Full name of the branch that holds it while it is wanted. */
  readonly ref: string;
}

/** A merge queue waits for the checks of a commit. */
export interface GroupJob {
  readonly kind: 'group';
  readonly repository: Repository;
  readonly head: string;
  /** Branch that it shall go onto. */
  readonly baseRef: string;
  readonly group: MergeGroup;
}

/** The merge queue does not want the commit any more. */
export interface GroupGoneJob {
  readonly kind: 'group-gone';
  readonly repository: Repository;
  readonly head: string;
}

/** A branch moved. */
export interface RefreshJob {
  readonly kind: 'refresh';
  readonly repository: Repository;
  readonly branch: string;
  /** SHA. */
  readonly tip: string;
}

/** The App was taken away from these repositories. */
export interface ForgetJob {
  readonly kind: 'forget';
  /** Ids. */
  readonly repositories: readonly number[];
}

export type IntakeJob =
  | PushJob
  | RerunJob
  | PressJob
  | CloseJob
  | GroupJob
  | GroupGoneJob
  | RefreshJob
  | ForgetJob;

/** Carries out one review that `adjutant.review` has under the job's own id. */
export interface ReviewJob {
  /** Number 0 for a merge group: it is of no pull request alone. */
  readonly pull: PullRequest;
  readonly group?: MergeGroup;
}

/** A command as somebody wrote it. */
export interface Invocation {
  readonly name: string;
  /** What follows the name on its line, trimmed. */
  readonly args: string;
  /** Its line, and where in it the name begins (0-based). */
  readonly text: string;
  readonly column: number;
}

/** A comment with commands. */
export interface CommentJob {
  readonly pull: PullRequest;
  readonly comment: number;
  /** The first comment of the review thread that it stands in; undefined in the conversation. */
  readonly thread?: number;
  readonly invocations: readonly Invocation[];
  readonly author: string;
  /** When it was written, ISO 8601. */
  readonly written: string;
  readonly pullAuthor: string;
}

/** The queue's key: work on one pull request is done in order, one piece at a time. */
export function pullKey({ repository, number }: PullRequest): string {
  return `${repository.id}#${number}`;
}
