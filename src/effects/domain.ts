/**
 * What can be plugged into a walk (see paths.ts). A Domain carries a state of its own along each path: the
 * locks that are held, the context that the code runs in. An Observer only looks.
 *
 * A domain's state is one number: the domain interns whatever it stands for, so that equal states are equal
 * numbers, and a state costs the walker one word. How to write one:
 *
 *   1. begin() looks at the flow's calls; return false where none of them matters, and the function costs
 *      the domain nothing more. If no domain and no observer wants a function, it is not walked.
 *   2. call() answers the state after a call. Where the call may or may not have done it (a trylock, a
 *      lock function that can be interrupted), return several outcomes, each with the bits that the result
 *      has then: the walk splits, and later tests of the result select the path. Two splits of the same
 *      kind merge by themselves as soon as nothing depends on the result any more.
 *   3. enterScope() and exitScope() see guards and cleanups, with the scope of the flow.
 *   4. assign() is told before a place changes, for domains whose state names expressions (the lock of
 *      `p->lock` is another one when p is assigned).
 *   5. leave() is told the state at each return.
 *   6. join() merges two states by forgetting when a block has too many. What it returns must say less than
 *      both, and joining again and again must come to an end.
 *
 * A view answers what is known on the path at this point: `view.bits(e)` for an expression of the flow,
 * `view.at` for the instruction, `view.isMerged` where paths were joined by forgetting: what is found then
 * deserves less confidence. `view.pathForks()` lists the blocks from the entry to here, for traces.
 */
import type { Flow } from '../c/flow.ts';
import type { CallKnowledge } from './knowledge.ts';

export interface View {
  readonly flow: Flow;
  readonly isMerged: boolean;
  /** Instruction that is being run, as an index into ops in instructions. */
  readonly at: number;
  /** Bits of an expression's value on this path, see values.ts. */
  bits(expression: number): number;
  /** True where what is known of the expression may have been changed by a call since. */
  isWeak(expression: number): boolean;
  /** From here on nothing is known of an expression: others may have changed it. */
  forget(expression: number): void;
  /** Call whose result the value is, -1 where it is not known to be one. */
  originCall(expression: number): number;
  knowledge(call: number): CallKnowledge;
  /** Expression of a call's result, 0 where nothing uses it. */
  resultOf(call: number): number;
  /** What the value that a parameter had at entry is known to be; ANY of those that the function does not test. */
  entryBits(parameter: number): number;
  /** Parameters that were NULL at entry on this path, as a mask; only of those that the function tests. */
  nullParameters(): number;
  /** How many branches on this path could have gone either way. */
  readonly forks: number;
  /** The blocks from the function's entry to here, this one last, with what was known of an expression there. */
  history(expression: number): Past[];
  /** Blocks from the function's entry to here, this one last. */
  path(): number[];
  /** Pairs of block and `forks` at its entry, from the function's entry to here. */
  pathForks(): [number, number][];
}

/** One block on the way here, with what was known of an expression when it was entered. */
export interface Past {
  readonly block: number;
  readonly forks: number;
  readonly bits: number;
}

export interface Outcome {
  readonly state: number;
  /** What the result can be in this outcome. */
  readonly result: number;
}

export interface Domain {
  begin(flow: Flow, view: View): boolean;
  initial(): number;
  call(state: number, call: number, view: View): number | readonly Outcome[];
  enterScope?(state: number, scope: number, view: View): number;
  exitScope?(state: number, scope: number, view: View): number;
  assign?(state: number, target: number, value: number, view: View): number;
  /** A branch was decided: `condition` is true or false from here on. */
  branch?(state: number, condition: number, taken: boolean, view: View): number;
  leave?(state: number, view: View): void;
  join(a: number, b: number): number;
}

export interface Observer {
  deref?(pointer: number, place: number, isStore: boolean, view: View): void;
  /** Told of each Deref, too; answers the pointer that it really goes through (see flow.ts): not NULL afterwards. 0: none. */
  accessed?(pointer: number, place: number, view: View): number;
  /** Before the call has an effect. */
  call?(call: number, view: View): void;
  assign?(target: number, value: number, view: View): void;
  branch?(condition: number, view: View): void;
  /** `value` is 0 for none. */
  leave?(value: number, view: View): void;
  /** The body of a macro that opens a loop runs here. */
  body?(view: View): void;
}
