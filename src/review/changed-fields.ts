/**
 * The fields and global pointers that the lines of a change say something of, by themselves or through a local: what
 * other functions of the file do with these may mean something else now.
 */
import { Expr, type Flow, Op } from '../c/flow.ts';
import type { FileDiff } from '../git/change.ts';
import type { Program } from '../index/program.ts';
import { hunkLines } from './changed-lines.ts';

const WORD = /[A-Za-z_]\w*/g;
const MEMBER = /(?:->|\.)\s*([A-Za-z_]\w*)/g;

/** Their names, of one side of a change; `program` is that side's. */
export function changedFields(
  diff: readonly FileDiff[],
  side: 'old' | 'new',
  program: Program,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const file of diff) {
    const path = side === 'old' ? file.oldPath : file.newPath;
    const facts = path === undefined ? undefined : program.facts(path);
    if (path === undefined || facts === undefined) continue;
    const globals = new Set(facts.globals.map(({ name }) => name));
    const lines = changedLinesOf(file, side);
    for (const { text } of lines) {
      for (const [, name = ''] of text.matchAll(MEMBER)) found.add(name);
      for (const [name] of text.matchAll(WORD)) if (globals.has(name)) found.add(name);
    }
    for (const { fact } of program.definitions(path)) {
      const inside = lines.filter(({ line }) => fact.line <= line && line <= fact.endLine);
      if (inside.length === 0 || fact.flow === undefined) continue;
      const words = new Set(inside.flatMap(({ text }) => text.match(WORD) ?? []));
      for (const name of throughLocals(fact.flow, words)) found.add(name);
    }
  }
  return found;
}

/** Changed lines, of either kind, where they stand on one side. */
function changedLinesOf(file: FileDiff, side: 'old' | 'new'): readonly { line: number; text: string }[] {
  return file.hunks.flatMap((hunk) =>
    [...hunkLines(hunk)]
      .filter(({ kind }) => kind !== ' ')
      .map(({ text, oldLine, newLine }) => ({ line: side === 'old' ? oldLine : newLine, text })),
  );
}

/** What locals of these names get, and what gets them. */
function* throughLocals(flow: Flow, words: ReadonlySet<string>): Generator<string> {
  const isNamed = (e: number): boolean =>
    flow.exprOp[e] === Expr.Local && words.has(flow.locals[flow.exprA[e] as number]?.name ?? '');
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Assign) continue;
    const [target, value] = [flow.ops[at + 1] as number, flow.ops[at + 2] as number];
    if (isNamed(target)) yield* membersOf(flow, value);
    if (isNamed(value)) yield* membersOf(flow, target);
  }
}

/** The fields and globals that an expression is made of; of a call's result, those of its arguments. */
function* membersOf(flow: Flow, e: number): Generator<string> {
  switch (flow.exprOp[e]) {
    case Expr.Arrow:
    case Expr.Field:
      yield flow.names[flow.exprB[e] as number] ?? '';
      return;
    case Expr.Global:
      yield flow.names[flow.exprA[e] as number] ?? '';
      return;
    case Expr.Cast:
    case Expr.Address:
    case Expr.Deref:
    case Expr.Index:
      yield* membersOf(flow, flow.exprA[e] as number);
      return;
    case Expr.Result:
      for (const arg of flow.calls[flow.exprA[e] as number]?.args ?? []) yield* membersOf(flow, arg);
  }
}
