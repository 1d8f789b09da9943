/**
 * What is known of a value, as a few bits, one lattice for integers and pointers: an error pointer is a
 * small negative number, so `ret < 0` and IS_ERR(p) ask the same. A set bit is a possibility that is left.
 */
import { Operator } from '../c/ast.ts';

export const ZERO = 1;
/** Negative: an error code or an error pointer. */
export const ERR = 2;
/** Positive: a valid pointer. */
export const OTHER = 4;
export const ANY = 7;
/** A ZERO that is left is not ignorance: something says that the value can be NULL. */
export const MAY_NULL = 8;
/** The same for ERR. */
export const MAY_ERR = 16;

export const NONZERO = ERR | OTHER;

/** The possibilities with evidence that no longer has any possibility to stand for left out. */
export const settle = (bits: number): number => {
  let settled = bits;
  if ((bits & ZERO) === 0) settled &= ~MAY_NULL;
  if ((bits & ERR) === 0) settled &= ~MAY_ERR;
  return settled;
};

/** The bits of a constant. */
export const bitsOfInteger = (value: number): number => (value === 0 ? ZERO : value < 0 ? ERR : OTHER);

/** `x` negated: signs swap. */
export const negate = (bits: number): number =>
  (bits & ZERO) | ((bits & ERR) !== 0 ? OTHER : 0) | ((bits & OTHER) !== 0 ? ERR : 0);

/** What is sure to be NULL or an error pointer, or comes with evidence that it may be. */
export const mayBeNull = (bits: number): boolean =>
  (bits & ZERO) !== 0 && ((bits & MAY_NULL) !== 0 || (bits & ANY) === ZERO);

export const mayBeError = (bits: number): boolean =>
  (bits & ERR) !== 0 && ((bits & MAY_ERR) !== 0 || (bits & ANY) === ERR);

export const isNull = (bits: number): boolean => (bits & ANY) === ZERO;

/** Not `truth`: what is true of a comparison where its opposite is asked for. */
export const invert = (truth: number): number =>
  ((truth & ZERO) !== 0 ? OTHER : 0) | ((truth & OTHER) !== 0 ? ZERO : 0);

/** The possibilities for which `x op k` holds, where the sign of x decides; undefined where it does not. */
export function satisfying(operator: number, k: number): number | undefined {
  if (operator === Operator.Less) return k === 0 ? ERR : k === 1 ? ERR | ZERO : undefined;
  if (operator === Operator.GreaterEqual) return k === 0 ? ZERO | OTHER : k === 1 ? OTHER : undefined;
  if (operator === Operator.Greater) return k === 0 ? OTHER : k === -1 ? ZERO | OTHER : undefined;
  if (operator === Operator.LessEqual) return k === 0 ? ERR | ZERO : k === -1 ? ERR : undefined;
  return undefined;
}
