/** What a job asks of GitHub, for one repository. app/ answers; a test may answer with a few lines. */
import type { Annotation, ReviewComment } from '../report/github.ts';
import type { Button } from './buttons.ts';
import type { Repository } from './job.ts';

export interface PullRequestState {
  readonly open: boolean;
  readonly draft: boolean;
  readonly head: string;
  readonly baseRef: string;
  /** When it became so, ISO 8601. */
  readonly updated: string;
  readonly labels: readonly string[];
  /** The newest name of the repository, as the address for git. */
  readonly gitUrl: string;
}

/** How a head stands to the branch that it is for. */
interface Comparison {
  readonly mergeBase: string;
  /** SHA of the branch. */
  readonly base: string;
  /** Commits in head and not in the branch. */
  readonly ahead: number;
}

export interface CheckRunStart {
  readonly name: string;
  readonly head: string;
  /** Our own id: it comes back with every event of the check run. */
  readonly externalId: string;
  /** Where its "Details" leads; to GitHub's own page otherwise. */
  readonly detailsUrl?: string | undefined;
}

export interface CheckRunUpdate {
  readonly status: 'in_progress' | 'completed';
  readonly conclusion?: 'success' | 'failure' | 'neutral';
  readonly title: string;
  readonly summary: string;
  readonly detailsUrl?: string | undefined;
  /** At most 50. */
  readonly annotations?: readonly Annotation[];
  /** At most three. */
  readonly actions?: readonly Button[] | undefined;
  /** Not repeated by itself where it fails: a later one says more. */
  readonly once?: boolean;
}

export interface CheckRunState {
  readonly id: number;
  readonly name: string;
  readonly externalId: string;
  readonly completed: boolean;
  /** How many annotations it has. */
  readonly annotations: number;
}

/** A review comment that Adjutant wrote. */
export interface OwnComment {
  readonly id: number;
  /** GraphQL's id. */
  readonly node: string;
  readonly body: string;
  /** Somebody else answered in its thread. */
  readonly answered: boolean;
}

export interface CommentEdit {
  /** GraphQL's id. */
  readonly node: string;
  readonly body: string;
}

export interface CommentFold {
  /** GraphQL's id of the comment. */
  readonly node: string;
  /** Put away: folded, or its thread resolved. Brought back otherwise. */
  readonly away: boolean;
}

type Reaction = 'eyes' | 'rocket' | 'confused';

/**
 * GitHub would not take a review comment, or a whole review because of one: 422. What was sent is not posted.
 */
export class NotPlaced extends Error {
  override readonly name = 'NotPlaced';
}

/** The repository, the pull request or the installation is not there (any more) for Adjutant: 404, 410. */
export class Gone extends Error {
  override readonly name = 'Gone';
}

export interface Forge {
  pullRequest(number: number): Promise<PullRequestState>;
  compare(baseRef: string, head: string): Promise<Comparison>;
  /** SHAs of its commits, the first 250. */
  commits(number: number): Promise<readonly string[]>;
  /** The pull request's diff; undefined where GitHub says that it is too large. */
  diff(number: number): Promise<string | undefined>;
  /** The text of `.github/adjutant.yml` in the owner's `.github` repository; undefined where there is none to be seen. */
  ownerConfiguration(): Promise<string | undefined>;
  /** The repository's address for git. */
  gitUrl(): string;
  /** A token that may read this repository and nothing else, for git. `fresh`: the one from before was no good. */
  gitToken(fresh: boolean): Promise<string>;

  /** Never repeated by itself: a lost answer would leave a check run that nobody ends. */
  createCheckRun(run: CheckRunStart): Promise<number>;
  updateCheckRun(id: number, update: CheckRunUpdate): Promise<void>;
  /** Sends SARIF to code scanning. Resolves to whether GitHub took it: it may be off, or not for Adjutant. */
  uploadSarif(number: number, head: string, sarif: string): Promise<boolean>;
  /** Our own check runs of a commit. */
  checkRuns(head: string): Promise<readonly CheckRunState[]>;

  /** Adjutant's own comments in review threads. */
  reviewComments(number: number): Promise<readonly OwnComment[]>;
  /** How many comments GitHub takes of this installation without being waited for. */
  commentRoom(): number;
  /** Never repeated by itself. Rejects with NotPlaced where GitHub refuses a comment: then none is posted. */
  createReview(number: number, head: string, body: string, comments: readonly ReviewComment[]): Promise<void>;
  /** One comment by itself. Rejects with NotPlaced. */
  createReviewComment(number: number, head: string, comment: ReviewComment): Promise<void>;
  /** One that was deleted meanwhile is left out. */
  editReviewComments(edits: readonly CommentEdit[]): Promise<void>;
  /** Folds comments away, or unfolds them. */
  foldComments(folds: readonly CommentFold[]): Promise<void>;
  /**
   * Resolves the threads that comments of ours began, or opens them again. GitHub lets Apps do that which may write the
   * repository's contents; resolves to false where this installation may not.
   */
  resolveThreads(number: number, folds: readonly CommentFold[]): Promise<boolean>;

  /** `admin`, `write`, `read` or `none`. */
  permission(user: string): Promise<string>;
  /** `thread`: the first comment of the review thread that the comment stands in; in the conversation otherwise. */
  react(comment: number, reaction: Reaction, thread?: number): Promise<void>;
  /** Bodies of Adjutant's own comments since a time, in the conversation or in review threads. */
  ownReplies(number: number, since: string, thread?: number): Promise<readonly string[]>;
  /** Never repeated by itself. */
  reply(number: number, body: string, thread?: number): Promise<void>;
  /** The body of a review comment, where Adjutant wrote it. */
  ownReviewComment(id: number): Promise<string | undefined>;
}

export type OpenForge = (repository: Repository) => Promise<Forge>;
