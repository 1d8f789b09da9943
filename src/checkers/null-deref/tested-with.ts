/**
 * Tests of a pointer by a branch. What is tested together with something (`if (n && !p) return -ENOMEM;`) is there wherever
 * that holds.
 */
import { Expr, type Flow } from '../../c/flow.ts';
import { blockOf, branchCondition } from '../../c/flow-blocks.ts';
import { calleeName, pushOperands, stripCasts } from '../../effects/flow-expressions.ts';
import { SIZED_ACCESSES } from '../../kernel/pointers.ts';
import { decidingFor } from './deciding.ts';
import type { Use } from './dereference.ts';
import { successors } from './function-context.ts';

/** Whether some branch is about a pointer: `if (p == NULL)` is one on p itself. */
export const isTested = (flow: Flow, pointer: number): boolean =>
  flow.branches.some(
    (condition, i) => i % 3 === 0 && stripCasts(flow, condition) === stripCasts(flow, pointer),
  );

/**
 * Whether a use depends on what decided that the pointer was tested: it accesses as many bytes as that says, or is made
 * under a condition about it.
 */
export function isTestedWith(flow: Flow, { pointer, view, through }: Use): boolean {
  const together = askedWith(flow, stripCasts(flow, pointer));
  if (together.size === 0) return false;
  const size = SIZED_ACCESSES.has(calleeName(flow, through)) ? flow.calls[through]?.args[2] : undefined;
  if (size !== undefined && mentions(flow, size, together)) return true;
  return decidingFor(flow, blockOf(flow, view.at)).some(
    ([block, condition]) => !isTestOf(flow, block, pointer) && mentions(flow, condition, together),
  );
}

/** What is asked about in one condition with a pointer: `n && !p`, `!p && n`. */
function askedWith(flow: Flow, pointer: number): ReadonlySet<number> {
  const asked = new Set<number>();
  for (const block of flow.blocks.keys()) {
    const condition = branchCondition(flow, block);
    if (condition === undefined) continue;
    for (const next of successors(flow, block)) {
      const other = branchCondition(flow, next);
      if (other === undefined || isTestOf(flow, block, pointer) === isTestOf(flow, next, pointer)) continue;
      // They are one condition where the second leads, on one way, to where the first leads by itself.
      const beside = successors(flow, block).find((way) => way !== next);
      if (beside === undefined || !successors(flow, next).includes(beside)) continue;
      addPlaces(flow, isTestOf(flow, block, pointer) ? other : condition, asked);
    }
  }
  return asked;
}

const isTestOf = (flow: Flow, block: number, pointer: number): boolean => {
  const condition = branchCondition(flow, block);
  return condition !== undefined && stripCasts(flow, condition) === stripCasts(flow, pointer);
};

/** The variables and members that a condition is about. */
function addPlaces(flow: Flow, condition: number, to: Set<number>): void {
  const stack = [condition];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    const op = flow.exprOp[e];
    if (op === Expr.Local || op === Expr.Arrow || op === Expr.Field) to.add(e);
    else pushOperands(flow, e, stack);
  }
}

function mentions(flow: Flow, expression: number, places: ReadonlySet<number>): boolean {
  const stack = [expression];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (places.has(e)) return true;
    pushOperands(flow, e, stack);
  }
  return false;
}
