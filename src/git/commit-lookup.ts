/** What a checker of messages may ask a repository about its commits. History that is not at hand is `unknown`. */
import type { FileDiff, Person } from './change.ts';

export interface KnownCommit {
  readonly id: string;
  readonly subject: string;
  /** False where only the beginning of the subject is known. */
  readonly wholeSubject: boolean;
  readonly author?: Person;
  /** Seconds since 1970. */
  readonly committed?: number;
}

export type CommitAnswer =
  | { readonly state: 'found'; readonly commit: KnownCommit }
  /** The repository has its whole history, and no commit of this name. */
  | { readonly state: 'missing' }
  /** Several commits begin so. */
  | { readonly state: 'ambiguous'; readonly ids: readonly string[] }
  /** Not to be known here: the history is shallow or partial, or nobody said. */
  | { readonly state: 'unknown' };

export interface CommitLookup {
  /** Answers for SHA1s as they are quoted, whole or abbreviated. */
  commits(names: readonly string[]): Promise<ReadonlyMap<string, CommitAnswer>>;
  /** Commits whose subject is exactly one of these. A subject that is not in the answer was not found or not looked for. */
  withSubjects(subjects: readonly string[]): Promise<ReadonlyMap<string, readonly KnownCommit[]>>;
  /** For each pair: is the first an ancestor of the second? Undefined where that is not known. */
  ancestry(pairs: readonly (readonly [string, string])[]): Promise<readonly (boolean | undefined)[]>;
  /** Subjects of the newest commits that touched each path, newest first; missing where not known. */
  subjectsTouching(paths: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The person as .mailmap names them; the person themselves where it says nothing. */
  canonical(person: Person): Person;
  /** Common mistakes in words, by the tree's scripts/spelling.txt: mistake to correction, in lower case. */
  misspellings(): ReadonlyMap<string, string>;
}

/** The upstream tree that backports are taken from. */
export interface UpstreamLookup extends CommitLookup {
  /** Commits upstream that name one of these in `Fixes:` or take it back (`This reverts commit`), by full id. */
  fixesOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly KnownCommit[]>>;
  /** git's patch-id of each commit's change; missing where it has none. */
  patchIds(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Each commit's change, without the lines around it; missing where it has none or it can't be had. */
  diffs(ids: readonly string[]): Promise<ReadonlyMap<string, readonly FileDiff[]>>;
}

/** Answers `unknown` to everything: a message without a repository. */
export const noHistory: CommitLookup = {
  commits: async (names) => new Map(names.map((name) => [name, { state: 'unknown' }])),
  withSubjects: async () => new Map(),
  ancestry: async (pairs) => pairs.map(() => undefined),
  subjectsTouching: async () => new Map(),
  canonical: (person) => person,
  misspellings: () => new Map(),
};
