/** Says what is new about a head and takes back what is not true any more: the reconciler's hands. */
import type { Finding, Severity } from '../checkers/checker.ts';
import type { FileDiff } from '../git/change.ts';
import {
  commentBody,
  type ReviewComment,
  readFindingMark,
  reviewBody,
  reviewComment,
} from '../report/github.ts';
import type { Dismissal } from '../store/dismissals.ts';
import { keepSaid, saidOn } from '../store/remarks.ts';
import type { Analysis } from './analysis.ts';
import { type Forge, NotPlaced } from './forge.ts';
import type { PullRequest } from './job.ts';
import { type Remark, reconcile, type Said } from './reconcile.ts';
import type { Services } from './services.ts';
import { dismissedBody, retiredBody, type Standing, standingOf } from './standing.ts';

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

/** Brings the review comments on GitHub to what the report says. Doing it twice says nothing twice. */
export async function saySo(
  services: Services,
  forge: Forge,
  pull: PullRequest,
  head: string,
  { report, configuration, corrections }: Analysis,
  dismissals: ReadonlyMap<string, Dismissal>,
  diff: readonly FileDiff[],
  pageOf: (finding: Finding) => string | undefined,
): Promise<void> {
  const present = new Map(report.findings.map((finding) => [finding.fingerprint, finding]));
  const standing = (fingerprint: string): Standing => {
    if (!present.has(fingerprint)) return 'retired';
    return dismissals.has(fingerprint) ? 'dismissed' : 'live';
  };
  const desired = report.findings
    .filter(({ confidence, fingerprint }) => confidence !== 'low' && standing(fingerprint) === 'live')
    .toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
    .flatMap((finding): Remark<ReviewComment>[] => {
      const comment = reviewComment(finding, report, diff, pageOf(finding));
      return comment === undefined ? [] : [{ fingerprint: finding.fingerprint, comment }];
    });
  const before = await saidOn(services.database, pull);
  const actual = before.size + desired.length === 0 ? [] : await readBack(forge, pull);
  const plan = reconcile(desired, standing, actual, before, configuration['comment-limit']);

  // Also those that were read back: a try that died after posting has not kept them.
  const said = actual.map(({ fingerprint }) => fingerprint);
  if (plan.post.length > 0) {
    const posted = inDiffOrder(plan.post, diff);
    said.push(...posted.map(({ fingerprint }) => fingerprint));
    const live = report.findings.filter(({ fingerprint }) => !dismissals.has(fingerprint));
    const others = notYetSaid(live, new Set([...before, ...said]));
    await post(
      services,
      forge,
      pull,
      head,
      posted,
      reviewBody({ ...report, findings: live }, others, corrections),
    );
    said.push(...others.map(({ fingerprint }) => fingerprint));
  }
  if (said.length > 0) await keepSaid(services.database, pull, head, said);
  for (const { said, to } of plan.change) {
    const { id, body, answered } = said.comment;
    const finding = present.get(said.fingerprint);
    const dismissal = dismissals.get(said.fingerprint);
    if (to === 'retired') await forge.editReviewComment(id, retiredBody(body, head));
    else if (dismissal !== undefined) await forge.editReviewComment(id, dismissedBody(body, dismissal));
    else if (finding !== undefined)
      await forge.editReviewComment(id, commentBody(finding, report, pageOf(finding)));
    // What a person wrote below would be folded away with it.
    if (to === 'live' || !answered) await minimize(services, forge, said, to !== 'live');
  }
}

async function readBack(forge: Forge, pull: PullRequest): Promise<Said[]> {
  const comments = await forge.reviewComments(pull.number);
  return comments.flatMap((comment) => {
    const fingerprint = readFindingMark(comment.body);
    return fingerprint === undefined ? [] : [{ fingerprint, standing: standingOf(comment.body), comment }];
  });
}

/** One review. Where GitHub refuses it because of a comment, those that stand by themselves. */
async function post(
  services: Services,
  forge: Forge,
  pull: PullRequest,
  head: string,
  remarks: readonly Remark<ReviewComment>[],
  body: string,
): Promise<void> {
  const comments = remarks.map((remark) => remark.comment);
  try {
    await forge.createReview(pull.number, head, body, comments);
  } catch (error) {
    if (!(error instanceof NotPlaced)) throw error;
    services.log.warn(
      { pull: pull.number, err: error },
      'review refused: its comments are posted one by one',
    );
    for (const comment of comments) await postAlone(services, forge, pull, head, comment);
  }
}

/** What GitHub refuses even alone stays an annotation of the check run, where every finding is. */
async function postAlone(
  services: Services,
  forge: Forge,
  pull: PullRequest,
  head: string,
  comment: ReviewComment,
): Promise<void> {
  try {
    await forge.createReviewComment(pull.number, head, comment);
  } catch (error) {
    if (!(error instanceof NotPlaced)) throw error;
    services.log.warn({ pull: pull.number, path: comment.path, err: error }, 'comment refused');
  }
}

/** Folding away is a courtesy: the edited text says all. */
async function minimize(services: Services, forge: Forge, said: Said, minimized: boolean): Promise<void> {
  try {
    await forge.minimize(said.comment.node, minimized);
  } catch (error) {
    services.log.warn({ comment: said.comment.id, err: error }, 'comment not folded');
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

/** What a review can say in its body, once: it has no line of its own in the diff. */
function notYetSaid(findings: readonly Finding[], said: ReadonlySet<string>): Finding[] {
  return findings.filter(({ confidence, fingerprint }) => confidence !== 'low' && !said.has(fingerprint));
}
