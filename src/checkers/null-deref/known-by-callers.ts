/** What the callers of a function know of an argument: where all know it to be there, a test of it is for nothing. */
import { Expr } from '../../c/flow.ts';
import type { Effects } from '../../effects/effects.ts';
import { calleeName, isParameter, stripCasts } from '../../effects/flow-expressions.ts';
import { Walker } from '../../effects/paths.ts';
import { ZERO } from '../../effects/values.ts';
import type { FunctionRef } from '../../index/program.ts';

/** Callers that are asked, and how far up. */
const MAX_CALLERS = 8;
const MAX_LEVELS = 2;

/** Whether all who call a function by its name have dereferenced, tested or made what they hand it as parameter `k`. */
export function isKnownByCallers(
  effects: Effects,
  ref: FunctionRef,
  k: number,
  levels = MAX_LEVELS,
): boolean {
  const callers = effects.program.callers(ref, MAX_CALLERS);
  return (
    callers.length > 0 &&
    callers.length < MAX_CALLERS &&
    callers.every((caller) => isKnownBy(effects, caller, ref, k, levels))
  );
}

function isKnownBy(
  effects: Effects,
  caller: FunctionRef,
  ref: FunctionRef,
  k: number,
  levels: number,
): boolean {
  const { flow } = caller.fact;
  if (flow === undefined) return false;
  let isSeen = false;
  let isKnown = true;
  new Walker().walk(flow, {
    observers: [
      {
        call(call, view) {
          if (calleeName(flow, call) !== ref.name) return;
          isSeen = true;
          const arg = stripCasts(flow, flow.calls[call]?.args[k] ?? 0);
          if (!isKnown || flow.exprOp[arg] === Expr.Address || (view.bits(arg) & ZERO) === 0) return;
          const own = isParameter(flow, arg) ? (flow.exprA[arg] as number) : -1;
          isKnown = levels > 1 && own >= 0 && isKnownByCallers(effects, caller, own, levels - 1);
        },
      },
    ],
    knowledge: (call) => effects.knowledge(flow, call, caller.path),
    constant: (name) => effects.constant(name, caller.path),
  });
  return isSeen && isKnown;
}
