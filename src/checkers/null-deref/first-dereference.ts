/** Where a pointer is dereferenced first, as a function is written. */
import { Expr, type Flow, Op } from '../../c/flow.ts';
import type { Effects } from '../../effects/effects.ts';
import { calleeName, stripCasts } from '../../effects/flow-expressions.ts';
import { MAX_PARAMETERS } from '../../effects/parameters.ts';

export interface FirstDereference {
  readonly position: number;
  /** 'dereferenced', or to what it is passed. */
  readonly how: string;
}

/** The first dereference of what `isPointer` says, in a body in file `path`; undefined where there is none. */
export function firstDereference(
  effects: Effects,
  flow: Flow,
  path: string,
  isPointer: (expression: number) => boolean,
): FirstDereference | undefined {
  for (let at = 0; at < flow.ops.length; at += 4) {
    const op = flow.ops[at];
    const x = flow.ops[at + 1] as number;
    const position = flow.ops[at + 3] as number;
    if (op === Op.Deref && isPointer(stripCasts(flow, x))) return { position, how: 'dereferenced' };
    if (op !== Op.Call) continue;
    const args = flow.calls[x]?.args ?? [];
    const argument = args.findIndex((arg) => isPointer(objectOf(flow, arg)));
    if (argument < 0 || argument >= MAX_PARAMETERS) continue;
    if ((effects.knowledge(flow, x, path).dereferences & (1 << argument)) === 0) continue;
    const by = isPointer(stripCasts(flow, args[argument] as number)) ? '' : ', by the address of a member,';
    return { position, how: `passed${by} to ${calleeName(flow, x)}(), which dereferences it` };
  }
  return undefined;
}

/** The pointer that is given, or behind which the member lies whose address is. */
function objectOf(flow: Flow, given: number): number {
  let e = stripCasts(flow, given);
  if (flow.exprOp[e] !== Expr.Address) return e;
  e = flow.exprA[e] as number;
  while (flow.exprOp[e] === Expr.Field) e = flow.exprA[e] as number;
  return flow.exprOp[e] === Expr.Arrow ? (flow.exprA[e] as number) : 0;
}
