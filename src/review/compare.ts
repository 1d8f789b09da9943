/** Findings of head minus findings of base, and the other way round. */
import type { Finding } from '../checkers/checker.ts';
import type { FileDiff } from '../git/change.ts';
import { changedLines } from './changed-lines.ts';

export interface Difference {
  readonly introduced: readonly Finding[];
  readonly fixed: readonly Finding[];
}

/**
 * Pairs findings by rule and fingerprint. Where one side has more of a kind than the other, those on lines that the
 * diff adds (or removes) are the ones without a partner.
 */
export function compareFindings(
  base: readonly Finding[],
  head: readonly Finding[],
  diff: readonly FileDiff[],
): Difference {
  const lines = changedLines(diff);
  return {
    introduced: surplus(head, base, (path, line) => lines.isAdded(path, line)),
    fixed: surplus(base, head, (path, line) => lines.isRemoved(path, line)),
  };
}

function surplus(
  findings: readonly Finding[],
  others: readonly Finding[],
  isChanged: (path: string, line: number) => boolean,
): Finding[] {
  const partners = new Map<string, number>();
  for (const other of others) partners.set(identity(other), (partners.get(identity(other)) ?? 0) + 1);
  const changed = (finding: Finding) =>
    isChanged(finding.path, finding.line) || finding.trace.some((step) => isChanged(step.path, step.line));
  // Unchanged ones take the partners first.
  const order = [...findings].sort((a, b) => Number(changed(a)) - Number(changed(b)));
  return order.filter((finding) => {
    const left = partners.get(identity(finding)) ?? 0;
    partners.set(identity(finding), left - 1);
    return left <= 0;
  });
}

function identity(finding: Finding): string {
  return `${finding.rule}\0${finding.fingerprint}`;
}
