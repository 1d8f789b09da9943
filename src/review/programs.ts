/** Which Program a side of a change is seen as: the files that it changes and what they include. */

import type { Change, FileDiff, SourceTree } from '../git/change.ts';
import { countFiles } from '../git/folder-tree.ts';
import { blobId } from '../git/overlay.ts';
import type { FileFacts } from '../index/facts.ts';
import { folderOf, pathsInFolder } from '../index/folder.ts';
import { memoryProgram } from '../index/memory-program.ts';
import type { FunctionRef, Program } from '../index/program.ts';
import { type AffectedPaths, isSource } from './affected.ts';

/** Headers are followed until so many files, or bytes, have been read. */
const MAX_FILES = 1500;
const MAX_BYTES = 32 * 1024 * 1024;

/** C files of one folder that are read for a changed one. */
const MAX_NEIGHBOURS = 80;

const NO_INDEX =
  'No index of the whole tree: functions outside the changed files, the files beside them and the headers that they include are unknown.';

/** Trees with fewer files are read whole. */
const SMALL_TREE = 2000;

export interface Sides {
  readonly base: Program | undefined;
  readonly head: Program | undefined;
  /** What these programs do not know, each one sentence. */
  readonly limits: readonly string[];
  /** Functions of the head that were rewritten, and do for their callers what they did; undefined where nobody knows. */
  readonly sameForCallers?: readonly FunctionRef[];
  /** The program of a tree between the two, which differs from the base in these files. */
  at?(tree: SourceTree, changed: readonly string[]): Promise<Program>;
  /** Frees what is open. */
  close?(): void;
}

/** Makes the programs of both sides of a change, in which `paths` are audited. */
export type ProgramSource = (
  change: Pick<Change, 'base' | 'head' | 'diff'>,
  paths: AffectedPaths,
) => Promise<Sides>;

/**
 * The programs by what is at hand: all of a small tree; the index of a whole tree in `cacheDir`, with the changed
 * files over it; else the changed files and what they include; without a tree, the hunks alone.
 */
export function programsAtHand(cacheDir: string | undefined): ProgramSource {
  return async (change, paths) => {
    const { base, head, diff } = change;
    if (!base || !head) return fragmentPrograms(diff);
    if (await isSmallTree(base)) {
      const all = (await base.paths('')).filter(isSource);
      return includedPrograms(base, head, { base: all, head: [...new Set([...all, ...paths.head])] }, []);
    }
    if (cacheDir !== undefined) {
      const { isIndexAtHand } = await import('../index/at-hand.ts');
      if (await isIndexAtHand(base, cacheDir)) {
        const { indexedPrograms } = await import('./indexed-programs.ts');
        return indexedPrograms(base, head, diff, cacheDir);
      }
    }
    const near = {
      base: await withNeighbours(base, paths.base),
      head: await withNeighbours(head, paths.head),
    };
    return includedPrograms(base, head, near, [NO_INDEX]);
  };
}

/** The paths and the C files beside them: what calls and what takes the same locks is mostly there. */
async function withNeighbours(tree: SourceTree, paths: readonly string[]): Promise<readonly string[]> {
  const found = new Set(paths);
  for (const folder of new Set(paths.map(listedFolder))) {
    const beside = pathsInFolder(await tree.paths(folder), folder === '' ? '' : `${folder}/`);
    for (const path of beside.filter((other) => other.endsWith('.c')).slice(0, MAX_NEIGHBOURS))
      found.add(path);
  }
  return [...found];
}

/** Without the slash, as trees list it. */
const listedFolder = (path: string): string => folderOf(path).slice(0, -1);

/** Whether a tree is read whole at each review, and needs no index. */
export async function isSmallTree(tree: SourceTree): Promise<boolean> {
  if (tree.root === undefined) return (await tree.paths('')).length < SMALL_TREE;
  return (await countFiles(tree.root, SMALL_TREE)) < SMALL_TREE;
}

async function includedPrograms(
  base: SourceTree,
  head: SourceTree,
  paths: AffectedPaths,
  limits: readonly string[],
): Promise<Sides> {
  const analyse = await analyser();
  return {
    base: await includedProgram(base, paths.base, analyse),
    head: await includedProgram(head, paths.head, analyse),
    limits,
    at: (tree, changed) =>
      includedProgram(tree, [...new Set([...paths.base, ...paths.head, ...changed])], analyse),
  };
}

type Analyse = (bytes: Uint8Array) => FileFacts;

/** Facts of a file's bytes; the same bytes are analysed once: most headers are the same on both sides. */
async function analyser(): Promise<Analyse> {
  const [{ Analyser }, { decodeFacts }] = await Promise.all([
    import('../index/analyse.ts'),
    import('../index/decode.ts'),
  ]);
  const one = new Analyser();
  const known = new Map<string, FileFacts>();
  return (bytes) => {
    const id = blobId(bytes);
    const facts = known.get(id) ?? decodeFacts(one.analyse(bytes).facts);
    known.set(id, facts);
    return facts;
  };
}

/** `paths` and what they include, followed until the bounds. */
async function includedProgram(
  tree: SourceTree,
  paths: readonly string[],
  analyse: Analyse,
): Promise<Program> {
  const files = new Map<string, FileFacts>();
  let bytesRead = 0;
  let wanted = [...paths];
  const asked = new Set(wanted);
  while (wanted.length > 0 && files.size < MAX_FILES && bytesRead < MAX_BYTES) {
    const next: string[] = [];
    for (const [path, bytes] of await tree.read(wanted)) {
      bytesRead += bytes.length;
      const facts = analyse(bytes);
      files.set(path, facts);
      for (const include of facts.includes) {
        for (const candidate of includeCandidates(include, path)) {
          if (asked.has(candidate)) continue;
          asked.add(candidate);
          next.push(candidate);
        }
      }
    }
    wanted = next;
  }
  return memoryProgram(files);
}

/** The files that an include may name, without a listing of the tree. */
function includeCandidates(include: string, from: string): string[] {
  const name = include.slice(1, -1);
  const folder = folderOf(from);
  const arch = folder.startsWith('arch/') ? (folder.split('/')[1] ?? 'x86') : 'x86';
  const places = [
    ...(include.startsWith('"') ? [folder] : []),
    `arch/${arch}/include/`,
    'include/',
    'include/uapi/',
    `arch/${arch}/include/uapi/`,
    '',
  ];
  const candidates = places.map((place) => normalPath(place + name));
  if (name.startsWith('asm/')) candidates.push(`include/asm-generic/${name.slice(4)}`);
  return candidates.filter((path): path is string => path !== undefined);
}

/** Without '.' and '..'; undefined where the path leads out of the tree. */
function normalPath(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

/** Facts of the lines that the hunks show, where there is no tree. */
async function fragmentPrograms(diff: readonly FileDiff[]): Promise<Sides> {
  const { fragmentFacts } = await import('../index/fragment.ts');
  const sideProgram = (side: 'old' | 'new') => {
    const files = new Map<string, FileFacts>();
    for (const file of diff) {
      const path = side === 'old' ? file.oldPath : file.newPath;
      if (path === undefined || file.binary || !isSource(path)) continue;
      files.set(path, fragmentFacts(file, side));
    }
    return memoryProgram(files);
  };
  return {
    base: sideProgram('old'),
    head: sideProgram('new'),
    limits: [
      'No source tree: only the lines of the patch are known, and nothing of the types and functions that they use. Give --repo DIR for a full review.',
    ],
  };
}
