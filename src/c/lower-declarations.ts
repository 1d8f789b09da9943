/** Local declarations: new locals, their initial values, and the cleanups that some of them carry. */
import { DeclaratorFlag, Kind } from './ast.ts';
import { Expr, Op, ScopeKind } from './flow.ts';
import { lowerValue, staticType } from './lower-expressions.ts';
import { LocalFlag, type Lowering } from './lowering.ts';
import { Special } from './special-names.ts';
import { withPointers } from './types.ts';

const NO_CALL = -1;
const NO_LOCAL = -1;

/** A Declaration node: declares and initialises each declarator in turn. */
export function lowerDeclaration(l: Lowering, node: number): void {
  const { tree, b } = l;
  for (let d = tree.a[node] as number; d !== 0; d = tree.next[d] as number) {
    const info = tree.c[d] as number;
    const flags = info === 0 ? 0 : (tree.c[info] as number);
    // A prototype or extern inside a function declares something global.
    if ((flags & (DeclaratorFlag.Function | DeclaratorFlag.Extern)) !== 0) continue;
    const isStatic = (flags & DeclaratorFlag.Static) !== 0;
    const type = l.types.ofDeclarator(tree, d, typeofText(l, tree.a[d] as number, tree.b[d] as number));
    const position = l.position(d);
    const initializer = tree.b[d] as number;
    // The name is in scope in its own initializer, but `struct x *p = p` is not worth the trouble.
    const value = initializer === 0 || isStatic ? 0 : lowerValue(l, initializer);
    if (isStatic && tree.kind[initializer] === Kind.InitializerList) l.staticTables.push(d);
    const local = l.declare(tree.name[d] as number, type, isStatic ? LocalFlag.Static : 0);
    if (value !== 0) b.emit(Op.Assign, b.expr(Expr.Local, local), value, position);
    else if (!isStatic) b.emit(Op.Declare, local, 0, position);
    const cleanup = info === 0 ? 0 : cleanupName(l, tree.name[info] as number);
    if (cleanup !== 0)
      l.openScope(ScopeKind.Cleanup, NO_CALL, local, l.names.ofTree(tree, cleanup), position);
  }
}

/** The type that `typeof(x)` or `__auto_type` stands for, where the function's declarations tell. */
function typeofText(l: Lowering, type: number, initializer: number): string | undefined {
  const { tree } = l;
  if (tree.kind[type] !== Kind.Type) return undefined;
  const word = tree.names[tree.name[type] as number];
  const pointers = tree.b[type] as number;
  if (word === '__auto_type') return staticType(l, initializer);
  const operand = tree.c[type] as number;
  if (word !== 'typeof' || operand === 0 || tree.kind[operand] === Kind.Type) return undefined;
  const known = staticType(l, operand);
  return known === '' ? undefined : withPointers(known, pointers);
}

/** The argument of __free(), cleanup() or the like among attributes, as a name of the tree; 0 where there is none. */
function cleanupName(l: Lowering, attributes: number): number {
  const { tree } = l;
  for (let at = attributes; at !== 0; at = tree.next[at] as number) {
    if (tree.kind[at] !== Kind.Attribute) continue;
    const word = tree.names[tree.name[at] as number] as string;
    const arg = tree.a[at] as number;
    const isCleanup =
      word === '__free' || word === '__cleanup' || word === 'cleanup' || word === '__cleanup__';
    if (isCleanup && tree.kind[arg] === Kind.Identifier) return tree.name[arg] as number;
  }
  return 0;
}

/** The list index and the number of pairs of `{ .name = value, value }`; a designator chain nests. */
export function lowerInitializer(l: Lowering, node: number): number {
  const { tree } = l;
  if (tree.kind[node] !== Kind.InitializerList) return lowerValue(l, node);
  l.enter();
  const pairs: number[] = [];
  for (let item = tree.a[node] as number; item !== 0; item = tree.next[item] as number) {
    if (tree.kind[item] !== Kind.Designated) {
      pairs.push(0, lowerInitializer(l, item));
      continue;
    }
    const path = designatedNames(l, tree.a[item] as number);
    let value = lowerInitializer(l, tree.b[item] as number);
    for (let i = path.length - 1; i > 0; i--) value = initializer(l, [path[i] as number, value]);
    pairs.push(path[0] ?? 0, value);
  }
  l.leave();
  return initializer(l, pairs);
}

