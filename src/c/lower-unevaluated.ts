/**
 * Expressions that the compiler evaluates and the program does not: the arguments of compile-time assertions.
 * Nothing is emitted for them, so no analysis of what runs sees them; they tell what an assertion depends on.
 */
import { Kind, Operator } from './ast.ts';
import { Expr } from './flow.ts';
import { literalValue } from './literal.ts';
import type { Lowering } from './lowering.ts';
import { Special } from './special-names.ts';
import { typeName } from './types.ts';

export function lowerIdentifier(l: Lowering, node: number): number {
  const name = l.tree.name[node] as number;
  const local = l.localOf(name);
  if (local >= 0) return l.b.expr(Expr.Local, local);
  switch (l.special(name)) {
    case Special.Zero:
      return l.b.integer(0);
    case Special.One:
      return l.b.integer(1);
    case Special.VariadicArguments:
      return l.b.expr(Expr.VaArg);
    default:
      return l.b.expr(Expr.Global, l.names.ofTree(l.tree, name));
  }
}

/**
 * An expression by itself. && and || are the operators And and Or. A Binary without an operator is made of its
 * parts: f(x, y) is ((f, x), y), and a ? b : c is (a, (b, c)).
 */
export function lowerUnevaluated(l: Lowering, node: number): number {
  if (node === 0) return 0;
  l.enter();
  const value = lowerParts(l, node);
  l.leave();
  return value;
}

function lowerParts(l: Lowering, node: number): number {
  const { tree, b } = l;
  const a = tree.a[node] as number;
  const second = tree.b[node] as number;
  const part = (child: number): number => lowerUnevaluated(l, child);
  switch (tree.kind[node]) {
    case Kind.Identifier:
      return lowerIdentifier(l, node);
    case Kind.Number:
    case Kind.Char: {
      const value = literalValue(tree.names[tree.name[node] as number] as string);
      return value === undefined ? b.unknown() : b.integer(value);
    }
    case Kind.String:
    case Kind.Sizeof:
    case Kind.Offsetof:
      return b.expr(Expr.Sizeof);
    case Kind.TypeArgument:
      return b.expr(Expr.Type, 0, l.types.ofText(typeName(tree, a)));
    case Kind.Member:
      return b.expr(Expr.Field, part(a), l.names.ofTree(tree, tree.name[node] as number));
    case Kind.Arrow:
      return b.expr(Expr.Arrow, part(a), l.names.ofTree(tree, tree.name[node] as number));
    case Kind.Index:
      return b.expr(Expr.Index, part(a), part(second));
    case Kind.Unary:
      return lowerOperator(l, node);
    case Kind.Binary:
      return b.expr(Expr.Binary, part(a), part(second), tree.c[node] as number);
    case Kind.LogicalAnd:
      return b.expr(Expr.Binary, part(a), part(second), Operator.And);
    case Kind.LogicalOr:
      return b.expr(Expr.Binary, part(a), part(second), Operator.Or);
    case Kind.Comma:
      return part(second);
    case Kind.Cast:
      return b.expr(Expr.Cast, part(second), l.types.ofText(typeName(tree, a)));
    case Kind.Conditional: {
      const condition = part(a);
      const whenTrue = second === 0 ? condition : part(second);
      return b.expr(Expr.Binary, condition, b.expr(Expr.Binary, whenTrue, part(tree.c[node] as number)));
    }
    case Kind.Call:
      return lowerUnevaluatedCall(l, node);
    default:
      return b.unknown();
  }
}

function lowerOperator(l: Lowering, node: number): number {
  const { tree, b } = l;
  const operator = tree.c[node] as number;
  // An address is as constant as a size.
  if (operator === Operator.AddressOf) return b.expr(Expr.Sizeof);
  const operand = lowerUnevaluated(l, tree.a[node] as number);
  switch (operator) {
    case Operator.Deref:
      return b.expr(Expr.Deref, operand);
    case Operator.Plus:
      return operand;
    case Operator.Not:
    case Operator.BitNot:
    case Operator.Negate:
      return b.expr(Expr.Unary, operand, 0, operator);
    default:
      return b.unknown();
  }
}

function lowerUnevaluatedCall(l: Lowering, node: number): number {
  const { tree, b } = l;
  const callee = tree.a[node] as number;
  const first = tree.b[node] as number;
  const special =
    tree.kind[callee] === Kind.Identifier ? l.special(tree.name[callee] as number) : Special.None;
  if (special === Special.Unevaluated) return b.expr(Expr.Sizeof);
  if (special === Special.Expect) return lowerUnevaluated(l, first);
  if (special === Special.Configuration && tree.kind[first] === Kind.Identifier)
    return lowerIdentifier(l, first);
  let made = lowerUnevaluated(l, callee);
  for (let arg = first; arg !== 0; arg = tree.next[arg] as number)
    made = b.expr(Expr.Binary, made, lowerUnevaluated(l, arg));
  return made;
}
