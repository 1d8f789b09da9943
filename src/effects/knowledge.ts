/** What a walk is told about one call: made from a function's summary, a macro's body or a table of src/kernel/. */
import { ANY } from './values.ts';

/** A result in `when` says that the argument, or the place whose address it is, is in `bits`. */
export interface Implication {
  readonly when: number;
  readonly argument: number;
  /** True where the argument is `&place` and the place is what is known. */
  readonly through: boolean;
  readonly bits: number;
}

/** A macro that opens a block: what it assigns to its iterators. */
export interface Iterator {
  readonly argument: number;
  readonly inBody: number;
  readonly afterwards: number;
}

export interface CallKnowledge {
  /** Bits of the result, see values.ts. */
  readonly result: number;
  /** Each call gives another object: asking again does not give the same answer. */
  readonly isFresh: boolean;
  /** Argument whose value the result is (READ_ONCE, rcu_dereference, container_of); -1: none. */
  readonly same: number;
  /** It warns where `same` is true. Nobody looks at the result: that was taken for impossible. */
  readonly complains: boolean;
  /** Mask of arguments: the result is NULL only where one of them is. 0: no such condition. */
  readonly nullOnlyIf: number;
  readonly implies: readonly Implication[];
  readonly noReturn: boolean;
  /** Mask of arguments that are dereferenced on every way through. */
  readonly dereferences: number;
  /** Mask of arguments that are dereferenced on some way without a test. */
  readonly mayDereference: number;
  /** Mask of arguments through whose address something is stored. */
  readonly writes: number;
  /** Mask of arguments that are assigned by name (macros). */
  readonly assigns: number;
  /** Whether fields behind its arguments, or globals, may change. */
  readonly modifies: boolean;
  /**
   * A macro that returns from the function that uses it: with the value of this argument, or RETURNS_UNKNOWN.
   * CONTINUES: it does not.
   */
  readonly returns: number;
  /** A macro that returns from the function that uses it on some of its ways. */
  readonly mayReturn: boolean;
  /** Masks of arguments: the path goes on only where they are true, or false. */
  readonly assertsTrue: number;
  readonly assertsFalse: number;
  /** For the macro of a MacroBlock. */
  readonly block: 'none' | 'loop' | 'guard' | 'conditional';
  readonly iterators: readonly Iterator[];
}

export const CONTINUES = -2;
export const RETURNS_UNKNOWN = -1;

/** Nothing is known: it may change what it is handed. */
export const UNKNOWN_CALL: CallKnowledge = {
  result: ANY,
  isFresh: false,
  same: -1,
  complains: false,
  nullOnlyIf: 0,
  implies: [],
  noReturn: false,
  dereferences: 0,
  mayDereference: 0,
  writes: -1,
  assigns: 0,
  modifies: true,
  returns: CONTINUES,
  mayReturn: false,
  assertsTrue: 0,
  assertsFalse: 0,
  block: 'none',
  iterators: [],
};

/** Knowledge with the given parts, of a function that changes nothing else. */
export const pure = (parts: Partial<CallKnowledge>): CallKnowledge => ({
  ...UNKNOWN_CALL,
  writes: 0,
  modifies: false,
  ...parts,
});
