/** Statements to blocks and jumps. */
import { Kind, Operator } from './ast.ts';
import { Expr, Op, ScopeKind } from './flow.ts';
import { lowerCondition } from './lower-conditions.ts';
import { lowerDeclaration } from './lower-declarations.ts';
import { lowerEffect, lowerPlace, lowerValue } from './lower-expressions.ts';
import { type Lowering, NO_SCOPE } from './lowering.ts';

export function lowerStatement(l: Lowering, node: number): void {
  if (node === 0) return;
  const { tree, b } = l;
  const a = tree.a[node] as number;
  l.enter();
  switch (tree.kind[node]) {
    case Kind.Block:
      lowerBlock(l, node);
      break;
    case Kind.ExpressionStatement:
      lowerEffect(l, a);
      break;
    case Kind.Declaration:
      lowerDeclaration(l, node);
      break;
    case Kind.If:
      lowerIf(l, node);
      break;
    case Kind.While:
      lowerWhile(l, node);
      break;
    case Kind.DoWhile:
      lowerDoWhile(l, node);
      break;
    case Kind.For:
      lowerFor(l, node);
      break;
    case Kind.Switch:
      lowerSwitch(l, node);
      break;
    case Kind.Case:
    case Kind.Default:
      lowerCase(l, node);
      break;
    case Kind.Label: {
      const label = l.sourceLabel(tree.name[node] as number);
      if (label.scope !== undefined) break;
      label.scope = l.scope;
      b.place(label.label, l.position(node));
      if (l.isFragment) b.switches[0]?.cases.push(b.unknown(), 0, label.label);
      break;
    }
    case Kind.Goto:
      lowerGoto(l, tree.name[node] as number, l.position(node));
      break;
    case Kind.ComputedGoto:
      b.emit(Op.Goto, lowerValue(l, a), 0, l.position(node));
      break;
    case Kind.Break:
    case Kind.Continue:
      lowerLoopJump(l, node);
      break;
    case Kind.Return: {
      const value = lowerValue(l, a);
      l.exitScopes(NO_SCOPE, l.position(node));
      b.emit(Op.Return, value, 0, l.position(node));
      break;
    }
    case Kind.Asm:
      lowerAsm(l, node);
      break;
    case Kind.MacroBlock:
      lowerMacroBlock(l, node);
      break;
    case Kind.PreprocessorIf:
      lowerPreprocessorIf(l, node);
      break;
    case Kind.Empty:
      if (l.isHeader) b.emit(Op.Body, 0, 0, l.position(node));
      break;
  }
  l.leave();
}

/** Where the closing brace of a Block stands. */
const endOfBlock = (l: Lowering, block: number): number =>
  l.tree.tokenPosition[l.tree.b[block] as number] ?? l.position(block);

function lowerBlock(l: Lowering, node: number): void {
  const { tree } = l;
  const names = l.enterNames();
  const scope = l.scope;
  for (let s = tree.a[node] as number; s !== 0; s = tree.next[s] as number) lowerStatement(l, s);
  l.closeScopes(scope, endOfBlock(l, node));
  l.leaveNames(names);
}

/** A statement that belongs to another one: what it declares ends with it, as if it was a block. */
function lowerSubstatement(l: Lowering, node: number): void {
  const names = l.enterNames();
  const scope = l.scope;
  lowerStatement(l, node);
  l.closeScopes(scope, l.position(node));
  l.leaveNames(names);
}

/** ({ … }): the value of its last statement. */
export function lowerStatementExpression(l: Lowering, block: number): number {
  const { tree, b } = l;
  const names = l.enterNames();
  const scope = l.scope;
  let value = 0;
  for (let s = tree.a[block] as number; s !== 0; s = tree.next[s] as number) {
    const isValue = tree.next[s] === 0 && tree.kind[s] === Kind.ExpressionStatement;
    if (isValue) value = lowerValue(l, tree.a[s] as number);
    else lowerStatement(l, s);
  }
  if (value !== 0 && l.scope !== scope) {
    const kept = b.temporary();
    b.emit(Op.Assign, kept, value, endOfBlock(l, block));
    value = kept;
  }
  l.closeScopes(scope, endOfBlock(l, block));
  l.leaveNames(names);
  return value === 0 ? b.unknown() : value;
}

