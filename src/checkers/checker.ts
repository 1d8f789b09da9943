/**
 * What a checker and a finding are. A checker is a folder; a rule is a file in it that declares itself by
 * a Rule and a page `docs/rules/<checker>/<rule>.md`.
 */
import type { Commit } from '../git/change.ts';
import type { CommitLookup } from '../git/commit-lookup.ts';
import type { FunctionRef, Program } from '../index/program.ts';

export type Severity = 'error' | 'warning' | 'note';
export type Confidence = 'high' | 'medium' | 'low';

const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];

/** Greater than 0 where `a` is surer than `b`. */
export const compareConfidence = (a: Confidence, b: Confidence): number =>
  CONFIDENCES.indexOf(a) - CONFIDENCES.indexOf(b);

/** Where a trailer finding stands: a line of the message of `commit`. */
export const COMMIT_MESSAGE = '/COMMIT_MSG';

/** One step of a trace, in the order in which a reader should follow it. */
export interface Step {
  readonly path: string;
  readonly line: number;
  readonly function: string;
  readonly text: string;
}

/** An edge of a lock cycle: `to` was taken while `from` was held. */
export interface CycleEdge {
  readonly from: string;
  readonly to: string;
  /** As lockdep's table says it: `lock(to)`, `rlock(to)`. */
  readonly calls: readonly [string, string];
  /** Its witness: steps of the trace, from the first to before the last. */
  readonly steps: readonly [number, number];
}

/** Replaces lines startLine to endLine (1-based, both included) of path by `lines`. */
export interface Suggestion {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly lines: readonly string[];
}

/** A result that nothing tests: the pointer, the line of the call that gives it, what the function returns. */
export interface MissingTest {
  readonly pointer: string;
  readonly line: number;
  readonly returns: string;
}

/** Writes `by` for the first of `words` in a line of the finding's file, or above it in the same declaration. */
export interface Rewording {
  readonly line: number;
  /** Plain words. */
  readonly words: readonly string[];
  readonly by: string;
}

/** One defect. Paths are relative to the root of the tree; lines and columns are 1-based. */
export interface Finding {
  readonly checker: string;
  /** Full id: `null-deref/known-null`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Where no change touches its code; `confidence` otherwise. What has been in use for years mostly gets away with it. */
  readonly confidenceInUse?: Confidence;
  /** File, or COMMIT_MESSAGE for a finding about a message. */
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  readonly column?: number;
  readonly endColumn?: number;
  readonly function: string;
  /** One sentence that stands alone: what is wrong, with the names. */
  readonly message: string;
  /** Markdown-free paragraphs: why, the scenario, what would fix it. */
  readonly explanation: string;
  /** Survives unrelated edits and line moves; see fingerprint.ts. */
  readonly fingerprint: string;
  readonly trace: readonly Step[];
  /** The cycle that a deadlock goes round in; the edge that stands in the finding's place comes first. */
  readonly cycle?: readonly CycleEdge[];
  /** True where one defect (a lock cycle) can be seen from several places: their findings share the fingerprint. */
  readonly hasSeveralPlaces?: true;
  readonly suggestion?: Suggestion;
  /** Where a test of a pointer would mend it. */
  readonly missingTest?: MissingTest;
  /** A correction by words: a review makes a suggestion of it. */
  readonly reword?: Rewording;
  /** SHA (or patch file name) of the commit that a message finding is about, or that introduced the defect. */
  readonly commit?: string;
}

/** A rule as it declares itself: the docs test, the registry and the configuration read this. */
export interface Rule {
  /** Full id: `null-deref/known-null`. */
  readonly id: string;
  readonly severity: Severity;
  /** One sentence, for lists and SARIF. */
  readonly summary: string;
  /** The kernel document, page or commit that the rule rests on. */
  readonly source: string;
}

/**
 * What a change has to do with in one program. The same functions, by path and name, on both of its sides and at each
 * of its commits: what one has and the other has not is then a difference.
 */
export interface ChangeScope {
  /** The functions that it touches, or may change the meaning of. */
  readonly touched: readonly FunctionRef[];
  isTouched(ref: FunctionRef): boolean;
  /** Touched, or one that does something else for its callers than before is called below it, within the changed files. */
  mayNoticeTouched(ref: FunctionRef): boolean;
  /** Touched, or called below a touched one in another way than before, within the changed files. */
  isBelowTouched(ref: FunctionRef): boolean;
  /** Whether it uses a field, or a global pointer, that a touched function treats in another way than before. */
  usesChangedField(ref: FunctionRef): boolean;
}

/** A checker of code: `null-deref`, `lock-order`. */
export interface CodeChecker {
  readonly name: string;
  readonly rules: readonly Rule[];
  /**
   * All findings in these files as they stand, in any order. Pure: the same program gives the same findings. Where the
   * scope of a change is given, those that neither stand in nor go through a touched function may be left out.
   */
  audit(program: Program, paths: readonly string[], scope?: ChangeScope): readonly Finding[];
  /**
   * Whether a function with another body, in the programs of both sides of a change, is the same to this checker, as far
   * as it can tell. Asked of those that use nothing that means something else.
   */
  isSame?(before: readonly [Program, FunctionRef], after: readonly [Program, FunctionRef]): boolean;
  /**
   * Of a function that is not the same: answers, for the names of functions, macros and tables that it uses, and for
   * `.name` where it calls through a field, whether it comes to them as before.
   */
  leadsAlike?(
    before: readonly [Program, FunctionRef],
    after: readonly [Program, FunctionRef],
  ): (name: string) => boolean;
  /**
   * What only both sides of a change show together, in files that both have. `introduced` are the findings of head
   * that base has not.
   */
  compare?(
    base: Program,
    head: Program,
    paths: readonly string[],
    introduced: readonly Finding[],
  ): readonly Finding[];
}

/** A checker of commit messages: `trailers`. */
export interface MessageChecker<Options> {
  readonly name: string;
  readonly rules: readonly Rule[];
  /** All findings about these messages, in the order of the commits and of the lines. */
  check(commits: readonly Commit[], history: CommitLookup, options: Options): Promise<readonly Finding[]>;
}
