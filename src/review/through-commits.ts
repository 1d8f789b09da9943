/**
 * What holds at each commit of a change, in the C files that several of its commits touch: which of them brought a
 * finding in, and what one breaks that a later one mends. Nobody merges that defect, but who bisects meets it.
 */
import type { Finding } from '../checkers/checker.ts';
import type { Change, Commit } from '../git/change.ts';
import type { Program } from '../index/program.ts';
import { type AffectedPaths, affectedPaths, isSource } from './affected.ts';
import { identity } from './compare.ts';
import type { Sides } from './programs.ts';
import type { TransientFinding } from './report.ts';
import { touchedBy } from './touched.ts';

/** Commits between the first and the last that are looked at. */
const MAX_COMMITS = 12;

/** Findings of these files as they stand in a program, as the configuration wants them. */
export type Audit = (program: Program, paths: readonly string[]) => readonly Finding[];

export interface ThroughCommits {
  /** The commit since which a finding of the head is there without a break, by `identity()`. */
  readonly introducedBy: ReadonlyMap<string, string>;
  readonly transient: readonly TransientFinding[];
  readonly limits: readonly string[];
}

const NOTHING: ThroughCommits = { introducedBy: new Map(), transient: [], limits: [] };

/** @param found all findings of both sides' files */
export async function throughCommits(
  change: Change,
  sides: Sides | undefined,
  audit: Audit,
  found: { readonly base: readonly Finding[]; readonly head: readonly Finding[] },
): Promise<ThroughCommits> {
  const { commits, commitDiff, commitTree } = change;
  // What all of them together leave as it was is audited on neither side.
  const reworked = reworkedPaths(commits, affectedPaths(change.diff));
  if (!sides?.at || !commitDiff || !commitTree || reworked.size === 0 || !isLine(commits)) return NOTHING;

  const all = commits.filter(({ id }) => [...reworked.values()].some((ids) => ids.slice(0, -1).includes(id)));
  const looked = all.slice(0, MAX_COMMITS);
  const states = new Map<string, State>();
  for (const { id } of looked) {
    const program = await sides.at(await commitTree(id), changedUntil(commits, id));
    const paths = [...reworked].flatMap(([path, ids]) => (ids.slice(0, -1).includes(id) ? [path] : []));
    const isTouched = touchedBy(await commitDiff(id), 'new', program);
    states.set(id, { findings: audit(program, paths), isTouched });
  }
  const complete = new Map([...reworked].filter(([, ids]) => ids.slice(0, -1).every((id) => states.has(id))));
  const left = all.length - looked.length;
  return {
    ...compared(complete, states, found),
    limits: left === 0 ? [] : [`${left} of the commits in between were not looked at one by one.`],
  };
}

interface State {
  readonly findings: readonly Finding[];
  /** Whether the commit has anything to do with a finding. */
  readonly isTouched: (finding: Finding) => boolean;
}

function compared(
  reworked: ReadonlyMap<string, readonly string[]>,
  states: ReadonlyMap<string, State>,
  found: { readonly base: readonly Finding[]; readonly head: readonly Finding[] },
): Pick<ThroughCommits, 'introducedBy' | 'transient'> {
  const introducedBy = new Map<string, string>();
  const transient: TransientFinding[] = [];
  const ever = new Set([...found.base, ...found.head].map(identity));
  for (const [path, ids] of reworked) {
    const of = (findings: readonly Finding[]) => findings.filter((finding) => finding.path === path);
    // One more than there are commits: before the first, and after each.
    const steps = [
      of(found.base),
      ...ids.slice(0, -1).map((id) => of(states.get(id)?.findings ?? [])),
      of(found.head),
    ];
    const names = steps.map((findings) => new Set(findings.map(identity)));
    for (const finding of steps.at(-1) as readonly Finding[]) {
      const last = names.findLastIndex((step) => !step.has(identity(finding)));
      const commit = last < 0 ? undefined : ids[last];
      if (commit !== undefined) introducedBy.set(identity(finding), commit);
    }
    for (const [index, id] of ids.slice(0, -1).entries()) {
      for (const finding of steps[index + 1] as readonly Finding[]) {
        const name = identity(finding);
        if (ever.has(name) || finding.confidence === 'low' || finding.severity === 'note') continue;
        if (!states.get(id)?.isTouched(finding)) continue;
        ever.add(name);
        const gone = names.findIndex((step, at) => at > index + 1 && !step.has(name));
        if (isReplaced(finding, steps[gone] ?? [], names[gone - 1])) continue;
        const mendedBy = ids[gone - 1];
        if (mendedBy !== undefined)
          transient.push({ finding: { ...finding, severity: 'note' }, commit: id, mendedBy });
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

/** C files that several commits touch, with those commits. */
function reworkedPaths(
  commits: readonly Commit[],
  { base, head }: AffectedPaths,
): ReadonlyMap<string, readonly string[]> {
  const affected = new Set([...base, ...head]);
  const touching = new Map<string, string[]>();
  for (const { id, files } of commits)
    for (const path of files.filter((file) => affected.has(file)))
      touching.set(path, [...(touching.get(path) ?? []), id]);
  return new Map([...touching].filter(([, ids]) => ids.length > 1));
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
