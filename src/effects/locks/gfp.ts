/** The GFP flags that an expression stands for. */
import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, Op } from '../../c/flow.ts';
import type { Allocator } from '../../kernel/allocators.ts';
import { type GfpFlags, gfpFlags } from '../../kernel/gfp.ts';

/** flags: known; parameter: the caller decides; undefined: neither is known, and nothing should be said. */
export type Gfp = { readonly flags: GfpFlags } | { readonly parameter: number } | undefined;

const NONE: GfpFlags = { sleeps: false, fs: false, io: false };
const KERNEL = gfpFlags.get('GFP_KERNEL') as GfpFlags;

/** Those of a call of an allocator with these arguments. */
export function gfpOfAllocation(flow: Flow, { flags, isOptional }: Allocator, args: readonly number[]): Gfp {
  if (flags < 0) return undefined;
  return isOptional && args.length <= flags ? { flags: KERNEL } : gfpOf(flow, args[flags] ?? 0);
}

/** `given`: the parameter whose own assignments are being looked at. */
export function gfpOf(flow: Flow, expression: number, depth = 0, given = -1): Gfp {
  const { exprOp, exprA, exprB, exprC } = flow;
  const a = exprA[expression] as number;
  const b = exprB[expression] as number;
  if (depth > 8 || expression <= 0) return undefined;
  switch (exprOp[expression]) {
    case Expr.Integer:
      return { flags: NONE };
    case Expr.Global: {
      const name = flow.names[a] ?? '';
      const known = gfpFlags.get(name);
      if (known !== undefined) return { flags: known };
      return name.startsWith('__GFP_') ? { flags: NONE } : undefined;
    }
    case Expr.Cast:
      return gfpOf(flow, a, depth + 1, given);
    case Expr.Binary: {
      const left = gfpOf(flow, a, depth + 1, given);
      if (exprC[expression] === Operator.Or) return either(left, gfpOf(flow, b, depth + 1, given));
      const isWithout = exprC[expression] === Operator.And && exprOp[b] === Expr.Unary;
      return isWithout && exprC[b] === Operator.BitNot
        ? without(left, gfpOf(flow, exprA[b] as number, depth + 1, given))
        : undefined;
    }
    case Expr.Local:
      if (a === given) return { parameter: a };
      return flow.locals[a]?.isParameter === true ? ofParameter(flow, a, depth) : ofLocal(flow, a, depth);
    default:
      return undefined;
  }
}

function either(x: Gfp, y: Gfp): Gfp {
  if (x === undefined || y === undefined) return undefined;
  if ('parameter' in x) return x;
  if ('parameter' in y) return y;
  return {
    flags: {
      sleeps: x.flags.sleeps || y.flags.sleeps,
      fs: x.flags.fs || y.flags.fs,
      io: x.flags.io || y.flags.io,
    },
  };
}

/** `gfp & ~__GFP_HIGHMEM`: the caller decides still, unless it is the sleeping that is taken away. */
function without(x: Gfp, taken: Gfp): Gfp {
  if (x === undefined || taken === undefined || 'parameter' in taken) return undefined;
  const { sleeps, fs, io } = taken.flags;
  if ('parameter' in x) return sleeps || fs || io ? undefined : x;
  return {
    flags: { sleeps: x.flags.sleeps && !sleeps, fs: x.flags.fs && !fs, io: x.flags.io && !io },
  };
}

/** The caller decides also where the function adds to it: `gfp |= __GFP_ZERO`. */
const ofParameter = (flow: Flow, local: number, depth: number): Gfp =>
  assignments(flow, local).every((value) => {
    const gfp = gfpOf(flow, value, depth + 1, local);
    return gfp !== undefined && 'parameter' in gfp && gfp.parameter === local;
  })
    ? { parameter: local }
    : undefined;

function ofLocal(flow: Flow, local: number, depth: number): Gfp {
  const values = assignments(flow, local);
  return values.length === 1 ? gfpOf(flow, values[0] as number, depth + 1) : undefined;
}

function assignments(flow: Flow, local: number): number[] {
  const values: number[] = [];
  for (let at = 0; at < flow.ops.length; at += 4) {
    const target = flow.ops[at + 1] as number;
    if (flow.ops[at] === Op.Assign && flow.exprOp[target] === Expr.Local && flow.exprA[target] === local) {
      values.push(flow.ops[at + 2] as number);
    }
  }
  return values;
}
