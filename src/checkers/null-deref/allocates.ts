/** Whether a function asks for memory, so that it can fail at any time. */
import { isPointer, pointee } from '../../c/types.ts';
import type { Effects } from '../../effects/effects.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import type { FunctionRef } from '../../index/program.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { type Known, remembered } from '../remembered.ts';

/** Calls of a function that are followed for an allocation. */
const MAX_CALLEES = 24;

/** By its result; or, beside its caller, into a pointer that it is told the address of. */
const givesPointer = ({ fact, path }: FunctionRef, from: string): boolean =>
  isPointer(fact.returns) ||
  (path === from && fact.isStatic && fact.parameters.some(({ type }) => isPointer(pointee(type))));

const known: Known<Effects, boolean> = new WeakMap();

/** Whether a function asks for memory, itself or in what it calls: then it can fail at any time. */
export function allocates(effects: Effects, ref: FunctionRef, depth: number): boolean {
  return remembered(known, effects, `${ref.id} ${depth}`, () => isAllocating(effects, ref, depth));
}

function isAllocating(effects: Effects, ref: FunctionRef, depth: number): boolean {
  const { flow } = ref.fact;
  if (flow === undefined) return false;
  const names = flow.calls.map((_, call) => calleeName(flow, call)).filter((name) => name !== '');
  if (names.some((name) => ALLOCATORS.has(name))) return true;
  if (depth <= 1) return false;
  return names.slice(0, MAX_CALLEES).some((name) => {
    const callee = effects.callee(name, ref.path).function;
    return callee !== undefined && givesPointer(callee, ref.path) && allocates(effects, callee, depth - 1);
  });
}