/** A chain of else-if is one loop here: generated code has thousands of links. */
function lowerIf(l: Lowering, first: number): void {
  const { tree, b } = l;
  const end = b.label();
  let node = first;
  for (;;) {
    const position = l.position(node);
    const whenTrue = b.label();
    const otherwise = tree.c[node] as number;
    const whenFalse = otherwise === 0 ? end : b.label();
    lowerCondition(l, tree.a[node] as number, whenTrue, whenFalse);
    b.place(whenTrue, position);
    lowerSubstatement(l, tree.b[node] as number);
    if (otherwise === 0) break;
    b.jump(end, position);
    b.place(whenFalse, l.position(otherwise));
    if (tree.kind[otherwise] !== Kind.If) {
      lowerSubstatement(l, otherwise);
      break;
    }
    node = otherwise;
  }
  b.place(end, l.position(first));
}

/** Which arm is compiled is a fact like any other: a test of the configuration's names. */
function lowerPreprocessorIf(l: Lowering, node: number): void {
  const { tree, b } = l;
  const position = l.position(node);
  const arms = [b.label(), b.label()] as const;
  const end = b.label();
  lowerCondition(l, tree.a[node] as number, arms[0], arms[1]);
  for (const [arm, first] of [tree.b[node] as number, tree.c[node] as number].entries()) {
    const scope = l.scope;
    b.place(arms[arm] as number, position);
    for (let s = first; s !== 0; s = tree.next[s] as number) lowerStatement(l, s);
    l.closeScopes(scope, position);
    b.jump(end, position);
  }
  b.place(end, position);
}

/** The body of a loop, with break and continue set up. */
function lowerBody(l: Lowering, body: number, breakTo: number, continueTo: number): void {
  l.targets.push({ breakTo, continueTo, breakScope: l.scope, continueScope: l.scope });
  lowerSubstatement(l, body);
  l.targets.pop();
}

function lowerWhile(l: Lowering, node: number): void {
  const { tree, b } = l;
  const position = l.position(node);
  const again = b.label();
  const body = b.label();
  const end = b.label();
  b.place(again, position);
  lowerCondition(l, tree.a[node] as number, body, end);
  b.place(body, position);
  lowerBody(l, tree.b[node] as number, end, again);
  b.jump(again, position);
  b.place(end, position);
}

function lowerDoWhile(l: Lowering, node: number): void {
  const { tree, b } = l;
  const position = l.position(node);
  const body = b.label();
  const again = b.label();
  const end = b.label();
  b.place(body, position);
  lowerBody(l, tree.b[node] as number, end, again);
  b.place(again, position);
  // Without its condition (a macro that opens it, the end of a fragment) it is a block.
  if (tree.a[node] !== 0) lowerCondition(l, tree.a[node] as number, body, end);
  b.place(end, position);
}

function lowerFor(l: Lowering, node: number): void {
  const { tree, b } = l;
  const position = l.position(node);
  const names = l.enterNames();
  const scope = l.scope;
  const rest = tree.c[node] as number;
  const init = tree.a[node] as number;
  if (tree.kind[init] === Kind.Declaration) lowerDeclaration(l, init);
  else lowerEffect(l, init);
  const again = b.label();
  const body = b.label();
  const step = b.label();
  const end = b.label();
  b.place(again, position);
  const condition = tree.b[node] as number;
  if (condition === 0) b.jump(body, position);
  else lowerCondition(l, condition, body, end);
  b.place(body, position);
  lowerBody(l, tree.b[rest] as number, end, step);
  b.place(step, position);
  lowerEffect(l, tree.a[rest] as number);
  b.jump(again, position);
  b.place(end, position);
  l.closeScopes(scope, position);
  l.leaveNames(names);
}

