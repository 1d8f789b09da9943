/**
 * Links the files of one tree: what their link records say of names becomes postings over the whole tree,
 * includes become edges. A pure function of (path, blob id) pairs and of the records, so that the same tree
 * gives the same bytes however it was read.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { IncludeAnswers } from './include-answers.ts';
import { IncludePaths } from './include-paths.ts';
import { flagsOf, LINK_KINDS, LinkKind, type LinkRecords, MacroFlag, MentionFlag } from './link-record.ts';
import { buildPostings, eachPair, HashSet, MAX_FILES } from './postings.ts';
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

/** The link records of blobs, and the number of each by id. */
export interface LinkedBlobs {
  readonly records: LinkRecords;
  readonly numbers: ReadonlyMap<string, number>;
}

/**
 * Writes the index of a tree into `folder`. `files` are in order of path; the records of all of them are there.
 * @throws where there are more files than an index can hold.
 */
export function linkTree(
  folder: string,
  files: readonly TreeFile[],
  { records, numbers }: LinkedBlobs,
  factsVersion: string,
): void {
  if (files.length > MAX_FILES) throw new Error(`more than ${MAX_FILES} C files in one tree`);
  const recordOf = Uint32Array.from(files, ({ id }) => numbers.get(id) as number);
  const sections: [string, ArrayBufferView][] = [
    ...pathSections(files),
    ...includeSections(files, records, recordOf),
  ];
  const bucketBits: number[] = [];
  sections.push(
    ['function starts', functionStarts(records, recordOf)],
    ['called', calledFunctions(records, recordOf)],
  );
  const functions = functionNames(records, recordOf);
  for (let kind = 0; kind < LINK_KINDS; kind++) {
    if (NOT_STORED.includes(kind)) continue;
    // Who mentions what is no function is asked by nobody.
    const table = buildPostings(records, recordOf, kind, kind === LinkKind.Mention ? functions : undefined);
    bucketBits[kind] = table.bucketBits;
    sections.push([`starts ${kind}`, table.starts], [`postings ${kind}`, table.words]);
  }
  const info: TreeInfo = { factsVersion, bucketBits, stats: statsOf(records, recordOf) };
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
  records: LinkRecords,
  recordOf: Uint32Array,
): [string, ArrayBufferView][] {
  const resolver = new IncludePaths(new Map(files.map(({ path }, number) => [path, number])));
  const answers = new IncludeAnswers(records, resolver);
  const starts = new Uint32Array(files.length + 1);
  const edges: number[] = [];
  const seen = new Int32Array(files.length).fill(-1);
  for (const [number, { path }] of files.entries()) {
    answers.enter(path);
    records.eachInclude(recordOf[number] as number, (hash, from, to) => {
      const target = answers.resolve(hash, from, to);
      if (target < 0 || target === number || seen[target] === number) return;
      seen[target] = number;
      edges.push(target);
    });
    starts[number + 1] = edges.length;
  }
  return [
    ['include starts', starts],
    ['includes', Uint32Array.from(edges)],
  ];
}

/** The number of the first definition of each file, and the count of all behind them. */
function functionStarts(records: LinkRecords, recordOf: Uint32Array): Uint32Array {
  const starts = new Uint32Array(recordOf.length + 1);
  for (const [file, record] of recordOf.entries()) {
    starts[file + 1] = (starts[file] as number) + records.counts(record).functions;
  }
  return starts;
}

/** A bit for each definition, set where somebody calls a function of its name. */
function calledFunctions(records: LinkRecords, recordOf: Uint32Array): Uint32Array {
  const called = new HashSet();
  eachPair(records, recordOf, LinkKind.Mention, (hash, value) => {
    if ((flagsOf(value) & MentionFlag.Called) !== 0) called.add(hash);
  });
  const bits: number[] = [];
  let number = 0;
  eachPair(records, recordOf, LinkKind.Function, (hash) => {
    if (called.has(hash)) bits[number >> 5] = (bits[number >> 5] ?? 0) | (1 << (number & 31));
    number++;
  });
  return Uint32Array.from({ length: (number >> 5) + 1 }, (_, at) => bits[at] ?? 0);
}

/** Hashes of what can be called: functions and function-like macros. */
function functionNames(records: LinkRecords, recordOf: Uint32Array): HashSet {
  const names = new HashSet();
  eachPair(records, recordOf, LinkKind.Function, (hash) => names.add(hash));
  eachPair(records, recordOf, LinkKind.Macro, (hash, value) => {
    if ((flagsOf(value) & MacroFlag.FunctionLike) !== 0) names.add(hash);
  });
  return names;
}

function statsOf(records: LinkRecords, recordOf: Uint32Array): TreeStats {
  const stats = { files: recordOf.length, functions: 0, unparsed: 0, types: 0, tables: 0, errors: 0 };
  for (const record of recordOf) {
    const counts = records.counts(record);
    stats.functions += counts.functions;
    stats.unparsed += counts.unparsed;
    stats.types += counts.types;
    stats.tables += counts.tables;
    stats.errors += counts.errors;
  }
  const storedFields = new HashSet();
  eachPair(records, recordOf, LinkKind.StoredField, (hash) => storedFields.add(hash));
  let indirectCalls = 0;
  let resolvedCalls = 0;
  eachPair(records, recordOf, LinkKind.Indirect, (hash) => {
    indirectCalls++;
    if (storedFields.has(hash)) resolvedCalls++;
  });
  return { ...stats, indirectCalls, resolvedCalls };
}
