/** What the callers of a function know of an argument: where all know it to be there, a test of it is for nothing. */
import { Expr, type Flow } from '../../c/flow.ts';
import type { Effects } from '../../effects/effects.ts';
import { callsOf, isParameter, stripCasts } from '../../effects/flow-expressions.ts';
import { MAX_PARAMETERS } from '../../effects/parameters.ts';
import { Walker } from '../../effects/paths.ts';
import { ZERO } from '../../effects/values.ts';
import type { FunctionRef } from '../../index/program.ts';
import { type Known, remembered } from '../remembered.ts';
import { everyCaller } from './callers.ts';

/** How far up callers are asked. */
const MAX_LEVELS = 2;

const known: Known<Effects, ReadonlyMap<number, number>> = new WeakMap();

/** Whether all who call a function by its name have dereferenced, tested or made what they hand it as parameter `k`. */
export function isKnownByCallers(
  effects: Effects,
  ref: FunctionRef,
  k: number,
  levels = MAX_LEVELS,
): boolean {
  if (k >= MAX_PARAMETERS) return false;
  return everyCaller(effects, ref, (caller) => isKnownBy(effects, caller, ref.name, k, levels));
}

function isKnownBy(effects: Effects, caller: FunctionRef, name: string, k: number, levels: number): boolean {
  const { flow } = caller.fact;
  if (flow === undefined) return false;
  const masks = remembered(known, effects, caller.id, () => knownArguments(effects, caller, flow));
  const calls = callsOf(flow, name).filter((call) => masks.has(call));
  return (
    calls.length > 0 &&
    calls.every((call) => {
      if (((masks.get(call) ?? 0) & (1 << k)) !== 0) return true;
      const arg = stripCasts(flow, flow.calls[call]?.args[k] ?? 0);
      // What it only hands on its own callers may know.
      const isHandedOn = levels > 1 && isParameter(flow, arg);
      return isHandedOn && isKnownByCallers(effects, caller, flow.exprA[arg] as number, levels - 1);
    })
  );
}

/** Of each call that a path comes to: a mask of the arguments that are not NULL on any. */
function knownArguments(effects: Effects, caller: FunctionRef, flow: Flow): ReadonlyMap<number, number> {
  const masks = new Map<number, number>();
  new Walker().walk(flow, {
    observers: [
      {
        call(call, view) {
          let mask = masks.get(call) ?? -1;
          for (const [k, given] of (flow.calls[call]?.args ?? []).entries()) {
            const arg = stripCasts(flow, given);
            const isThere = flow.exprOp[arg] === Expr.Address || (view.bits(arg) & ZERO) === 0;
            if (k < MAX_PARAMETERS && !isThere) mask &= ~(1 << k);
          }
          masks.set(call, mask);
        },
      },
    ],
    knowledge: (call) => effects.knowledge(flow, call, caller.path),
    constant: (name) => effects.constant(name, caller.path),
  });
  return masks;
}
