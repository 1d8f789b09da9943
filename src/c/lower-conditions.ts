/**
 * Conditions to branches. What a branch tests is brought to one form, so that the same fact tested in two
 * ways is one number: `!p`, `p == NULL` and `p != 0` test `p`; likely() and unlikely() are looked through.
 */
import { Kind, Operator } from './ast.ts';
import { Op } from './flow.ts';
import { lowerEffect, lowerValue } from './lower-expressions.ts';
import type { Lowering } from './lowering.ts';
import { Special } from './special-names.ts';

/** Evaluates a condition and goes to one of two labels; nothing falls through. */
export function lowerCondition(l: Lowering, node: number, whenTrue: number, whenFalse: number): void {
  const { tree, b } = l;
  const a = tree.a[node] as number;
  const right = tree.b[node] as number;
  l.enter();
  switch (tree.kind[node]) {
    case Kind.LogicalAnd: {
      const next = b.label();
      lowerCondition(l, a, next, whenFalse);
      b.place(next, l.position(node));
      lowerCondition(l, right, whenTrue, whenFalse);
      break;
    }
    case Kind.LogicalOr: {
      const next = b.label();
      lowerCondition(l, a, whenTrue, next);
      b.place(next, l.position(node));
      lowerCondition(l, right, whenTrue, whenFalse);
      break;
    }
    case Kind.Comma:
      lowerEffect(l, a);
      lowerCondition(l, right, whenTrue, whenFalse);
      break;
    case Kind.Unary:
      if (tree.c[node] === Operator.Not) lowerCondition(l, a, whenFalse, whenTrue);
      else test(l, node, whenTrue, whenFalse);
      break;
    case Kind.Binary: {
      const isEqual = tree.c[node] === Operator.Equal;
      const tested = isEqual || tree.c[node] === Operator.NotEqual ? comparedToZero(l, a, right) : 0;
      if (tested === 0) test(l, node, whenTrue, whenFalse);
      else if (isEqual) lowerCondition(l, tested, whenFalse, whenTrue);
      else lowerCondition(l, tested, whenTrue, whenFalse);
      break;
    }
    case Kind.Call:
      if (isExpectation(l, a) && right !== 0) lowerCondition(l, right, whenTrue, whenFalse);
      else test(l, node, whenTrue, whenFalse);
      break;
    default:
      test(l, node, whenTrue, whenFalse);
  }
  l.leave();
}

function test(l: Lowering, node: number, whenTrue: number, whenFalse: number): void {
  // A for loop without a condition goes on.
  const value = node === 0 ? l.b.integer(1) : lowerValue(l, node);
  l.b.branch(value, whenTrue, whenFalse, l.position(node));
}

const isExpectation = (l: Lowering, callee: number): boolean =>
  l.tree.kind[callee] === Kind.Identifier && l.special(l.tree.name[callee] as number) === Special.Expect;

/** The side of a comparison whose other side is 0 or NULL; 0 where neither is. */
function comparedToZero(l: Lowering, left: number, right: number): number {
  if (isZero(l, right)) return left;
  return isZero(l, left) ? right : 0;
}

function isZero(l: Lowering, node: number): boolean {
  const name = l.tree.name[node] as number;
  if (l.tree.kind[node] === Kind.Number) return l.tree.names[name] === '0';
  return l.tree.kind[node] === Kind.Identifier && l.special(name) === Special.Zero && l.localOf(name) < 0;
}

/** && and || as a value: 1 on the ways where it holds, 0 on the others. */
export function lowerLogicalValue(l: Lowering, node: number): number {
  const { b } = l;
  const position = l.position(node);
  const result = b.temporary();
  const whenTrue = b.label();
  const whenFalse = b.label();
  const end = b.label();
  lowerCondition(l, node, whenTrue, whenFalse);
  b.place(whenTrue, position);
  b.emit(Op.Assign, result, b.integer(1), position);
  b.jump(end, position);
  b.place(whenFalse, position);
  b.emit(Op.Assign, result, b.integer(0), position);
  b.place(end, position);
  return result;
}
