/** All findings in some files of a tree as they stand. */
import type { CodeChecker, Finding } from '../checkers/checker.ts';
import type { Configuration } from '../config/configuration.ts';
import { defaultConfiguration } from '../config/default-configuration.ts';
import { UserError } from '../errors.ts';
import type { FileDiff, SourceTree } from '../git/change.ts';
import { configuredPaths } from './affected.ts';
import { configuredFindings } from './configured.ts';
import { collectExcerpts } from './excerpts.ts';
import { type ProgramSource, programsAtHand } from './programs.ts';
import type { Report } from './report.ts';
import { codeStats, inOrder, registeredCheckers } from './review.ts';
import { withSuggestions } from './suggestions.ts';
import { touchedBy, touchedFunctions } from './touched.ts';

export interface AuditOptions {
  readonly configuration?: Configuration;
  readonly checkers?: readonly CodeChecker[];
  readonly cacheDir?: string;
  readonly programs?: ProgramSource;
  readonly limits?: readonly string[];
}

/** What is audited: a tree, and how it came from one whose index may be at hand. */
export interface AuditTarget {
  readonly base: SourceTree;
  readonly head: SourceTree;
  readonly diff: readonly FileDiff[];
  readonly name: string;
}

/**
 * Audits `paths`, files of the target's head. What the diff does not touch has been in use: findings there have the
 * confidence for that. Rejects with a UserError where one of the paths is not in the tree.
 */
export async function audit(
  target: AuditTarget,
  paths: readonly string[],
  options: AuditOptions = {},
): Promise<Report> {
  const start = performance.now();
  const configuration = options.configuration ?? defaultConfiguration;
  const present = await target.head.read(paths);
  const missing = paths.find((path) => !present.has(path));
  if (missing !== undefined) throw new UserError(`There is no file ${missing} in the tree.`);
  const programs = options.programs ?? programsAtHand(options.cacheDir);
  const sides = await programs(target, { base: [], head: paths });
  try {
    const program = sides.head;
    if (!program) throw new Error('a tree without a program');
    const checkers = options.checkers ?? (await registeredCheckers());
    const found = checkers.flatMap((checker) => {
      const own = configuredPaths(checker.name, paths, configuration);
      return own.length === 0 ? [] : checker.audit(program, own);
    });
    const isTouched = touchedBy(
      target.diff,
      'new',
      program,
      touchedFunctions(target.diff, { head: program }),
    );
    const weighed = found.map((finding) => (isTouched(finding) ? finding : inUse(finding)));
    const findings = [
      ...(await withSuggestions(configuredFindings(weighed, configuration), target.head, [])),
    ].sort(inOrder([]));
    return {
      base: '',
      head: target.name,
      findings,
      fixed: [],
      transient: [],
      limits: [...(options.limits ?? []), ...sides.limits],
      excerpts: await collectExcerpts(findings, [], target.head, []),
      stats: { ...codeStats(program, paths), commits: 0, elapsed: performance.now() - start },
    };
  } finally {
    sides.close?.();
  }
}

const inUse = (finding: Finding): Finding => ({
  ...finding,
  confidence: finding.confidenceInUse ?? finding.confidence,
});
