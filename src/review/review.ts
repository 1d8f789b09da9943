/** Change -> Report: what the checkers find in head and not in base, and in base and not in head. */
import { COMMIT_MESSAGE, type CodeChecker, type Finding } from '../checkers/checker.ts';
import { trailerOptions } from '../checkers/trailers/configured-options.ts';
import type { Configuration } from '../config/configuration.ts';
import { defaultConfiguration } from '../config/default-configuration.ts';
import type { Change, Commit, Person } from '../git/change.ts';
import type { CommitLookup, UpstreamLookup } from '../git/commit-lookup.ts';
import type { Program } from '../index/program.ts';
import { type AffectedPaths, affectedPaths, configuredPaths } from './affected.ts';
import { attributeFindings } from './attribute.ts';
import { compareFindings } from './compare.ts';
import { configuredFindings } from './configured.ts';
import { collectExcerpts } from './excerpts.ts';
import { onePerPlace } from './one-per-place.ts';
import { type ProgramSource, programsAtHand, type Sides } from './programs.ts';
import type { Report, ReportStats } from './report.ts';
import { scopesOf } from './scope.ts';
import { asReported, withSuggestions } from './suggestions.ts';
import { reworkOf, throughCommits } from './through-commits.ts';
import { functionKey, touchedBy, touchedFunctions, withOtherMeaning } from './touched.ts';

export interface ReviewOptions {
  /** What .github/adjutant.yml says; its defaults otherwise. */
  readonly configuration?: Configuration;
  /** Code checkers to run; all of the registry otherwise. */
  readonly checkers?: readonly CodeChecker[];
  /** The history that commit messages refer to; nothing is known of it otherwise. */
  readonly history?: CommitLookup;
  /** The tree that backports come from, where it is at hand. */
  readonly upstream?: UpstreamLookup;
  /** Who sends the change, where that is known: the author of a pull request. */
  readonly submitter?: Person;
  /** Where the index of whole trees is kept; none is used otherwise. */
  readonly cacheDir?: string;
  /** Where programs come from; by what is at hand otherwise (see programs.ts). */
  readonly programs?: ProgramSource;
  /** What the caller knows to be missing (a shallow history): passed on in the report. */
  readonly limits?: readonly string[];
  /** Aborts between steps: a newer push makes this review pointless. Throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told which step the review is at: one short phrase. */
  readonly progress?: (step: string) => void;
}

/** Reviews a change. Rejects with a UserError where the change can't be read. */
export async function review(change: Change, options: ReviewOptions = {}): Promise<Report> {
  const start = performance.now();
  const configuration = options.configuration ?? defaultConfiguration;
  stepper(options)('reading the changed files');
  const paths = affectedPaths(change.diff);
  const hasCode = paths.base.length + paths.head.length > 0;
  const programs = options.programs ?? programsAtHand(options.cacheDir);
  const sides = hasCode ? await programs(change, paths) : undefined;
  try {
    return await reviewSides(change, sides, paths, configuration, options, start);
  } finally {
    sides?.close?.();
  }
}

