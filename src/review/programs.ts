/** Which Program a side of a change is seen as: the files that it changes and what they include. */

import type { Change, FileDiff, SourceTree } from '../git/change.ts';
import { blobId } from '../git/overlay.ts';
import type { FileFacts } from '../index/facts.ts';
import { memoryProgram } from '../index/memory-program.ts';
import type { Program } from '../index/program.ts';
import { type AffectedPaths, isSource } from './affected.ts';

/** Headers are followed until so many files, or bytes, have been read. */
const MAX_FILES = 1500;
const MAX_BYTES = 32 * 1024 * 1024;

const NO_INDEX =
  'No index of the whole tree: functions outside the changed files and the headers that they include are unknown.';

export interface Side {
  readonly program: Program;
  /** What this program does not know, each one sentence. */
  readonly limits: readonly string[];
}

export interface Sides {
  readonly base: Program | undefined;
  readonly head: Program | undefined;
  readonly limits: readonly string[];
}

/** Makes the program in which `paths` of `tree` are audited. */
export type SideSource = (tree: SourceTree, paths: readonly string[]) => Promise<Side>;

/** Makes the programs of both sides of a change. */
export type ProgramSource = (change: Change, paths: AffectedPaths) => Promise<Sides>;

export const openPrograms: ProgramSource = async (change, paths) => {
  const { base, head } = change;
  if (!base || !head) return fragmentPrograms(change.diff);
  const analyse = await analyser();
  const before = await includedProgram(base, paths.base, analyse);
  const after = await includedProgram(head, paths.head, analyse);
  return { base: before, head: after, limits: [NO_INDEX] };
};

export const openProgram: SideSource = async (tree, paths) => ({
  program: await includedProgram(tree, paths, await analyser()),
  limits: [NO_INDEX],
});

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
export function includeCandidates(include: string, from: string): string[] {
  const name = include.slice(1, -1);
  const folder = from.slice(0, from.lastIndexOf('/') + 1);
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
