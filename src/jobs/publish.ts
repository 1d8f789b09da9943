/** Says what is new about a head and takes back what is not true any more: the reconciler's hands. */
import { COMMIT_MESSAGE, compareConfidence, type Finding, type Severity } from '../checkers/checker.ts';
import type { FileDiff } from '../git/change.ts';
import { commentBody, type ReviewComment, readFindingMark, reviewComment } from '../report/github.ts';
import { reviewBody } from '../report/review-body.ts';
import type { Dismissal } from '../store/dismissals.ts';
import { keepSaid, saidOn } from '../store/remarks.ts';
import type { Analysis } from './analysis.ts';
import type { CommentEdit, CommentFold, Forge } from './forge.ts';
import type { PullRequest } from './job.ts';
import { postReview } from './post-review.ts';
import { type Plan, type Remark, reconcile, type Said } from './reconcile.ts';
import type { Services } from './services.ts';
import { dismissedBody, retiredBody, type Standing, standingOf } from './standing.ts';

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

/** Brings the review comments on GitHub to what the report says. Doing it twice says nothing twice. */
export async function saySo(
  services: Services,
  forge: Forge,
  pull: PullRequest,
  head: string,
  analysis: Analysis,
  dismissals: ReadonlyMap<string, Dismissal>,
  pageOf: (finding: Finding) => string | undefined,
): Promise<void> {
  const { report, configuration, diff } = analysis;
  const present = new Map(report.findings.map((finding) => [finding.fingerprint, finding]));
  const standing = (fingerprint: string): Standing => {
    if (!present.has(fingerprint)) return 'retired';
    return dismissals.has(fingerprint) ? 'dismissed' : 'live';
  };
  const before = await saidOn(services.database, pull);
  const live = report.findings.filter(({ fingerprint }) => standing(fingerprint) === 'live');
  const inline = onePerLine(
    live
      .filter(({ confidence }) => confidence !== 'low')
      .toSorted(
        (a, b) => RANK[a.severity] - RANK[b.severity] || compareConfidence(b.confidence, a.confidence),
      ),
    before,
  );
  const desired = inline.flatMap(({ finding, beside }): Remark<ReviewComment>[] => {
    const comment = reviewComment(finding, report, diff, pageOf(finding), beside);
    return comment === undefined ? [] : [{ fingerprint: finding.fingerprint, comment }];
  });
  const actual = before.size + desired.length === 0 ? [] : await readBack(forge, pull);
  // Where many pull requests have many findings, the check runs have them, and no review waits behind the others.
  const limit = Math.min(configuration['comment-limit'], forge.commentRoom());
  const plan = reconcile(desired, standing, actual, before, limit);

  // Also those that were read back: a try that died after posting has not kept them.
  const said = actual.map(({ fingerprint }) => fingerprint);
  if (plan.post.length > 0) {
    const { fresh, ...review } = reviewOf(analysis, live, inline, plan, [...before, ...said]);
    // Of a head that GitHub does not know any more nothing is said.
    if (await postReview(services.log, forge, pull.number, { head, ...review })) said.push(...fresh);
  }
  if (said.length > 0) await keepSaid(services.database, pull, head, said);
  const edits = plan.change.flatMap(({ said: { fingerprint, comment }, to }): CommentEdit[] => {
    const { node, body } = comment;
    const finding = present.get(fingerprint);
    const dismissal = dismissals.get(fingerprint);
    if (to === 'retired') {
      const mended = report.transient.find(({ finding }) => finding.fingerprint === fingerprint);
      return [{ node, body: retiredBody(body, mended?.mendedBy ?? head) }];
    }
    if (dismissal !== undefined) return [{ node, body: dismissedBody(body, dismissal) }];
    if (finding === undefined) return [];
    const beside = inline.find((one) => one.finding === finding)?.beside;
    return [{ node, body: commentBody(finding, report, pageOf(finding), beside) }];
  });
  if (edits.length > 0) await forge.editReviewComments(edits);
  await putAway(services, forge, pull, plan.change);
}

