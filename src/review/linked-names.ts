/** Which functions of some files lead to which, by name. */
import { Expr, type Flow } from '../c/flow.ts';
import { globalsIn } from '../c/flow-names.ts';
import { lastField } from '../index/link-record.ts';
import type { Program } from '../index/program.ts';

export interface LinkedNames {
  /** These names, and what leads to them. */
  leadingTo(names: readonly string[]): ReadonlySet<string>;
  /** These names, and what they lead to; but for what `isAsBefore` says that one of them leads to as it did. */
  below(names: readonly string[], isAsBefore: (from: string, to: string) => boolean): ReadonlySet<string>;
}

/**
 * What leads where through the functions, macros and tables of some files. A function leads to what it names, and through
 * a field to what is stored in fields of that name; a table leads to its entries.
 */
export function namesLinked(program: Program, paths: readonly string[]): LinkedNames {
  const key = paths.join('\n');
  let links = known.get(program);
  if (links?.key !== key) {
    links = { key, names: link(program, paths) };
    known.set(program, links);
  }
  return links.names;
}

/** Of a program the same files are asked about again. */
const known = new WeakMap<Program, { readonly key: string; readonly names: LinkedNames }>();

function link(program: Program, paths: readonly string[]): LinkedNames {
  const down = new Map<string, Set<string>>();
  const up = new Map<string, Set<string>>();
  const join = (from: string, to: string): void => {
    put(down, from, to);
    put(up, to, from);
  };
  for (const path of paths) {
    for (const { name, fact } of program.definitions(path)) {
      for (const used of usedBy(fact.flow)) join(name, used);
    }
    const { macros = [], tableEntries = [] } = program.facts(path) ?? {};
    for (const { name, flow } of macros) for (const used of usedBy(flow)) join(name, used);
    for (const { table, field, target } of tableEntries) {
      if (target === '') continue;
      join(table, target);
      join(ofField(lastField(field)), target);
    }
  }
  return {
    leadingTo: (names) => closure(up, names),
    below(names, isAsBefore) {
      const next = names.flatMap((from) => [...(down.get(from) ?? [])].filter((to) => !isAsBefore(from, to)));
      return new Set([...names, ...closure(down, next)]);
    },
  };
}

/** No function has such a name. */
const ofField = (field: string): string => `.${field}`;

/** What a body names outside of itself, and the fields that it calls through. */
function* usedBy(flow: Flow | undefined): Generator<string> {
  if (flow === undefined) return;
  yield* globalsIn(flow);
  for (const { callee } of flow.calls) {
    const op = flow.exprOp[callee];
    if (op === Expr.Arrow || op === Expr.Field) yield ofField(flow.names[flow.exprB[callee] as number] ?? '');
  }
}

function put(links: Map<string, Set<string>>, from: string, to: string): void {
  const known = links.get(from);
  if (known === undefined) links.set(from, new Set([to]));
  else known.add(to);
}

function closure(links: ReadonlyMap<string, ReadonlySet<string>>, names: readonly string[]): Set<string> {
  const found = new Set(names);
  for (const name of found) for (const next of links.get(name) ?? []) found.add(next);
  return found;
}
