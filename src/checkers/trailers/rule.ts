/** What a rule of the trailer checker is: a pure function of one message and of what the repository answered. */
import type { Commit, Person } from '../../git/change.ts';
import type { CommitAnswer, KnownCommit } from '../../git/commit-lookup.ts';
import type { Confidence, Rule, Severity } from '../checker.ts';
import type { Backport } from './backport.ts';
import type { FixesTag } from './fixes-tag.ts';
import type { Message, Trailer } from './message.ts';
import type { TrailerOptions } from './options.ts';

/** Lines startLine to endLine of the message (1-based, both included) become `lines`. */
export interface Correction {
  readonly startLine: number;
  readonly endLine: number;
  readonly lines: readonly string[];
}

export interface Problem {
  readonly line: number;
  readonly endLine?: number;
  /** One sentence that stands alone. */
  readonly message: string;
  /** Why, and what to do. */
  readonly explanation: string;
  /** Only where it is not the rule's own. */
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  /** The text as a machine can put it right, without speaking for anybody. */
  readonly correction?: Correction;
}

export interface FixesLine {
  readonly trailer: Trailer;
  readonly tag: FixesTag;
  /** What the repository says about the SHA1; `unknown` where there is none. */
  readonly target: CommitAnswer;
  /** Commits that the tag may have meant: by subject, or by the beginning of the SHA1. */
  readonly meant: readonly KnownCommit[];
  /** The target is an ancestor of the commit; undefined where that is not known. */
  readonly isAncestor: boolean | undefined;
}

/** Everything that a rule looks at. */
export interface MessageContext {
  readonly commit: Commit;
  readonly message: Message;
  readonly options: TrailerOptions;
  readonly isMerge: boolean;
  /** Author, committer and submitter as .mailmap names them. */
  readonly author: Person | undefined;
  readonly committer: Person | undefined;
  readonly submitter: Person | undefined;
  /** The Fixes tags of the tail and those out of place, in order. */
  readonly fixes: readonly FixesLine[];
  /** The commits that the message says it was taken from. */
  readonly backports: readonly Backport[];
  /** Answers for every SHA1 that the message quotes. */
  readonly answer: (sha: string) => CommitAnswer;
  /** Subjects of the newest commits that touched the paths of this one. */
  readonly subjectsTouching: ReadonlyMap<string, readonly string[]>;
  readonly canonical: (person: Person) => Person;
  /** Mistake to correction, in lower case; empty where the tree has no list. */
  readonly misspellings: ReadonlyMap<string, string>;
}

export interface MessageRule extends Rule {
  /** Reported only where the configuration says so. */
  readonly optional?: true;
  /** Merges are looked at too. */
  readonly merges?: true;
  check(context: MessageContext): Iterable<Problem>;
}

/** Replaces the trailer's lines. */
export function replaceTrailer(trailer: Trailer, text: string): Correction {
  return { startLine: trailer.line, endLine: trailer.endLine, lines: [text] };
}

/** Takes the lines out. */
export function removeLines(startLine: number, endLine: number): Correction {
  return { startLine, endLine, lines: [] };
}
