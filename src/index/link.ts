/**
 * Links the files of one tree: what their link records say of names becomes postings over the whole tree,
 * includes become edges. A pure function of (path, blob id) pairs and of the records, so that the same tree
 * gives the same bytes however it was read.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { IncludePaths } from './include-paths.ts';
import { flagsOf, LINK_KINDS, LinkKind, type LinkRecord, MacroFlag } from './link-record.ts';
import { buildPostings, MAX_FILES, type Pairs } from './postings.ts';
import { writeSectionFile } from './section-file.ts';
import { INDEX_FILE, type TreeInfo, type TreeStats } from './tree-index.ts';

/** A file of a tree. */
export interface TreeFile {
  readonly path: string;
  readonly id: string;
}

/** Kinds that only count for statistics and are not looked up. */
const NOT_STORED: readonly number[] = [LinkKind.StoredField];

/** The digest of a tree as the index sees it: of its sources' paths and ids. `files` are in order of path. */
export function treeDigest(files: readonly TreeFile[]): string {
  const hash = createHash('sha1');
  for (const { path, id } of files) hash.update(`${path}\0${id}\n`);
  return hash.digest('hex');
}

/** Bits of hashes: a set that may say yes too often. */
class HashSet {
  readonly #bits = new Uint32Array(1 << 21);

  add(hash: number): void {
    const at = hash >>> 11;
    this.#bits[at] = (this.#bits[at] as number) | (1 << ((hash >>> 6) & 31));
  }

  has(hash: number): boolean {
    return ((this.#bits[hash >>> 11] as number) & (1 << ((hash >>> 6) & 31))) !== 0;
  }
}

/**
 * Writes the index of a tree into `folder`. `files` are in order of path, `records` are the link records by
 * blob id, which are all there. @throws where there are more files than an index can hold.
 */
export function linkTree(
  folder: string,
  files: readonly TreeFile[],
  records: ReadonlyMap<string, LinkRecord>,
  factsVersion: string,
): void {
  if (files.length > MAX_FILES) throw new Error(`more than ${MAX_FILES} C files in one tree`);
  const linked = files.map(({ id }) => records.get(id) as LinkRecord);
  const starts = linked.map((record) => record.starts());
  const pairsOf = (kind: number): Pairs[] =>
    linked.map(({ words }, file) => {
      const at = starts[file] as number[];
      return { words, from: at[kind] as number, to: at[kind + 1] as number };
    });

  const sections: [string, ArrayBufferView][] = [...pathSections(files), ...includeSections(files, linked)];
  const bucketBits: number[] = [];
  const functions = functionNames(pairsOf);
  for (let kind = 0; kind < LINK_KINDS; kind++) {
    if (NOT_STORED.includes(kind)) continue;
    // Who mentions what is no function is asked by nobody.
    const isWanted = kind === LinkKind.Mention ? (hash: number) => functions.has(hash) : undefined;
    const table = buildPostings(pairsOf(kind), isWanted);
    bucketBits[kind] = table.bucketBits;
    sections.push([`starts ${kind}`, table.starts], [`postings ${kind}`, table.words]);
  }
  const info: TreeInfo = { factsVersion, bucketBits, stats: statsOf(linked, pairsOf) };
  mkdirSync(folder, { recursive: true });
  writeSectionFile(join(folder, INDEX_FILE), sections, info);
}

function pathSections(files: readonly TreeFile[]): [string, ArrayBufferView][] {
  const paths = files.map(({ path }) => Buffer.from(path));
  const offsets = new Uint32Array(files.length + 1);
  let total = 0;
  for (const [index, path] of paths.entries()) {
    total += path.length;
    offsets[index + 1] = total;
  }
  return [
    ['path offsets', offsets],
    ['paths', Buffer.concat(paths)],
    ['ids', Buffer.from(files.map(({ id }) => id).join(''), 'latin1')],
  ];
}

function includeSections(
  files: readonly TreeFile[],
  linked: readonly LinkRecord[],
): [string, ArrayBufferView][] {
  const resolver = new IncludePaths(new Map(files.map(({ path }, number) => [path, number])));
  const starts = new Uint32Array(files.length + 1);
  const edges: number[] = [];
  for (const [number, { path }] of files.entries()) {
    const targets = new Set<number>();
    for (const include of (linked[number] as LinkRecord).includes) {
      const target = resolver.resolve(include, path);
      if (target >= 0 && target !== number) targets.add(target);
    }
    edges.push(...targets);
    starts[number + 1] = edges.length;
  }
  return [
    ['include starts', starts],
    ['includes', Uint32Array.from(edges)],
  ];
}

/** Hashes of what can be called: functions and function-like macros. */
function functionNames(pairsOf: (kind: number) => readonly Pairs[]): HashSet {
  const names = new HashSet();
  for (const { words, from, to } of pairsOf(LinkKind.Function)) {
    for (let i = from; i < to; i += 2) names.add(words[i] as number);
  }
  for (const { words, from, to } of pairsOf(LinkKind.Macro)) {
    for (let i = from; i < to; i += 2) {
      if ((flagsOf(words[i + 1] as number) & MacroFlag.FunctionLike) !== 0) names.add(words[i] as number);
    }
  }
  return names;
}

function statsOf(linked: readonly LinkRecord[], pairsOf: (kind: number) => readonly Pairs[]): TreeStats {
  const stats = { files: linked.length, functions: 0, unparsed: 0, types: 0, tables: 0, errors: 0 };
  for (const { counts } of linked) {
    stats.functions += counts.functions;
    stats.unparsed += counts.unparsed;
    stats.types += counts.types;
    stats.tables += counts.tables;
    stats.errors += counts.errors;
  }
  const storedFields = new HashSet();
  for (const { words, from, to } of pairsOf(LinkKind.StoredField)) {
    for (let i = from; i < to; i += 2) storedFields.add(words[i] as number);
  }
  let indirectCalls = 0;
  let resolvedCalls = 0;
  for (const { words, from, to } of pairsOf(LinkKind.Indirect)) {
    for (let i = from; i < to; i += 2) {
      indirectCalls++;
      if (storedFields.has(words[i] as number)) resolvedCalls++;
    }
  }
  return { ...stats, indirectCalls, resolvedCalls };
}
