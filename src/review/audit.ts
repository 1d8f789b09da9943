/** All findings in some files of a tree as they stand. */
import type { CodeChecker } from '../checkers/checker.ts';
import { type Configuration, defaultConfiguration } from '../config/configuration.ts';
import { UserError } from '../errors.ts';
import type { SourceTree } from '../git/change.ts';
import { configuredPaths } from './affected.ts';
import { configuredFindings } from './configured.ts';
import { collectExcerpts } from './excerpts.ts';
import { openProgram, type SideSource } from './programs.ts';
import type { Report } from './report.ts';
import { codeStats, inOrder, registeredCheckers } from './review.ts';

export interface AuditOptions {
  readonly configuration?: Configuration;
  readonly checkers?: readonly CodeChecker[];
  readonly program?: SideSource;
  readonly limits?: readonly string[];
}

/** Audits `paths`, files of `tree`. Rejects with a UserError where one of them is not in it. */
export async function audit(
  tree: SourceTree,
  treeName: string,
  paths: readonly string[],
  options: AuditOptions = {},
): Promise<Report> {
  const start = performance.now();
  const configuration = options.configuration ?? defaultConfiguration;
  const present = await tree.read(paths);
  const missing = paths.find((path) => !present.has(path));
  if (missing !== undefined) throw new UserError(`There is no file ${missing} in the tree.`);
  const { program, limits } = await (options.program ?? openProgram)(tree, paths);
  const checkers = options.checkers ?? (await registeredCheckers());
  const found = checkers.flatMap((checker) => {
    const own = configuredPaths(checker.name, paths, configuration);
    return own.length === 0 ? [] : checker.audit(program, own);
  });
  const findings = [...configuredFindings(found, configuration)].sort(inOrder([]));
  return {
    base: '',
    head: treeName,
    findings,
    fixed: [],
    limits: [...(options.limits ?? []), ...limits],
    excerpts: await collectExcerpts(findings, [], tree, []),
    stats: { ...codeStats(program, paths), commits: 0, elapsed: performance.now() - start },
  };
}
