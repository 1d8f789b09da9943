/**
 * What holds at each commit of a change, in the functions that several of its commits touch: which of them brought a
 * finding in, and what one breaks that a later one mends. Nobody merges that defect, but who bisects meets it.
 */
import type { Finding } from '../checkers/checker.ts';
import type { Change, Commit, FileDiff } from '../git/change.ts';
import type { Program } from '../index/program.ts';
import { type AffectedPaths, affectedPaths, isSource } from './affected.ts';
import { identity } from './compare.ts';
import type { Sides } from './programs.ts';
import type { TransientFinding } from './report.ts';
import { type ReworkedFunction, reworkedFunctions } from './reworked.ts';
import { touchedBy, touchedFunctions } from './touched.ts';

/** Commits that are audited: each costs as much as a review of its files. */
const MAX_AUDITED = 8;
/** Commits whose diffs are read. */
const MAX_COMMITS = 100;

/** Findings of these files as they stand in a program, as the configuration wants them. */
export type Audit = (program: Program, paths: readonly string[]) => readonly Finding[];

export interface ThroughCommits {
  /** The commit since which a finding of the head is there without a break, by `identity()`. */
  readonly introducedBy: ReadonlyMap<string, string>;
  readonly transient: readonly TransientFinding[];
  readonly limits: readonly string[];
}

/** All findings of both sides' files. */
interface Found {
  readonly base: readonly Finding[];
  readonly head: readonly Finding[];
}

/** What holds at a commit. */
interface State {
  readonly findings: readonly Finding[];
  /** Those that the commit has to do with, by `identity()`. */
  readonly touched: ReadonlySet<string>;
}

/** What several commits of a change touch. */
export interface Rework {
  readonly functions: readonly ReworkedFunction[];
  /** Diffs of the commits that touch one of their files, by commit. */
  readonly diffs: ReadonlyMap<string, readonly FileDiff[]>;
  readonly limits: readonly string[];
}

/** The functions that several commits of a change touch, also those that all of them together leave as they were. */
export async function reworkOf(change: Change, sides: Sides | undefined): Promise<Rework> {
  const { commits, commitDiff, commitTree } = change;
  const nothing = { functions: [], diffs: new Map(), limits: [] };
  // Files that all of them together leave as they were are read on neither side.
  const paths = reworkedPaths(commits, affectedPaths(change.diff));
  if (!sides?.at || !sides.head || !commitDiff || !commitTree || paths.length === 0 || !isLine(commits))
    return nothing;
  if (commits.length > MAX_COMMITS)
    return { ...nothing, limits: [`More than ${MAX_COMMITS} commits were not looked at one by one.`] };
  const diffs = new Map<string, readonly FileDiff[]>();
  for (const { id, files } of commits)
    if (files.some((file) => paths.includes(file))) diffs.set(id, await commitDiff(id));
  return { functions: reworkedFunctions(sides.head, paths, diffs), diffs, limits: [] };
}

/** `found` must have the findings of all functions of `rework`. */
export async function throughCommits(
  change: Change,
  sides: Sides | undefined,
  { functions, diffs, limits }: Rework,
  audit: Audit,
  found: Found,
): Promise<ThroughCommits> {
  const { commits, commitTree } = change;
  if (!sides?.at || !commitTree || functions.length === 0)
    return { introducedBy: new Map(), transient: [], limits };
  const wanted = commits.filter(({ id }) =>
    functions.some(({ commits: ids }) => ids.slice(0, -1).includes(id)),
  );
  const states = new Map<string, State>();
  for (const { id } of wanted.slice(0, MAX_AUDITED)) {
    const program = await sides.at(await commitTree(id), changedUntil(commits, id));
    const own = functions.filter(({ commits: ids }) => ids.slice(0, -1).includes(id));
    const findings = audit(program, [...new Set(own.map(({ path }) => path))]);
    const diff = diffs.get(id) ?? [];
    const isTouched = touchedBy(diff, 'new', program, touchedFunctions(diff, { head: program }));
    states.set(id, { findings, touched: new Set(findings.filter(isTouched).map(identity)) });
  }
  const left = wanted.length - states.size;
  return {
    ...compared(functions, states, found),
    limits: left === 0 ? [] : [`${left} of the commits in between were not looked at one by one.`],
  };
}

function compared(
  functions: readonly ReworkedFunction[],
  states: ReadonlyMap<string, State>,
  found: Found,
): Pick<ThroughCommits, 'introducedBy' | 'transient'> {
  const introducedBy = new Map<string, string>();
  const transient: TransientFinding[] = [];
  const ever = new Set([...found.base, ...found.head].map(identity));
  for (const { path, name, commits } of functions) {
    const before = commits.slice(0, -1);
    if (!before.every((id) => states.has(id))) continue;
    const of = (findings: readonly Finding[]) =>
      findings.filter((finding) => finding.path === path && finding.function === name);
    // One more than there are commits: before the first, and after each.
    const steps = [found.base, ...before.map((id) => states.get(id)?.findings ?? []), found.head].map(of);
    const names = steps.map((findings) => new Set(findings.map(identity)));
    for (const finding of steps.at(-1) ?? []) {
      const last = names.findLastIndex((step) => !step.has(identity(finding)));
      const commit = last < 0 ? undefined : commits[last];
      if (commit !== undefined) introducedBy.set(identity(finding), commit);
    }
    for (const [index, commit] of before.entries()) {
      for (const finding of steps[index + 1] ?? []) {
        const key = identity(finding);
        if (ever.has(key) || finding.confidence === 'low' || finding.severity === 'note') continue;
        if (!states.get(commit)?.touched.has(key)) continue;
        ever.add(key);
        const gone = names.findIndex((step, at) => at > index + 1 && !step.has(key));
        const mendedBy = commits[gone - 1];
        if (mendedBy === undefined || isReplaced(finding, steps[gone] ?? [], names[gone - 1])) continue;
        transient.push({ finding: { ...finding, severity: 'note' }, commit, mendedBy });
      }
    }
  }
  return { introducedBy, transient };
}

/** The same rule speaks at the next commit, under another name (a variable was renamed): nothing was mended. */
function isReplaced(
  { rule }: Finding,
  next: readonly Finding[],
  before: ReadonlySet<string> | undefined,
): boolean {
  return next.some((other) => other.rule === rule && !before?.has(identity(other)));
}

/** C files that several commits touch, and that all of them together change. */
function reworkedPaths(commits: readonly Commit[], { base, head }: AffectedPaths): readonly string[] {
  const touching = new Map([...base, ...head].map((path) => [path, 0]));
  for (const { files } of commits)
    for (const path of files) if (touching.has(path)) touching.set(path, (touching.get(path) ?? 0) + 1);
  return [...touching].flatMap(([path, count]) => (count > 1 ? [path] : []));
}

/** Each on top of the one before: a merge has no order in which its commits hold. Patches name no parents. */
function isLine(commits: readonly Commit[]): boolean {
  return commits.every(
    ({ parents }, index) =>
      parents.length === 0 ||
      (parents.length === 1 && (index === 0 || parents[0] === commits[index - 1]?.id)),
  );
}

function changedUntil(commits: readonly Commit[], last: string): readonly string[] {
  const until = commits.slice(0, commits.findIndex(({ id }) => id === last) + 1);
  return [...new Set(until.flatMap(({ files }) => files))].filter(isSource);
}