function lowerSwitch(l: Lowering, node: number): void {
  const { tree, b } = l;
  const position = l.position(node);
  const value = lowerValue(l, tree.a[node] as number);
  const end = b.label();
  const table = b.switches.length;
  b.switches.push({ value, cases: [], otherwise: end });
  b.emit(Op.Switch, table, 0, position);
  const outer = l.targets.at(-1);
  l.targets.push({
    breakTo: end,
    breakScope: l.scope,
    continueTo: outer?.continueTo ?? end,
    continueScope: outer?.continueScope ?? l.scope,
  });
  l.switches.push(table);
  lowerStatement(l, tree.b[node] as number);
  l.switches.pop();
  l.targets.pop();
  b.place(end, position);
}

function lowerCase(l: Lowering, node: number): void {
  const { tree, b } = l;
  const table = b.switches[l.switches.at(-1) ?? -1];
  if (table === undefined) return;
  const label = b.label();
  b.place(label, l.position(node));
  if (tree.kind[node] === Kind.Default) table.otherwise = label;
  else table.cases.push(constant(l, tree.a[node] as number), constant(l, tree.b[node] as number), label);
}

/** A case's value; Unknown where it is not a name or a simple computation. */
function constant(l: Lowering, node: number): number {
  const { tree, b } = l;
  switch (tree.kind[node]) {
    case Kind.Absent:
      return 0;
    case Kind.Identifier:
    case Kind.Number:
    case Kind.Char:
      return lowerValue(l, node);
    case Kind.Unary:
      if (tree.c[node] !== Operator.Negate || tree.kind[tree.a[node] as number] !== Kind.Number)
        return b.unknown();
      return lowerValue(l, node);
    default:
      return b.unknown();
  }
}

function lowerLoopJump(l: Lowering, node: number): void {
  const target = l.targets.at(-1);
  if (target === undefined) {
    // The loop is not seen: what comes after it is not, either.
    l.exitScopes(NO_SCOPE, l.position(node));
    l.b.emit(Op.End, 0, 0, l.position(node));
    return;
  }
  const isBreak = l.tree.kind[node] === Kind.Break;
  const position = l.position(node);
  l.exitScopes(isBreak ? target.breakScope : target.continueScope, position);
  l.b.jump(isBreak ? target.breakTo : target.continueTo, position);
}

/** A goto out of scopes goes by way of a block that leaves them: which ones is known when the label is. */
function lowerGoto(l: Lowering, name: number, position: number): void {
  const to = l.sourceLabel(name);
  if (l.scope === NO_SCOPE || !l.b.live) {
    l.b.jump(to.label, position);
    return;
  }
  const stub = l.b.label();
  l.exits.push({ stub, to, scope: l.scope, position });
  l.b.jump(stub, position);
}

/** Outputs may change; an asm goto may go to any of its labels. */
function lowerAsm(l: Lowering, node: number): void {
  const { tree, b } = l;
  const position = l.position(node);
  const outputs: number[] = [];
  for (let o = tree.a[node] as number; o !== 0; o = tree.next[o] as number) outputs.push(lowerPlace(l, o));
  for (let i = tree.b[node] as number; i !== 0; i = tree.next[i] as number) lowerValue(l, i);
  const at = b.lists.length;
  for (const output of outputs) b.lists.push(output);
  b.emit(Op.Asm, at, outputs.length, position);
  for (let target = tree.c[node] as number; target !== 0; target = tree.next[target] as number) {
    const taken = b.label();
    const next = b.label();
    b.branch(b.unknown(), taken, next, position);
    b.place(taken, position);
    lowerGoto(l, tree.name[target] as number, position);
    b.place(next, position);
  }
}

/** name(args) body: see the reading of MacroBlock scopes in flow.ts. */
function lowerMacroBlock(l: Lowering, node: number): void {
  const { tree, b } = l;
  const position = l.position(node);
  const names = l.enterNames();
  const outer = l.scope;
  const result = lowerValue(l, tree.a[node] as number);
  l.openScope(ScopeKind.MacroBlock, l.callOf(result), -1, 0, position);
  const body = b.label();
  const again = b.label();
  const end = b.label();
  b.branch(result, body, end, position);
  b.place(body, position);
  lowerBody(l, tree.b[node] as number, end, again);
  b.place(again, position);
  b.branch(b.expr(Expr.Unary, result, 0, Operator.Not), end, body, position);
  b.place(end, position);
  l.closeScopes(outer, position);
  l.leaveNames(names);
}
