/** Expressions to access paths, with what evaluating them does: loads, calls, assignments, in order. */
import { Kind, Operator } from './ast.ts';
import { Expr, Op } from './flow.ts';
import { literalValue } from './literal.ts';
import { lowerCondition, lowerLogicalValue } from './lower-conditions.ts';
import { lowerDeclaringCall, lowerInitializer, lowerSecondDeclarator } from './lower-declarations.ts';
import { lowerStatement, lowerStatementExpression } from './lower-statements.ts';
import { lowerIdentifier, lowerUnevaluated } from './lower-unevaluated.ts';
import type { Lowering } from './lowering.ts';
import { Special } from './special-names.ts';
import { pointee, pointerTo, typeName } from './types.ts';

/** Evaluates an expression; what comes back names its value. */
export function lowerValue(l: Lowering, node: number): number {
  if (node === 0) return 0;
  const { tree, b } = l;
  const a = tree.a[node] as number;
  switch (tree.kind[node]) {
    case Kind.Identifier:
      return lowerIdentifier(l, node);
    case Kind.Number:
    case Kind.Char: {
      const value = literalValue(tree.names[tree.name[node] as number] as string);
      return value === undefined ? b.unknown() : b.integer(value);
    }
    case Kind.String:
      return b.expr(Expr.String);
    case Kind.Sizeof:
    case Kind.Offsetof:
      return b.expr(Expr.Sizeof);
    case Kind.TypeArgument:
      return b.expr(Expr.Type, 0, l.types.ofText(typeName(tree, a)));
    case Kind.LabelAddress:
      return lowerLabelAddress(l, node);
    case Kind.Member:
    case Kind.Arrow:
    case Kind.Index:
      return lowerLoad(l, node);
    case Kind.Unary:
      return lowerUnary(l, node);
  }
  l.enter();
  const value = lowerCompound(l, node);
  l.leave();
  return value;
}

function lowerCompound(l: Lowering, node: number): number {
  const { tree, b } = l;
  const a = tree.a[node] as number;
  switch (tree.kind[node]) {
    case Kind.Call:
      return lowerCall(l, node);
    case Kind.Postfix: {
      const old = b.temporary();
      b.emit(Op.Assign, old, lowerValue(l, a), l.position(node));
      lowerStep(l, node);
      return old;
    }
    case Kind.Binary: {
      const left = lowerValue(l, a);
      const right = lowerValue(l, tree.b[node] as number);
      return b.expr(Expr.Binary, left, right, tree.c[node] as number);
    }
    case Kind.LogicalAnd:
    case Kind.LogicalOr:
      return lowerLogicalValue(l, node);
    case Kind.Assign:
      return lowerAssign(l, node);
    case Kind.Conditional:
      return lowerConditional(l, node);
    case Kind.Comma:
      lowerEffect(l, a);
      return lowerValue(l, tree.b[node] as number);
    case Kind.Cast: {
      const operand = lowerValue(l, tree.b[node] as number);
      return b.expr(Expr.Cast, operand, l.types.ofText(typeName(tree, a)));
    }
    case Kind.StatementExpression:
      return lowerStatementExpression(l, a);
    case Kind.InitializerList:
      return lowerInitializer(l, node);
    case Kind.CompoundLiteral: {
      const value = lowerInitializer(l, tree.b[node] as number);
      return b.expr(Expr.Cast, value, l.types.ofText(typeName(tree, a)));
    }
    case Kind.BlockArgument:
      return lowerBlockArgument(l, node);
    default:
      return b.unknown();
  }
}

/** Evaluates an expression whose value nobody uses. */
export function lowerEffect(l: Lowering, node: number): void {
  if (node === 0) return;
  const { tree, b } = l;
  const a = tree.a[node] as number;
  l.enter();
  switch (tree.kind[node]) {
    case Kind.Postfix:
      lowerStep(l, node);
      break;
    case Kind.Comma:
      lowerEffect(l, a);
      if (!lowerSecondDeclarator(l, a, tree.b[node] as number)) lowerEffect(l, tree.b[node] as number);
      break;
    case Kind.Cast:
      lowerEffect(l, tree.b[node] as number);
      break;
    case Kind.LogicalAnd:
    case Kind.LogicalOr:
    case Kind.Conditional:
      lowerUnusedBranches(l, node);
      break;
    case Kind.Call:
      if (!lowerDeclaringCall(l, node)) lowerValue(l, node);
      break;
    case Kind.Assign:
    case Kind.StatementExpression:
      lowerValue(l, node);
      break;
    default: {
      const value = lowerValue(l, node);
      // A name by itself may be an object-like macro that does something.
      if (b.exprOp[value] === Expr.Global) b.emit(Op.Evaluate, value, 0, l.position(node));
    }
  }
  l.leave();
}

