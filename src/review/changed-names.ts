/**
 * What the lines of a change mean that stand outside of functions: the macros, variables, operations and fields whose
 * users may do something else now.
 */
import { Expr, type Flow } from '../c/flow.ts';
import { globalsIn } from '../c/flow-names.ts';
import { isNumberType } from '../effects/number-types.ts';
import type { FileDiff } from '../git/change.ts';
import type { FileFacts } from '../index/facts.ts';
import { lastField } from '../index/link-record.ts';
import type { Program } from '../index/program.ts';
import { hunkLines } from './changed-lines.ts';
import { containing, lastBefore } from './line-ranges.ts';

/** Sets that are filled side by side. */
export interface ChangedNames {
  /** Of functions, macros, variables and enumerators of the changed files. */
  readonly names: Set<string>;
  /** Fields of structs, and operations that a table sets. */
  readonly fields: Set<string>;
  /** Files in which anything may mean something else: in all of them, where it is a header. */
  readonly open: Set<string>;
}

const WORD = /[A-Za-z_]\w*/g;
const MEANS_NOTHING = /^\s*(?:$|\/\*|\*|\/\/|#\s*include\b)/;
/** What lies between two of them is there or not; a type that changes is everywhere. */
const MEANS_ALL = /^\s*(?:#\s*(?:if|ifdef|ifndef|elif|else|endif|undef|pragma)\b|typedef\b)/;

/** Adds what the lines of one side mean; `program` is that side's. */
export function addChangedNames(
  changed: ChangedNames,
  diff: readonly FileDiff[],
  side: 'old' | 'new',
  program: Program,
): void {
  const { names, fields, open } = changed;
  const files = diff.flatMap((file) => {
    const path = side === 'old' ? file.oldPath : file.newPath;
    const facts = path === undefined ? undefined : program.facts(path);
    return path === undefined || facts === undefined ? [] : [{ file, path, facts }];
  });
  const defined = new Set(files.flatMap(({ facts }) => [...definedIn(facts)]));
  for (const { file, path, facts } of files) {
    const around = definitionsAround(facts);
    const lines = new Set<number>();
    for (const { line, text } of linesOutside(file, facts, side)) {
      lines.add(line);
      if (MEANS_ALL.test(text)) open.add(path);
      for (const name of [...(text.match(WORD) ?? []), around(line)]) if (defined.has(name)) names.add(name);
    }
    for (const { fields: members } of facts.structs)
      for (const { line, name } of members) if (lines.has(line)) fields.add(name);
    for (const { line, type, field } of facts.tableEntries)
      if (lines.has(line) && !isNumberIn(program, type, field, path)) fields.add(lastField(field));
  }
  if ([...open].some((path) => !path.endsWith('.c'))) for (const { path } of files) open.add(path);
  addMacros(
    changed,
    files.map(({ facts }) => facts),
  );
}

/** A number in a table says nothing of what its users call or point to. */
function isNumberIn(program: Program, type: string, field: string, path: string): boolean {
  const found = field.includes('.') ? undefined : program.field(type, field, path);
  return found !== undefined && isNumberType(found.field.type);
}

/** Whether a body uses one of these globals (functions and macros are some) or fields. */
export function usesOneOf(
  flow: Flow | undefined,
  { names, fields }: { readonly names: ReadonlySet<string>; readonly fields: ReadonlySet<string> },
): boolean {
  if (flow === undefined || names.size + fields.size === 0) return false;
  return flow.exprOp.some((op, e) => {
    if (op === Expr.Global) return names.has(flow.names[flow.exprA[e] as number] ?? '');
    return (op === Expr.Arrow || op === Expr.Field) && fields.has(flow.names[flow.exprB[e] as number] ?? '');
  });
}

function linesOutside(
  file: FileDiff,
  { functions }: FileFacts,
  side: 'old' | 'new',
): readonly { line: number; text: string }[] {
  const own = side === 'old' ? '-' : '+';
  const isInBody = containing(functions.filter((f) => !f.isPrototype));
  return file.hunks.flatMap((hunk) =>
    [...hunkLines(hunk)].flatMap(({ kind, text, oldLine, newLine }) => {
      const line = side === 'old' ? oldLine : newLine;
      const isOutside = kind === own && !MEANS_NOTHING.test(text) && !isInBody(line);
      return isOutside ? [{ line, text }] : [];
    }),
  );
}

function* definedIn(facts: FileFacts): Generator<string> {
  for (const list of [facts.functions, facts.macros, facts.enumerators, facts.globals, facts.tables])
    for (const { name } of list) yield name;
}

/** Finds the macro or variable whose definition a line is part of; '' where it is none. */
function definitionsAround(facts: FileFacts): (line: number) => string {
  const begins = [
    ...facts.functions.map(({ endLine }) => ({ line: endLine + 1, name: '' })),
    ...[facts.structs, facts.typedefs, facts.topLevelMacros]
      .flat()
      .map((one) => ({ line: one.line, name: '' })),
    ...[facts.macros, facts.globals, facts.tables].flat(),
  ].sort((a, b) => a.line - b.line);
  return (line) => begins[lastBefore(begins, line)]?.name ?? '';
}

/** A macro that uses what changes means something else, too; and so do those that use that one. */
function addMacros(changed: ChangedNames, files: readonly FileFacts[]): void {
  const { names } = changed;
  const users = new Map<string, string[]>();
  for (const { name, text, flow } of files.flatMap((facts) => facts.macros)) {
    for (const used of new Set([...(text.match(WORD) ?? []), ...globalsIn(flow)])) {
      const known = users.get(used);
      if (known === undefined) users.set(used, [name]);
      else known.push(name);
    }
    if (usesOneOf(flow, changed)) names.add(name);
  }
  for (const name of names) for (const user of users.get(name) ?? []) names.add(user);
}
