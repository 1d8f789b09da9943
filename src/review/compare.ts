/** Findings of head minus findings of base, and the other way round. */
import { compareConfidence, type Finding } from '../checkers/checker.ts';
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
    introduced: without(head, base, (path, line) => lines.isAdded(path, line)),
    fixed: without(base, head, (path, line) => lines.isRemoved(path, line)),
  };
}

type IsChanged = (path: string, line: number) => boolean;

function without(findings: readonly Finding[], others: readonly Finding[], isChanged: IsChanged): Finding[] {
  const [shared, single] = partition(findings, (finding) => finding.hasSeveralPlaces === true);
  return [...surplus(single, others, isChanged), ...newDefects(shared, others, isChanged)];
}

/**
 * A defect that is seen from several places is new where the other side has it nowhere; or has it in other functions
 * alone, and is less sure of it: there is a plainer way to it now. It is said at the place that the change touches.
 */
function newDefects(
  findings: readonly Finding[],
  others: readonly Finding[],
  isChanged: IsChanged,
): Finding[] {
  const known = Map.groupBy(others, identity);
  const isKnown = (finding: Finding): boolean =>
    (known.get(identity(finding)) ?? []).some(
      (other) =>
        (other.path === finding.path && other.function === finding.function) ||
        compareConfidence(other.confidence, finding.confidence) >= 0,
    );
  const rank = (finding: Finding): number =>
    isChanged(finding.path, finding.line)
      ? 0
      : finding.trace.some((step) => step.function === finding.function && isChanged(step.path, step.line))
        ? 1
        : 2;
  const chosen = new Map<string, Finding>();
  for (const finding of findings) {
    if (isKnown(finding)) continue;
    const key = cycleOf(finding) ?? identity(finding);
    const other = chosen.get(key);
    if (other === undefined || rank(finding) < rank(other)) chosen.set(key, finding);
  }
  return [...chosen.values()];
}

/** The locks of a cycle, in which memory may be asked for in several ways. */
const cycleOf = ({ rule, cycle }: Finding): string | undefined =>
  cycle && [rule, ...cycle.map(({ from }) => from).sort()].join('\0');

function partition<T>(list: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [list.filter(isFirst), list.filter((item) => !isFirst(item))];
}

function surplus(findings: readonly Finding[], others: readonly Finding[], isChanged: IsChanged): Finding[] {
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

/** Names a defect on any side of any change. */
export function identity(finding: Finding): string {
  return `${finding.rule}\0${finding.fingerprint}`;
}