function lowerUnusedBranches(l: Lowering, node: number): void {
  const { tree, b } = l;
  const whenTrue = b.label();
  const whenFalse = b.label();
  const end = b.label();
  const position = l.position(node);
  if (tree.kind[node] === Kind.Conditional) {
    lowerCondition(l, tree.a[node] as number, whenTrue, whenFalse);
    b.place(whenTrue, position);
    lowerEffect(l, tree.b[node] as number);
    b.jump(end, position);
    b.place(whenFalse, position);
    lowerEffect(l, tree.c[node] as number);
  } else {
    const isAnd = tree.kind[node] === Kind.LogicalAnd;
    lowerCondition(l, tree.a[node] as number, isAnd ? whenTrue : end, isAnd ? end : whenTrue);
    b.place(whenTrue, position);
    lowerEffect(l, tree.b[node] as number);
    b.place(whenFalse, position);
  }
  b.place(end, position);
}

/** The place that an expression names: what is on the way to it is loaded, the place itself is not. */
export function lowerPlace(l: Lowering, node: number): number {
  const { tree, b } = l;
  const a = tree.a[node] as number;
  switch (tree.kind[node]) {
    case Kind.Member: {
      l.enter();
      const object = lowerPlace(l, a);
      l.leave();
      const name = l.names.ofTree(tree, tree.name[node] as number);
      // (*p).f is p->f.
      if (b.exprOp[object] === Expr.Deref) return b.expr(Expr.Arrow, b.exprA[object] as number, name);
      return b.expr(Expr.Field, object, name);
    }
    case Kind.Arrow: {
      l.enter();
      const pointer = lowerValue(l, a);
      l.leave();
      const name = l.names.ofTree(tree, tree.name[node] as number);
      // (&x)->f is x.f.
      if (b.exprOp[pointer] === Expr.Address) return b.expr(Expr.Field, b.exprA[pointer] as number, name);
      return b.expr(Expr.Arrow, pointer, name);
    }
    case Kind.Index: {
      l.enter();
      const base = lowerValue(l, a);
      const index = lowerValue(l, tree.b[node] as number);
      l.leave();
      const op = b.exprOp[index];
      const isPlain = op === Expr.Integer || op === Expr.Local || op === Expr.Global;
      return b.expr(Expr.Index, base, isPlain ? index : b.unknown());
    }
    case Kind.Unary:
      if (tree.c[node] === Operator.Deref) {
        l.enter();
        const pointer = lowerValue(l, a);
        l.leave();
        return b.exprOp[pointer] === Expr.Address
          ? (b.exprA[pointer] as number)
          : b.expr(Expr.Deref, pointer);
      }
      return lowerValue(l, node);
    default:
      return lowerValue(l, node);
  }
}

/** The pointer that an access to this place goes through; 0 for a variable. */
function pointerBehind(l: Lowering, place: number): number {
  const { b } = l;
  let at = place;
  while (b.exprOp[at] === Expr.Field) at = b.exprA[at] as number;
  const inner = b.exprA[at] as number;
  switch (b.exprOp[at]) {
    case Expr.Arrow:
    case Expr.Deref:
      return inner;
    case Expr.Index: {
      let root = inner;
      let indexes = 1;
      for (; b.exprOp[root] === Expr.Index; indexes++) root = b.exprA[root] as number;
      const isLocal = b.exprOp[root] === Expr.Local;
      return isLocal && dimensions(l.typeOfLocal(b.exprA[root] as number)) >= indexes ? 0 : inner;
    }
    default:
      return 0;
  }
}

function dimensions(type: string): number {
  let end = type.length;
  while (type.endsWith('[]', end)) end -= 2;
  return (type.length - end) / 2;
}

/** Emits the dereference that reading or writing `place` makes, where it lies behind a pointer. */
function emitAccess(l: Lowering, place: number, isStore: number, position: number): void {
  const pointer = pointerBehind(l, place);
  if (pointer !== 0) l.b.emit(Op.Deref, pointer, place * 2 + isStore, position);
}

function lowerLoad(l: Lowering, node: number): number {
  const place = lowerPlace(l, node);
  emitAccess(l, place, 0, l.position(node));
  return place;
}

function lowerUnary(l: Lowering, node: number): number {
  const { tree, b } = l;
  const a = tree.a[node] as number;
  const operator = tree.c[node] as number;
  l.enter();
  let value: number;
  switch (operator) {
    case Operator.Deref:
      value = lowerLoad(l, node);
      break;
    case Operator.AddressOf: {
      const place = lowerPlace(l, a);
      value = b.exprOp[place] === Expr.Deref ? (b.exprA[place] as number) : b.expr(Expr.Address, place);
      break;
    }
    case Operator.PreIncrement:
    case Operator.PreDecrement:
      value = lowerStep(l, node);
      break;
    case Operator.Plus:
      value = lowerValue(l, a);
      break;
    default: {
      const operand = lowerValue(l, a);
      const isNegative = operator === Operator.Negate && b.exprOp[operand] === Expr.Integer;
      value = isNegative
        ? b.integer(-(b.exprA[operand] as number))
        : b.expr(Expr.Unary, operand, 0, operator);
    }
  }
  l.leave();
  return value;
}

