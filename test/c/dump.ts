/** A syntax tree as an s-expression, for expectations. */
import { Kind, type Tree } from '../../src/c/ast.ts';
import { parse, parseFragment } from '../../src/c/parse.ts';

const KIND_NAMES = new Map<number, string>(Object.entries(Kind).map(([name, kind]) => [kind, name]));

/** Kinds whose c (and for some b) is a number and no node. */
const SCALAR_C = new Set<number>([
  Kind.Call,
  Kind.Unary,
  Kind.Postfix,
  Kind.Binary,
  Kind.Assign,
  Kind.DeclaratorInfo,
  Kind.StructBody,
  Kind.Define,
]);
const SCALAR_B = new Set<number>([Kind.Block, Kind.Type]);

const dump = (tree: Tree, node: number): string => {
  const kind = tree.kind[node] as number;
  const words = [KIND_NAMES.get(kind) ?? `?${kind}`];
  if (kind === Kind.DeclaratorInfo) words.push(...list(tree, tree.name[node] as number));
  else if (tree.name[node] !== 0) words.push(tree.names[tree.name[node] as number] ?? '?');
  if (kind === Kind.Type) words[0] += '*'.repeat(tree.b[node] as number);
  words.push(...list(tree, tree.a[node] as number));
  if (!SCALAR_B.has(kind)) words.push(...list(tree, tree.b[node] as number));
  if (!SCALAR_C.has(kind)) words.push(...list(tree, tree.c[node] as number));
  return `(${words.join(' ')})`;
};

const list = (tree: Tree, first: number): string[] => {
  const texts: string[] = [];
  for (let node = first; node !== 0; node = tree.next[node] as number) texts.push(dump(tree, node));
  return texts;
};

/** The whole file, one top-level node a line, and its errors. */
export const dumpFile = (source: string): string => {
  const file = parse(Buffer.from(source));
  const errors = file.errors.map(({ line, column, reason }) => `error ${line}:${column} ${reason}`);
  return [...list(file, file.root), ...errors].join('\n');
};

/** The statements of a function's body. */
export const dumpBody = (body: string): string => {
  const file = parse(Buffer.from(`void f(void)\n{\n${body}\n}\n`));
  if (file.errors.length > 0) return file.errors.map(({ reason }) => `error ${reason}`).join('\n');
  for (let node = file.root; node !== 0; node = file.next[node] as number) {
    if (file.kind[node] === Kind.Function) {
      return list(file, file.a[file.b[node] as number] as number).join('\n');
    }
  }
  return 'no function';
};

/** The statements of a hunk. */
export const dumpFragment = (source: string): string => {
  const file = parseFragment(Buffer.from(source));
  return list(file, file.a[file.root] as number).join('\n');
};
