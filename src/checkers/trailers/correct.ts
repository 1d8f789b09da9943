/** Applying the corrections that findings carry, until there is none left to apply. */
import type { Commit } from '../../git/change.ts';
import type { CommitLookup } from '../../git/commit-lookup.ts';
import type { Finding, Suggestion } from '../checker.ts';
import { checkTrailers, type TrailerCheckOptions } from './index.ts';
import { parseMessage } from './message.ts';

/** Each round mends what the one before laid bare; more rounds than this would be a rule that contradicts another. */
const MOST_ROUNDS = 12;

/**
 * The messages as a machine can put them right, by commit id; commits without a correction are not in it. No line is
 * touched that no finding points at, and no statement by a person is added.
 */
export async function correctMessages(
  commits: readonly Commit[],
  history: CommitLookup,
  options: TrailerCheckOptions,
): Promise<ReadonlyMap<string, string>> {
  const corrected = new Map<string, string>();
  let open = commits;
  for (let round = 0; round < MOST_ROUNDS && open.length > 0; round += 1) {
    const findings = await checkTrailers(open, history, options);
    open = open.flatMap((commit) => {
      const message = applyCorrections(
        commit.message,
        findings.filter((finding) => finding.commit === commit.id),
      );
      if (message === commit.message) return [];
      corrected.set(commit.id, message);
      return [{ ...commit, message }];
    });
  }
  return withNewSubjects(commits, corrected);
}

/** `0123456789ab ("subject")`, in a tag or in the text. */
const QUOTED = /\b([0-9a-f]{7,40})(\s+\(")(.*?)("\))/g;

/** Where the subject of one of the commits was corrected, the others quote it as it is now. */
function withNewSubjects(
  commits: readonly Commit[],
  corrected: Map<string, string>,
): ReadonlyMap<string, string> {
  const renamed = commits.flatMap(({ id, message }) => {
    const [before, now] = [message, corrected.get(id) ?? message].map((text) => parseMessage(text).subject);
    return before === now || before === '' ? [] : [{ id, before, now }];
  });
  if (renamed.length === 0) return corrected;
  for (const { id, message } of commits) {
    const text = corrected.get(id) ?? message;
    const quoting = text.replaceAll(
      QUOTED,
      (all, sha: string, open: string, subject: string, close: string) => {
        const other = renamed.find((commit) => commit.id.startsWith(sha) && commit.before === subject);
        return other === undefined ? all : `${sha}${open}${other.now}${close}`;
      },
    );
    if (quoting !== message) corrected.set(id, quoting);
  }
  return corrected;
}

/**
 * Applies the corrections that do not touch the same lines: those of one line before those that move several, so that
 * what is moved is right by then. Line ends stay as they are.
 */
function applyCorrections(message: string, findings: readonly Finding[]): string {
  const lines = message.split('\n');
  const end = lines.some((line) => line.endsWith('\r')) ? '\r' : '';
  const chosen: Suggestion[] = [];
  const offered = findings
    .flatMap(({ suggestion }) => (suggestion === undefined ? [] : [suggestion]))
    .sort((a, b) => span(a) - span(b) || a.startLine - b.startLine);
  for (const suggestion of offered) {
    if (suggestion.endLine > lines.length) continue;
    const free = chosen.every(
      (other) => suggestion.endLine < other.startLine || suggestion.startLine > other.endLine,
    );
    if (free) chosen.push(suggestion);
  }
  chosen.sort((a, b) => b.startLine - a.startLine);
  for (const { startLine, endLine, lines: replacement } of chosen) {
    lines.splice(startLine - 1, endLine - startLine + 1, ...replacement.map((line) => `${line}${end}`));
  }
  return lines.join('\n');
}

function span({ startLine, endLine }: Suggestion): number {
  return endLine - startLine;
}
