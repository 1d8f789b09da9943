/**
 * Which of several definitions a name in a file means. The tree is read without a configuration, so this
 * is by what a reader would guess: the file's own, then what it includes, then what is near.
 */

/** A definition as resolution sees it. */
export interface Candidate {
  readonly path: string;
  /** Visible in its own file alone, unless that is a header. */
  readonly isStatic: boolean;
}

const isHeader = (path: string): boolean => path.endsWith('.h');

/** How many leading folders two paths share. */
export function sharedFolders(a: string, b: string): number {
  let shared = 0;
  const most = Math.min(a.length, b.length);
  for (let i = 0; i < most && a.charCodeAt(i) === b.charCodeAt(i); i++)
    if (a.charCodeAt(i) === 0x2f) shared++;
  return shared;
}

/**
 * How well a candidate fits a use in `from`: 0 where it can't be meant. Its own file comes first, then files
 * that it includes, then those of its own folder, of the architecture that most people run, of the
 * generic kernel, and the rest by nearness.
 */
function fitness<T extends Candidate>(
  candidate: T,
  from: string,
  includes: (candidate: T) => boolean,
): number {
  const { path } = candidate;
  if (path === from) return 1000;
  // Tools and samples have names of their own; the kernel does not mean them.
  if (isOutside(path) && !isOutside(from)) return 0;
  if (candidate.isStatic && !isHeader(path) && !includes(candidate)) return 0;
  if (includes(candidate)) return 900;
  const arch = architectureOf(path);
  const ownArch = architectureOf(from);
  let score = 100 + Math.min(sharedFolders(path, from), 20) * 10;
  if (arch === '') score += 5;
  else if (arch === ownArch) score += 40;
  else if (ownArch !== '') return sharesCode(arch, ownArch) ? score - 60 : 0;
  else if (arch !== 'x86') score -= 40;
  return score;
}

function architectureOf(path: string): string {
  if (!path.startsWith('arch/')) return '';
  const end = path.indexOf('/', 5);
  return end < 0 ? '' : path.slice(5, end);
}

/** Architectures that compile files of each other: no other two are ever in one kernel. */
const SHARED: readonly (readonly [string, string])[] = [
  ['arm', 'arm64'],
  ['um', 'x86'],
];

const sharesCode = (arch: string, other: string): boolean =>
  SHARED.some((pair) => pair.includes(arch) && pair.includes(other));

/** Whether a file is no part of the kernel itself: its tools and samples have copies of names. */
export const isOutside = (path: string): boolean => /^(tools|samples|scripts|Documentation|usr)\//.test(path);

/** Whether other files can mean it without including its file. */
export const isVisibleToAll = ({ path, isStatic }: Candidate): boolean => !isStatic || isHeader(path);

/**
 * The candidates that fit best, in the order given; those with the same fit are all kept. An inline function of a
 * header that was chosen may stand for a subsystem that is not configured: the function of the same name that
 * others can call comes with it, and who asks tells the two apart.
 */
export function best<T extends Candidate>(
  candidates: readonly T[],
  from: string,
  includes: (candidate: T) => boolean,
): readonly T[] {
  if (candidates.length === 1) {
    const only = candidates[0] as T;
    const isKernel = !isOutside(only.path);
    return (isKernel && isVisibleToAll(only)) || fitness(only, from, includes) > 0 ? candidates : [];
  }
  const found = fittest(candidates, from, includes);
  if (found.length === 0 || !found.every(({ path, isStatic }) => isStatic && isHeader(path))) return found;
  const configured = candidates.filter(
    ({ path, isStatic }) => !isStatic && !isHeader(path) && !isOutside(path),
  );
  return [...found, ...fittest(configured, from, includes)];
}

function fittest<T extends Candidate>(
  candidates: readonly T[],
  from: string,
  includes: (candidate: T) => boolean,
): readonly T[] {
  let most = 1;
  let found: T[] = [];
  for (const candidate of candidates) {
    const score = fitness(candidate, from, includes);
    if (score < most) continue;
    if (score > most) found = [];
    most = score;
    found.push(candidate);
  }
  return found;
}
