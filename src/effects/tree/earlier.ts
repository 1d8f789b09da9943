/** What a program was before a change: what was found out of that need not be found again. */
import type { FunctionRef, Program } from '../../index/program.ts';

export interface Earlier {
  readonly program: Program;
  /** The function of that program which does the same as one of this, with all that it calls; undefined where that is not sure. */
  same(ref: FunctionRef): FunctionRef | undefined;
}

const known = new WeakMap<Program, Earlier>();

export function setEarlier(program: Program, earlier: Earlier): void {
  known.set(program, earlier);
}

export const earlierOf = (program: Program): Earlier | undefined => known.get(program);