/** The review of what is to be posted, and the fingerprints of all that it says for the first time. */
function reviewOf(
  { report, corrections, diff }: Analysis,
  live: readonly Finding[],
  inline: readonly Inline[],
  plan: Plan<ReviewComment>,
  before: readonly string[],
): { readonly body: string; readonly comments: readonly ReviewComment[]; readonly fresh: readonly string[] } {
  const known = new Set(before);
  const [posted, left] = [plan.post, plan.left].map(
    (remarks) => new Set(remarks.map(({ fingerprint }) => fingerprint)),
  ) as [Set<string>, Set<string>];
  const beside = new Set(inline.flatMap((one) => one.beside));
  const fresh = live.filter(({ confidence, fingerprint }) => confidence !== 'low' && !known.has(fingerprint));
  const words = {
    fresh,
    unplaced: fresh.filter(
      (one) => !posted.has(one.fingerprint) && !left.has(one.fingerprint) && !beside.has(one),
    ),
    left: fresh.filter(({ fingerprint }) => left.has(fingerprint)),
    standing: live.filter(({ fingerprint }) => known.has(fingerprint)).length,
    isFirst: known.size === 0,
  };
  return {
    body: reviewBody(report, words, corrections),
    comments: inDiffOrder(plan.post, diff).map(({ comment }) => comment),
    // What stands beside another has its turn when that goes.
    fresh: fresh.filter((one) => !beside.has(one)).map(({ fingerprint }) => fingerprint),
  };
}

async function readBack(forge: Forge, pull: PullRequest): Promise<Said[]> {
  const comments = await forge.reviewComments(pull.number);
  return comments.flatMap((comment) => {
    const fingerprint = readFindingMark(comment.body);
    return fingerprint === undefined ? [] : [{ fingerprint, standing: standingOf(comment.body), comment }];
  });
}

/** Folds away and resolves what does not hold any more, and brings back what does. A courtesy: the edited text says all. */
async function putAway(
  services: Services,
  forge: Forge,
  pull: PullRequest,
  changes: Plan<unknown>['change'],
): Promise<void> {
  // What a person wrote below would be folded away with it.
  const folds = changes
    .filter(({ said, to }) => to === 'live' || !said.comment.answered)
    .map(({ said, to }): CommentFold => ({ node: said.comment.node, away: to !== 'live' }));
  if (folds.length === 0) return;
  for (const step of [() => forge.foldComments(folds), () => forge.resolveThreads(pull.number, folds)])
    try {
      await step();
    } catch (error) {
      services.log.warn({ pull: pull.number, err: error }, 'comments not folded, or threads not resolved');
    }
}

/** As a reader meets them: by file in the order of the diff, then by line. */
function inDiffOrder(
  remarks: readonly Remark<ReviewComment>[],
  diff: readonly FileDiff[],
): Remark<ReviewComment>[] {
  const order = new Map(diff.map((file, index) => [file.newPath ?? file.oldPath, index]));
  const place = (remark: Remark<ReviewComment>) => order.get(remark.comment.path) ?? diff.length;
  return remarks.toSorted((a, b) => place(a) - place(b) || a.comment.line - b.comment.line);
}

interface Inline {
  readonly finding: Finding;
  /** Others of its rule at its line. */
  readonly beside: readonly Finding[];
}

/** One finding speaks for all of its rule at its line: the one that was said before, else the first. */
function onePerLine(findings: readonly Finding[], before: ReadonlySet<string>): Inline[] {
  const lines = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { rule, path, line } = finding;
    const key = path === COMMIT_MESSAGE ? finding.fingerprint : `${rule}\0${path}\0${line}`;
    lines.set(key, [...(lines.get(key) ?? []), finding]);
  }
  return [...lines.values()].map((all) => {
    const finding = all.find(({ fingerprint }) => before.has(fingerprint)) ?? (all[0] as Finding);
    return { finding, beside: all.filter((other) => other.fingerprint !== finding.fingerprint) };
  });
}
