/** What the stand-in remembers: GitHub's tables, as far as a review App can see them. */

export type Json = Readonly<Record<string, unknown>>;
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read';
export type Side = 'LEFT' | 'RIGHT';

export interface User {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
}

export interface Repository {
  readonly id: number;
  readonly owner: User;
  readonly name: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  /** Bare repository on disk. */
  readonly gitDir: string;
  readonly parent: Repository | undefined;
  /** Login to role; the owner is an admin without an entry. */
  readonly collaborators: Map<string, Role>;
  readonly pulls: Map<number, PullRequest>;
  readonly createdAt: string;
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  readonly user: User;
  title: string;
  body: string | null;
  draft: boolean;
  state: 'open' | 'closed';
  readonly labels: string[];
  readonly base: { ref: string; sha: string };
  /** `repository` is undefined once a fork is deleted. */
  readonly head: {
    repository: Repository | undefined;
    readonly owner: User;
    readonly ref: string;
    sha: string;
  };
  readonly reviews: Review[];
  readonly threads: Thread[];
  readonly comments: IssueComment[];
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  /** The commit that brought it into its base branch. */
  mergedAs: string | null;
}

/** GitHub's ReportedContentClassifiers, in lower case as `minimizedReason` gives them. */
export type MinimizedReason =
  | 'abuse'
  | 'duplicate'
  | 'off-topic'
  | 'outdated'
  | 'resolved'
  | 'spam'
  | 'low-quality';

interface Remark {
  readonly id: number;
  readonly node: string;
  readonly user: User;
  body: string;
  minimized: MinimizedReason | undefined;
  readonly reactions: Reaction[];
  readonly createdAt: string;
  updatedAt: string;
}

export interface IssueComment extends Remark {
  readonly pull: PullRequest;
}

export interface Review {
  readonly id: number;
  readonly node: string;
  readonly user: User;
  body: string;
  state: 'PENDING' | 'COMMENTED' | 'APPROVED' | 'CHANGES_REQUESTED' | 'DISMISSED';
  readonly commit: string;
  submittedAt: string | undefined;
}

export interface ReviewComment extends Remark {
  readonly thread: Thread;
  readonly review: Review;
  /** Id of the thread's first comment, for an answer. */
  readonly inReplyTo: number | undefined;
}

/** Where a thread stands in a diff, and where it stood when it was begun. */
export interface Thread {
  readonly node: string;
  readonly pull: PullRequest;
  readonly path: string;
  readonly subject: 'line' | 'file';
  readonly side: Side;
  readonly startSide: Side | undefined;
  /** Undefined when outdated, or for a whole file. */
  line: number | undefined;
  startLine: number | undefined;
  position: number | undefined;
  commit: string;
  readonly originalLine: number | undefined;
  readonly originalStartLine: number | undefined;
  readonly originalPosition: number | undefined;
  readonly originalCommit: string;
  readonly diffHunk: string;
  outdated: boolean;
  resolvedBy: User | undefined;
  readonly comments: ReviewComment[];
}

export type ReactionContent = '+1' | '-1' | 'laugh' | 'confused' | 'heart' | 'hooray' | 'rocket' | 'eyes';

export interface Reaction {
  readonly id: number;
  readonly user: User;
  readonly content: ReactionContent;
  readonly createdAt: string;
}

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: 'notice' | 'warning' | 'failure';
  readonly message: string;
  readonly title?: string;
  readonly raw_details?: string;
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export type CheckStatus = 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending';

export interface CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  readonly repository: Repository;
  readonly head: string;
  name: string;
  status: CheckStatus;
  conclusion: string | null;
  detailsUrl: string;
  externalId: string;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: Annotation[];
  actions: readonly CheckAction[];
  startedAt: string;
  completedAt: string | null;
}

export interface CheckSuite {
  readonly id: number;
  readonly repository: Repository;
  readonly head: string;
  readonly branch: string | null;
  readonly runs: CheckRun[];
  /** Set by a re-request, until a run is made again. */
  reset: boolean;
  readonly createdAt: string;
}

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly redelivery: boolean;
  readonly deliveredAt: string;
  readonly duration: number;
  readonly status: string;
  readonly statusCode: number;
  readonly repositoryId: number | null;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly payload: Json;
  /** The bytes that were signed and sent. */
  readonly rawBody: string;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: string;
}

export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

export interface Installation {
  readonly id: number;
  readonly account: User;
  readonly repositories: Set<Repository>;
  permissions: Permissions;
  suspendedAt: string | null;
  readonly createdAt: string;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly owner: User;
  /** PEM, as GitHub would hand it out once. */
  readonly privateKey: string;
  readonly publicKey: string;
  readonly webhookSecret: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where people may be sent back after they confirmed who they are. */
  readonly callbackUrls: string[];
  readonly bot: User;
  readonly events: readonly string[];
  readonly createdAt: string;
}

/** Kinds of ids, each from a number that GitHub has long passed: above 32 bits where GitHub's are. */
const FIRST_ID = {
  user: 1_000_001,
  repository: 700_000_001,
  pull: 2_200_000_001,
  comment: 3_100_000_001,
  review: 2_900_000_001,
  reaction: 250_000_001,
  check: 55_000_000_001,
  suite: 48_000_000_001,
  delivery: 180_000_000_001,
  installation: 60_000_001,
  label: 8_000_000_001,
} as const;

export type IdKind = keyof typeof FIRST_ID;

export interface State {
  readonly app: App;
  readonly installation: Installation;
  readonly users: Map<string, User>;
  /** By full name, in lower case. */
  readonly repositories: Map<string, Repository>;
  readonly checkRuns: Map<number, CheckRun>;
  readonly checkSuites: Map<number, CheckSuite>;
  readonly deliveries: Delivery[];
  /** Address of the stand-in, without a slash at the end. */
  url: string;
  nextId(kind: IdKind): number;
  now(): string;
}

/** A source of ids, one sequence a kind. */
export function idSequences(): (kind: IdKind) => number {
  const next = new Map<IdKind, number>();
  return (kind) => {
    const id = next.get(kind) ?? FIRST_ID[kind];
    next.set(kind, id + 1);
    return id;
  };
}

/** A GraphQL node id: GitHub's form, a kind and opaque text. */
export function nodeId(prefix: string, id: number | string): string {
  return `${prefix}_${Buffer.from(String(id)).toString('base64url')}`;
}

export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

/** The account with this login, made when it is new. */
export function userNamed(state: Pick<State, 'users' | 'nextId'>, login: string): User {
  const known = state.users.get(login.toLowerCase());
  if (known !== undefined) return known;
  const type = login.endsWith('[bot]') ? 'Bot' : 'User';
  const user: User = { id: state.nextId('user'), login, type };
  state.users.set(login.toLowerCase(), user);
  return user;
}

/** Every review comment of a pull request, oldest first. */
export function reviewComments(pull: PullRequest): ReviewComment[] {
  return pull.threads.flatMap((thread) => thread.comments).sort((a, b) => a.id - b.id);
}

/** Open and closed pull requests of all repositories. */
export function allPulls(state: State): PullRequest[] {
  return [...state.repositories.values()].flatMap((repository) => [...repository.pulls.values()]);
}
