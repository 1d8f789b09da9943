/**
 * The history of a mirrored repository: its commit objects, without trees and files, in a repository of their own within
 * the mirror (so that both count together, and go together). A mirror has whole trees at a few commits; a message names
 * commits of any age. It is fetched when messages first name one.
 */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HISTORY, holdMirror, inTurn, type Remote, removeLeftovers, transport } from './mirror.ts';
import { GitError, runGit } from './run.ts';
import { persistently } from './transient.ts';

/** A first fetch of a tree of 1.3 million commits takes minutes on a slow line; one that takes longer is given up. */
const FETCH_TIME = 3_600_000;
/** Milliseconds for the changes of the commits that one pull request says it took. */
const CHANGES_TIME = 120_000;
/** What `trailers.upstream` may be: see config/configuration.ts. */
const BRANCH = /^\w[\w./-]*$/;
const FILTER = 'tree:0';

/** Directory of the history of a mirror. */
export function historyDir(gitDir: string): string {
  return join(gitDir, HISTORY);
}

/** Whether the mirror's history reaches up to this commit. */
export async function hasHistory(gitDir: string, commit: string): Promise<boolean> {
  if (!(await exists(historyDir(gitDir)))) return false;
  return runGit(['cat-file', '-e', `${commit}^{commit}`], { gitDir: historyDir(gitDir) }).then(
    () => true,
    () => false,
  );
}

/** Which of these names, whole or abbreviated, are no commit of the mirror's history. */
export async function missingCommits(gitDir: string, names: readonly string[]): Promise<string[]> {
  const input = `${names.map((name) => `${name}^{commit}`).join('\n')}\n`;
  const out = await runGit(['cat-file', '--batch-check'], { gitDir: historyDir(gitDir), input });
  const rows = out.toString('latin1').split('\n');
  return names.filter((_, index) => !/^[0-9a-f]{40,64} commit /.test(rows[index] ?? ''));
}

/**
 * Brings the commits of all branches, and of the tag that `upstream` may be, into the mirror's history. Goes on by itself
 * where it takes longer than whoever waits for it; rejects with a GitError where the remote does not give them.
 */
export function fetchHistory(
  gitDir: string,
  remote: Remote,
  upstream: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const folder = historyDir(gitDir);
  const release = holdMirror(gitDir);
  return inTurn(folder, async () => {
    await open(folder);
    await fetch(folder, remote, ['--prune', '+refs/heads/*:refs/heads/*'], signal);
    if (upstream === undefined || !BRANCH.test(upstream)) return;
    // The branch came with the others; a tag is asked for by its name.
    if (await resolves(folder, `refs/heads/${upstream}`)) return;
    await fetch(folder, remote, [`+refs/tags/${upstream}:refs/tags/${upstream}`], signal).catch(unlessAbsent);
  }).finally(release);
}

/**
 * Brings what these commits change into the mirror's history: their trees, their parents' and the files that differ. What
 * is there already is not asked for again. Rejects with a GitError where the remote does not give it in time.
 */
export async function fetchChanges(
  gitDir: string,
  remote: Remote,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const { env, protocols } = transport(remote, [['remote.origin.url', remote.url]]);
  // git fetches what a diff lacks, in two or three requests a commit.
  const options = {
    gitDir: historyDir(gitDir),
    input: `${ids.join('\n')}\n`,
    env: { ...env, GIT_NO_LAZY_FETCH: '0' },
    ...(protocols ? { protocols } : {}),
    timeout: CHANGES_TIME,
    ...(signal === undefined ? {} : { signal }),
  };
  const args = ['diff-tree', '--stdin', '-p', '--no-ext-diff', '--no-textconv'];
  await persistently(() => runGit(args, options), signal);
}

/** Makes the repository where it is missing. A filter that it names is what its readers take it for. */
async function open(folder: string): Promise<void> {
  if (await exists(folder)) return removeLeftovers(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await runGit(['init', '--quiet', '--bare', '--template=', '--end-of-options', folder]);
  const settings = [
    ['core.repositoryFormatVersion', '1'],
    ['extensions.partialClone', 'origin'],
    ['remote.origin.promisor', 'true'],
    ['remote.origin.partialCloneFilter', FILTER],
  ] as const;
  for (const [key, value] of settings) await runGit(['config', key, value], { gitDir: folder });
}

async function fetch(
  folder: string,
  remote: Remote,
  refspecs: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const [prune, rest] = [refspecs.filter((text) => text.startsWith('--')), refspecs.filter(isRefspec)];
  const args = ['fetch', '--quiet', '--no-tags', '--no-auto-maintenance', '--no-write-fetch-head'];
  const options = {
    gitDir: folder,
    ...transport(remote, [
      ['remote.origin.url', remote.url],
      // Whether one commit is below another is asked of the graph: 1.3 million objects are not read for it.
      ['fetch.writeCommitGraph', 'true'],
    ]),
    timeout: FETCH_TIME,
    ...(signal === undefined ? {} : { signal }),
  };
  const filtered = [...args, ...prune, `--filter=${FILTER}`, '--end-of-options', 'origin', ...rest];
  await persistently(() => runGit(filtered, options), signal);
}

function isRefspec(text: string): boolean {
  return text.startsWith('+');
}

async function resolves(folder: string, ref: string): Promise<boolean> {
  return runGit(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], { gitDir: folder }).then(
    () => true,
    () => false,
  );
}

function unlessAbsent(error: unknown): void {
  if (error instanceof GitError && /couldn't find remote ref/.test(error.stderr)) return;
  throw error;
}

async function exists(folder: string): Promise<boolean> {
  return stat(join(folder, 'HEAD')).then(
    () => true,
    () => false,
  );
}
