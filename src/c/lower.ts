/**
 * Syntax tree to control flow: one function or macro body at a time. How expressions, conditions,
 * declarations and statements are read is in the lower-*.ts files; what comes out is described in flow.ts.
 */
import { DefineFlag, Kind } from './ast.ts';
import { Op } from './flow.ts';
import { lowerValue } from './lower-expressions.ts';
import { lowerStatement } from './lower-statements.ts';
import { LocalFlag, type Lowering, NO_SCOPE } from './lowering.ts';

/**
 * Lowers a Function node into the builder. @throws LoweringError when it is too large or nested too deeply.
 */
export function lowerFunction(l: Lowering, node: number): void {
  const { tree } = l;
  l.reset();
  const declarator = tree.a[node] as number;
  const info = tree.c[declarator] as number;
  if (info !== 0) lowerParameters(l, tree.b[info] as number);
  const body = tree.b[node] as number;
  if (l.isFragment) lowerFragment(l, body);
  else lowerStatement(l, body);
  finish(l, tree.tokenPosition[tree.b[body] as number] ?? l.position(node));
}

/**
 * Lowers a Block that stands alone: a piece of a function, whose parameters (names of the tree, types in
 * normal form) are known from elsewhere. @throws LoweringError when it is too large or nested too deeply.
 */
export function lowerBody(
  l: Lowering,
  body: number,
  parameters: readonly { readonly name: number; readonly type: string }[],
): void {
  l.reset();
  for (const { name, type } of parameters) l.declare(name, l.types.ofText(type), LocalFlag.Parameter);
  lowerFragment(l, body);
  finish(l, l.tree.tokenPosition[l.tree.b[body] as number] ?? l.position(body));
}

/** A body whose beginning may be missing: a switch in front of it goes to all that unseen code may go to. */
function lowerFragment(l: Lowering, body: number): void {
  const { b } = l;
  const start = b.label();
  const table = { value: b.unknown(), cases: [], otherwise: start };
  b.switches.push(table);
  b.emit(Op.Switch, 0, 0, l.position(body));
  b.place(start, l.position(body));
  l.switches.push(0);
  lowerStatement(l, body);
  if (table.cases.length === 0) b.makeJump(0, start);
}

/**
 * Lowers the body of a Define that has one: parameters are locals, an expression's value is returned.
 * @throws LoweringError when it is too large or nested too deeply.
 */
export function lowerMacro(l: Lowering, node: number): void {
  const { tree, b } = l;
  l.reset();
  lowerParameters(l, tree.a[node] as number);
  const body = tree.b[node] as number;
  l.isHeader = ((tree.c[node] as number) & DefineFlag.Header) !== 0;
  if (isStatement(tree.kind[body] as number)) lowerStatement(l, body);
  else b.emit(Op.Return, lowerValue(l, body), 0, l.position(body));
  finish(l, l.position(body));
}

/**
 * Lowers the argument of DEFINE_GUARD() or one of its kind that takes the lock, as the body of a macro with one
 * parameter, `_T`: what guard() is given, or what `_T->lock` points at.
 * @throws LoweringError as lowerMacro() does.
 */
export function lowerGuard(l: Lowering, taking: number): void {
  const { tree, b } = l;
  l.reset();
  const parameter = tree.names.indexOf('_T');
  if (parameter >= 0) l.declare(parameter, 0, LocalFlag.Parameter);
  if (tree.kind[taking] === Kind.BlockArgument) lowerStatement(l, tree.a[taking] as number);
  else b.emit(Op.Return, lowerValue(l, taking), 0, l.position(taking));
  finish(l, l.position(taking));
}

export const isStatement = (kind: number): boolean => kind >= Kind.Block && kind <= Kind.PreprocessorIf;

function lowerParameters(l: Lowering, first: number): void {
  const { tree } = l;
  for (let p = first; p !== 0; p = tree.next[p] as number) {
    const type = tree.a[p] === 0 ? 0 : l.types.ofDeclarator(tree, p);
    l.declare(tree.name[p] as number, type, LocalFlag.Parameter);
  }
}

/** The end of the body, the ways out of scopes by goto, and labels that nobody wrote. */
function finish(l: Lowering, position: number): void {
  const { b } = l;
  b.emit(Op.End, 0, 0, position);
  for (const exit of l.exits) {
    b.place(exit.stub, exit.position);
    leaveScopes(l, exit.scope, exit.to.scope ?? NO_SCOPE, exit.position);
    b.jump(exit.to.label, exit.position);
  }
  for (const { label, scope } of l.labels.values()) {
    if (scope !== undefined) continue;
    b.place(label, position);
    b.emit(Op.End, 0, 0, position);
  }
}

/** Exits from a scope out to the innermost one that is around another, too. */
function leaveScopes(l: Lowering, from: number, to: number, position: number): void {
  let scope = from;
  let around = to;
  while (scope !== around) {
    if (l.depthOf(around) >= l.depthOf(scope)) {
      around = l.scopeParent[around] as number;
      continue;
    }
    l.b.emit(Op.ExitScope, scope, 0, position);
    scope = l.scopeParent[scope] as number;
  }
}