async function reviewSides(
  change: Change,
  sides: Sides | undefined,
  paths: AffectedPaths,
  configuration: Configuration,
  options: ReviewOptions,
  start: number,
): Promise<Report> {
  const step = stepper(options);
  const checkers = sides ? (options.checkers ?? (await registeredCheckers())) : [];

  const otherMeaning = withOtherMeaning(change.diff, sides ?? {});
  const touched = touchedFunctions(change.diff, sides ?? {}, otherMeaning);
  const rework = await reworkOf(change, sides);
  const reworked = new Set(rework.functions.map(({ path, name }) => functionKey(path, name)));
  const scopes = sides && scopesOf({ sides, paths, touched, otherMeaning, reworked });
  const scopeFor = new Map(checkers.map((checker) => [checker, scopes?.(checker)]));
  const audited = (checker: CodeChecker, program: Program | undefined, files: readonly string[]) => {
    const own = configuredPaths(checker.name, files, configuration);
    const findings =
      program && own.length > 0 ? checker.audit(program, own, scopeFor.get(checker)?.(program)) : [];
    return configuredFindings(findings, configuration);
  };
  const found = { base: [] as Finding[], head: [] as Finding[] };
  for (const checker of checkers) {
    step(`checking ${checker.name}`);
    for (const side of ['base', 'head'] as const)
      found[side].push(...audited(checker, sides?.[side], paths[side]));
  }
  const difference = compareFindings(found.base, found.head, change.diff);
  const inHead = difference.introduced.filter(touchedBy(change.diff, 'new', sides?.head, touched));
  const compared = configuredFindings(
    checkers.flatMap((checker) => {
      const own = configuredPaths(checker.name, paths.head, configuration);
      const { base, head } = sides ?? {};
      return base && head && checker.compare ? checker.compare(base, head, own, inHead) : [];
    }),
    configuration,
  );
  const introduced = onePerPlace([...withoutDoubts(inHead, compared), ...compared]);
  const fixed = onePerPlace(difference.fixed.filter(touchedBy(change.diff, 'old', sides?.base, touched)));

  step('going through the commits');
  const through = await throughCommits(
    change,
    sides,
    rework,
    (program, files) => onePerPlace(checkers.flatMap((checker) => audited(checker, program, files))),
    found,
  );

  step('checking commit messages');
  const messages = await messageFindings(change.commits, configuration, options);
  const findings = [
    ...configuredFindings(messages, configuration),
    ...(await attributeFindings(
      await withSuggestions(introduced, change.head, change.diff),
      change,
      through.introducedBy,
    )),
  ].sort(inOrder(change.commits));

  return {
    base: change.baseName,
    head: change.headName,
    findings,
    fixed: fixed.map(asReported).sort(inOrder(change.commits)),
    transient: through.transient.map((one) => ({ ...one, finding: asReported(one.finding) })),
    limits: [...(options.limits ?? []), ...(sides?.limits ?? []), ...through.limits],
    excerpts: await collectExcerpts(findings, change.commits, change.head, change.diff),
    stats: {
      ...codeStats(sides?.head, paths.head),
      commits: change.commits.length,
      elapsed: performance.now() - start,
    },
  };
}

/** Findings that are too unsure by themselves go where the comparison of both sides says more of the same line. */
const withoutDoubts = (findings: readonly Finding[], compared: readonly Finding[]): readonly Finding[] =>
  findings.filter(
    (finding) =>
      finding.confidence !== 'low' ||
      !compared.some(
        (other) =>
          other.checker === finding.checker &&
          other.confidence !== 'low' &&
          other.path === finding.path &&
          other.line === finding.line,
      ),
  );

/** Announces each step, unless the review was aborted before it. */
function stepper({ signal, progress }: ReviewOptions): (name: string) => void {
  return (name) => {
    signal?.throwIfAborted();
    progress?.(name);
  };
}

async function messageFindings(
  commits: readonly Commit[],
  configuration: Configuration,
  { history, upstream, submitter }: ReviewOptions,
): Promise<readonly Finding[]> {
  if (commits.length === 0 || !configuration.checkers.trailers.enabled) return [];
  const [{ checkTrailers }, { noHistory }] = await Promise.all([
    import('../checkers/trailers/index.ts'),
    import('../git/commit-lookup.ts'),
  ]);
  return checkTrailers(commits, history ?? noHistory, {
    ...trailerOptions(configuration),
    submitter,
    ...(upstream ? { upstream } : {}),
  });
}

/** Messages first, in the order of their commits; then by path and line. */
export function inOrder(commits: readonly Commit[]): (a: Finding, b: Finding) => number {
  const position = new Map(commits.map((commit, index) => [commit.id, index]));
  const rank = (finding: Finding) =>
    finding.path === COMMIT_MESSAGE ? (position.get(finding.commit ?? '') ?? 0) : commits.length;
  return (a, b) =>
    rank(a) - rank(b) ||
    compareText(a.path, b.path) ||
    a.line - b.line ||
    compareText(a.rule, b.rule) ||
    compareText(a.fingerprint, b.fingerprint);
}

/** Files, functions and parse errors of the audited side. */
export function codeStats(
  program: Program | undefined,
  paths: readonly string[],
): Pick<ReportStats, 'files' | 'functions' | 'parseErrors'> {
  const facts = paths.flatMap((path) => {
    const file = program?.facts(path);
    return file ? [{ path, file }] : [];
  });
  return {
    files: paths.length,
    functions: facts.reduce((sum, { file }) => sum + file.functions.filter((f) => !f.isPrototype).length, 0),
    parseErrors: facts.flatMap(({ path, file }) => file.errors.map((error) => ({ path, ...error }))),
  };
}

/** The registry's code checkers, loaded when code is reviewed: a review of messages alone needs none of them. */
export async function registeredCheckers(): Promise<readonly CodeChecker[]> {
  const { codeCheckers } = await import('../checkers/registry.ts');
  return codeCheckers;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