function initializer(l: Lowering, pairs: readonly number[]): number {
  const { b } = l;
  const at = b.lists.length;
  for (const value of pairs) b.lists.push(value);
  return b.expr(Expr.Initializer, at, pairs.length / 2);
}

/** Field names of a designator chain, outermost first; array elements have none. */
function designatedNames(l: Lowering, designator: number): number[] {
  const { tree } = l;
  const names: number[] = [];
  for (let at = designator; at !== 0; at = tree.a[at] as number) {
    if (tree.kind[at] === Kind.Member) names.push(l.names.ofTree(tree, tree.name[at] as number));
    else if (tree.kind[at] !== Kind.Index) break;
  }
  return names.reverse();
}

/** Statements made by a macro that the front end knows: guard(), CLASS(), DEFINE_WAIT(). False where this is none. */
export function lowerDeclaringCall(l: Lowering, node: number): boolean {
  const { tree } = l;
  const callee = tree.a[node] as number;
  if (tree.kind[callee] === Kind.Identifier) {
    if (l.special(tree.name[callee] as number) !== Special.Declares) return false;
    const first = tree.b[node] as number;
    if (tree.kind[first] === Kind.Identifier) {
      const local = l.declare(tree.name[first] as number, 0, 0);
      l.b.emit(Op.Declare, local, 0, l.position(node));
    }
    lowerValue(l, node);
    return true;
  }
  if (tree.kind[callee] !== Kind.Call) return false;
  const outer = tree.a[callee] as number;
  if (tree.kind[outer] !== Kind.Identifier) return false;
  switch (l.special(tree.name[outer] as number)) {
    case Special.Guard: {
      const result = lowerValue(l, node);
      l.openScope(ScopeKind.Guard, l.callOf(result), NO_LOCAL, 0, l.position(node));
      return true;
    }
    case Special.Class:
      lowerClass(l, node, tree.b[callee] as number);
      return true;
    default:
      return false;
  }
}

/** What follows CLASS(name, variable)(args) behind a comma is a declarator: *done = NULL. False where it is not that. */
export function lowerSecondDeclarator(l: Lowering, first: number, second: number): boolean {
  const { tree, b } = l;
  const callee = tree.a[first] as number;
  const outer = tree.a[callee] as number;
  const isClass =
    tree.kind[first] === Kind.Call &&
    tree.kind[callee] === Kind.Call &&
    tree.kind[outer] === Kind.Identifier &&
    l.special(tree.name[outer] as number) === Special.Class;
  if (!isClass || tree.kind[second] !== Kind.Assign) return false;
  let target = tree.a[second] as number;
  if (tree.kind[target] === Kind.Unary) target = tree.a[target] as number;
  if (tree.kind[target] !== Kind.Identifier) return false;
  const value = lowerValue(l, tree.b[second] as number);
  const local = l.declare(tree.name[target] as number, 0, 0);
  b.emit(Op.Assign, b.expr(Expr.Local, local), value, l.position(second));
  return true;
}

/** CLASS(name, variable)(args): the constructor's result goes into a new local of type class_<name>_t. */
function lowerClass(l: Lowering, node: number, firstArg: number): void {
  const { tree, b } = l;
  const position = l.position(node);
  const variable = tree.next[firstArg] as number;
  const name = tree.names[tree.name[firstArg] as number] as string;
  const args: number[] = [];
  for (let arg = tree.b[node] as number; arg !== 0; arg = tree.next[arg] as number)
    args.push(lowerValue(l, arg));
  const callee = b.expr(Expr.Global, l.names.ofText(`class_${name}_constructor`));
  const value = b.call(callee, args, position);
  const local = l.declare(tree.name[variable] as number, l.types.ofText(`class_${name}_t`), 0);
  b.emit(Op.Assign, b.expr(Expr.Local, local), value, position);
  l.openScope(ScopeKind.Cleanup, l.callOf(value), local, l.names.ofText(name), position);
}
