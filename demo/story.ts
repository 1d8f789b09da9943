/** What happens in the demo, and what must stand on GitHub afterwards. */
import { fileURLToPath } from 'node:url';
import { applySeries } from './changes.ts';
import type { CheckRun, PullRequest, Repository, StandInGitHub } from './github/index.ts';
import { readFolder, resolve, updateRef } from './github/repository.ts';

const folder = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** 2 March 2026, before the first patch. */
export const START = 1_772_400_000;

interface Expectation {
  /** Conclusion of the check run of each checker. */
  readonly conclusions: Readonly<Record<string, string>>;
  /** Comments that must stand: a path, and a rule that the comment names. There may be more. */
  readonly comments: readonly (readonly [path: string, rule: string])[];
  /** No comment but these rules' may stand. */
  readonly silent?: boolean;
  /** Check run, and what its summary must say. */
  readonly summaries: readonly (readonly [checker: string, text: string])[];
}

export interface Chapter {
  readonly pull: PullRequest;
  readonly expected: Expectation;
}

export async function createTree(github: StandInGitHub, name = 'maintainer/linux'): Promise<Repository> {
  const commit = { message: 'Linux in miniature\n', date: START };
  return github.createRepository(name, await readFolder(folder('tree')), { commit });
}

/** Four commits with a deadlock, two NULL dereferences, a lock left held and a message that says too little. */
export async function bugsComeIn(github: StandInGitHub, repository: Repository): Promise<Chapter> {
  const pull = await openSeries(github, repository, {
    series: 'changes/bugs',
    branch: 'revoke-in-one-section',
    base: 'master',
    user: 'tova',
    title: 'Revoke memory keys in one critical section, and clean up',
  });
  return {
    pull,
    expected: {
      conclusions: { 'lock-order': 'failure', 'null-deref': 'failure', trailers: 'failure' },
      comments: [
        ['drivers/infiniband/hw/vnx/mr.c', 'lock-order/reclaim'],
        ['drivers/block/bq_drv.c', 'lock-order/unbalanced'],
        ['drivers/block/bq_drv.c', 'null-deref/unchecked-alloc'],
        ['sound/usb/offload/qmi_audio.c', 'null-deref/known-null'],
      ],
      summaries: [
        ['trailers', 'trailers/signoff-missing'],
        ['trailers', 'trailers/fixes-sha-too-short'],
      ],
    },
  };
}

/** A second series on top that mends all of it. */
export async function bugsAreFixed(github: StandInGitHub, repository: Repository): Promise<Chapter> {
  const pull = await openSeries(github, repository, {
    series: 'changes/fixes',
    branch: 'revoke-fixes',
    base: 'revoke-in-one-section',
    user: 'mara',
    title: 'Mend the revocation series',
  });
  return {
    pull,
    expected: {
      conclusions: { 'lock-order': 'success', 'null-deref': 'success', trailers: 'success' },
      comments: [],
      silent: true,
      summaries: [
        ['lock-order', 'lock-order/reclaim'],
        ['lock-order', 'lock-order/unbalanced'],
        ['null-deref', 'null-deref/known-null'],
        ['null-deref', 'null-deref/unchecked-alloc'],
      ],
    },
  };
}

interface Series {
  readonly series: string;
  readonly branch: string;
  readonly base: string;
  readonly user: string;
  readonly title: string;
}

async function openSeries(
  github: StandInGitHub,
  repository: Repository,
  about: Series,
): Promise<PullRequest> {
  const { gitDir } = repository;
  const base = await resolve(gitDir, `refs/heads/${about.base}`);
  if (base === undefined) throw new Error(`no branch ${about.base}`);
  await updateRef(
    gitDir,
    `refs/heads/${about.branch}`,
    await applySeries(gitDir, base, folder(about.series)),
  );
  return github.createPullRequest(repository, {
    head: about.branch,
    base: about.base,
    user: about.user,
    title: about.title,
  });
}

export function isReviewed(runs: readonly CheckRun[]): boolean {
  return runs.length >= 3 && runs.every((run) => run.status === 'completed');
}

/** What is not as it must be, each a sentence. */
export function unmet(github: StandInGitHub, { pull, expected }: Chapter): string[] {
  const runs = new Map(github.checkRuns(pull).map((run) => [run.name.replace('adjutant / ', ''), run]));
  const comments = github.reviewComments(pull);
  const wrong: string[] = [];
  for (const [checker, conclusion] of Object.entries(expected.conclusions)) {
    const is = runs.get(checker)?.conclusion;
    if (is !== conclusion) wrong.push(`#${pull.number}: ${checker} ended as ${is}, not ${conclusion}`);
    if (!runs.get(checker)?.detailsUrl?.includes(`/pulls/${pull.number}`))
      wrong.push(`#${pull.number}: the details of ${checker} lead to no page of ours`);
  }
  for (const [path, rule] of expected.comments) {
    const found = comments.some((comment) => comment.thread.path === path && comment.body.includes(rule));
    if (!found) wrong.push(`#${pull.number}: no comment on ${path} about ${rule}`);
  }
  for (const { body } of comments)
    if (!/\[see [\w ]+\]\(http[^)]+\/findings\/[^)]+\)/.test(body))
      wrong.push(`#${pull.number}: a comment leads to no page of its finding`);
  if (expected.silent && comments.length > 0)
    wrong.push(`#${pull.number}: ${comments.length} comments, not none`);
  for (const [checker, text] of expected.summaries) {
    if (!runs.get(checker)?.summary?.includes(text)) {
      wrong.push(`#${pull.number}: the summary of ${checker} does not say ${text}`);
    }
  }
  return wrong;
}
