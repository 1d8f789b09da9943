/** The trailer checker: commit messages against the documents of the kernel and the repository they land in. */
import { createHash } from 'node:crypto';
import type { Commit } from '../../git/change.ts';
import type { CommitLookup, UpstreamLookup } from '../../git/commit-lookup.ts';
import { COMMIT_MESSAGE, type Finding, type MessageChecker, type Severity } from '../checker.ts';
import { gatherContexts } from './context.ts';
import { defaultTrailerOptions, type TrailerOptions } from './options.ts';
import type { Correction, MessageContext, MessageRule, Problem } from './rule.ts';
import { rules } from './rules.ts';

const NAME = 'trailers';
/** Of one rule about one message: nobody reads more. */
const MOST_FINDINGS = 20;

/** What a check can be told, besides the options of the configuration. */
export interface TrailerCheckOptions extends Partial<TrailerOptions> {
  /** The tree that backports come from, where it is at hand. */
  readonly upstream?: UpstreamLookup;
}

export const trailers: MessageChecker<TrailerCheckOptions> = {
  name: NAME,
  rules,
  async check(commits, history, { upstream, ...options } = {}) {
    const contexts = await gatherContexts(commits, history, upstream, {
      ...defaultTrailerOptions,
      ...options,
    });
    return contexts.flatMap(checkMessage);
  },
};

/** All findings about these commits; see MessageChecker. */
export function checkTrailers(
  commits: readonly Commit[],
  history: CommitLookup,
  options: TrailerCheckOptions = {},
): Promise<readonly Finding[]> {
  return trailers.check(commits, history, options);
}

/** The findings about one message, in the order of its lines. */
function checkMessage(context: MessageContext): Finding[] {
  const findings: Finding[] = [];
  for (const rule of rules) {
    const level = context.options.levels.get(rule.id);
    if (level === 'off' || (level === undefined && rule.optional === true)) continue;
    if (context.isMerge && rule.merges !== true) continue;
    let found = 0;
    for (const problem of rule.check(context)) {
      findings.push(toFinding(rule, problem, level, context));
      found += 1;
      if (found === MOST_FINDINGS) break;
    }
  }
  return findings.sort((a, b) => a.line - b.line || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0));
}

function toFinding(
  rule: MessageRule,
  problem: Problem,
  level: Severity | undefined,
  { commit, message }: MessageContext,
): Finding {
  const line = Math.max(1, Math.min(problem.line, message.lines.length));
  const text = message.lines[line - 1] ?? '';
  return {
    checker: NAME,
    rule: rule.id,
    severity: level ?? problem.severity ?? rule.severity,
    confidence: problem.confidence ?? 'high',
    path: COMMIT_MESSAGE,
    line,
    endLine: Math.max(line, problem.endLine ?? line),
    function: '',
    message: problem.message,
    explanation: problem.explanation,
    fingerprint: fingerprint(rule.id, message.subject, text, problem.message),
    trace: [],
    commit: commit.id,
    ...(problem.correction === undefined || !isSafe(problem.correction, message.lines)
      ? {}
      : { suggestion: { path: COMMIT_MESSAGE, ...problem.correction } }),
  };
}

/** A correction changes something, and neither takes folded text away nor leaves it to another tag. */
function isSafe({ startLine, endLine, lines }: Correction, before: readonly string[]): boolean {
  if (lines.length === 0 && before.slice(startLine, endLine + 1).some((line) => /^\s+\S/.test(line)))
    return false;
  const now = before.slice(startLine - 1, endLine);
  return now.length !== lines.length || now.some((line, index) => line !== lines[index]);
}

/** Without the commit's id and the line's number: an amended commit keeps what was said about it. */
function fingerprint(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}