/** ++ and --, on either side: the place is assigned; gives the place. */
function lowerStep(l: Lowering, node: number): number {
  const { tree, b } = l;
  const operator = tree.c[node] as number;
  const isUp = operator === Operator.PreIncrement || operator === Operator.PostIncrement;
  const place = lowerPlace(l, tree.a[node] as number);
  const position = l.position(node);
  emitAccess(l, place, 1, position);
  const sum = b.expr(Expr.Binary, place, b.integer(1), isUp ? Operator.Add : Operator.Subtract);
  b.emit(Op.Assign, place, sum, position);
  return place;
}

function lowerAssign(l: Lowering, node: number): number {
  const { tree, b } = l;
  const operator = tree.c[node] as number;
  const place = lowerPlace(l, tree.a[node] as number);
  let value = lowerValue(l, tree.b[node] as number);
  const position = l.position(node);
  emitAccess(l, place, 1, position);
  if (operator !== Operator.None) value = b.expr(Expr.Binary, place, value, operator);
  b.emit(Op.Assign, place, value, position);
  return b.exprOp[place] === Expr.Local ? place : value;
}

function lowerConditional(l: Lowering, node: number): number {
  const { tree, b } = l;
  const position = l.position(node);
  const result = b.temporary();
  const whenTrue = b.label();
  const whenFalse = b.label();
  const end = b.label();
  if (tree.b[node] === 0) {
    const value = lowerValue(l, tree.a[node] as number);
    b.branch(value, whenTrue, whenFalse, position);
    b.place(whenTrue, position);
    b.emit(Op.Assign, result, value, position);
  } else {
    lowerCondition(l, tree.a[node] as number, whenTrue, whenFalse);
    b.place(whenTrue, position);
    b.emit(Op.Assign, result, lowerValue(l, tree.b[node] as number), position);
  }
  b.jump(end, position);
  b.place(whenFalse, position);
  b.emit(Op.Assign, result, lowerValue(l, tree.c[node] as number), position);
  b.place(end, position);
  return result;
}

function lowerLabelAddress(l: Lowering, node: number): number {
  const { label } = l.sourceLabel(l.tree.name[node] as number);
  const before = l.b.exprCount;
  const value = l.b.expr(Expr.Label, label);
  if (value === before) l.b.addressTaken.push(label);
  return value;
}

function lowerCall(l: Lowering, node: number): number {
  const { tree, b } = l;
  const calleeNode = tree.a[node] as number;
  const firstArg = tree.b[node] as number;
  const isName = tree.kind[calleeNode] === Kind.Identifier;
  const special = isName ? l.special(tree.name[calleeNode] as number) : Special.None;
  if (special === Special.Configuration && tree.kind[firstArg] === Kind.Identifier) {
    return lowerIdentifier(l, firstArg);
  }
  const callee = isName ? lowerIdentifier(l, calleeNode) : lowerCallee(l, calleeNode);
  const args: number[] = [];
  for (let arg = firstArg; arg !== 0; arg = tree.next[arg] as number) {
    if (special === Special.Unevaluated || (special === Special.TypeOfFirst && arg === firstArg))
      args.push(b.expr(Expr.Sizeof));
    else if (special === Special.CompileTime) args.push(b.expr(Expr.Sizeof, lowerUnevaluated(l, arg)));
    else args.push(lowerValue(l, arg));
  }
  return b.call(callee, args, l.position(node));
}

/** (*f)(x) calls what f points at, as f(x) does. */
function lowerCallee(l: Lowering, node: number): number {
  const { tree } = l;
  const isDeref = tree.kind[node] === Kind.Unary && tree.c[node] === Operator.Deref;
  return lowerValue(l, isDeref ? (tree.a[node] as number) : node);
}

/** A block handed to a macro runs or does not: only the macro knows. */
function lowerBlockArgument(l: Lowering, node: number): number {
  const { tree, b } = l;
  const position = l.position(node);
  const block = b.label();
  const end = b.label();
  b.branch(b.unknown(), block, end, position);
  b.place(block, position);
  lowerStatement(l, tree.a[node] as number);
  b.place(end, position);
  return b.unknown();
}

/** The type of an expression as far as the function's own declarations tell; '' where they do not. */
export function staticType(l: Lowering, node: number): string {
  const { tree } = l;
  const a = tree.a[node] as number;
  switch (tree.kind[node]) {
    case Kind.Identifier: {
      const local = l.localOf(tree.name[node] as number);
      return local >= 0 ? l.typeOfLocal(local) : '';
    }
    case Kind.Unary:
      if (tree.c[node] === Operator.Deref) return pointee(staticType(l, a));
      return tree.c[node] === Operator.AddressOf ? pointerTo(staticType(l, a)) : '';
    case Kind.Index:
      return pointee(staticType(l, a));
    case Kind.Cast:
      return typeName(tree, a);
    default:
      return '';
  }
}
