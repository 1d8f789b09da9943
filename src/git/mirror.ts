/**
 * Bare mirrors of the repositories under review, in the data directory, by the repository's number: a rename on
 * GitHub changes nothing, and no name of anybody's choosing becomes a path. A mirror holds whole trees at the few
 * commits that reviews need, and never goes to the network by itself.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type GitOptions, runGit } from './run.ts';
import { persistently } from './transient.ts';

/** Where a mirror comes from. */
export interface Remote {
  /** `https://github.com/owner/name.git`, without credentials. */
  readonly url: string;
  /** An installation token that may read the repository. */
  readonly token: string;
}

/** What a review of one pull request needs on disk. */
export interface Wanted {
  readonly pull: number;
  /** Full name of the ref that has the head; that of the pull request unless told. */
  readonly ref?: string;
  /** Full SHA of the commit from which head went its way: the base of the review. */
  readonly base: string;
  /** Full SHA of the base branch, whose configuration counts. */
  readonly baseTip: string;
  /** Full SHA under review. */
  readonly head: string;
  /** Commits that head has beyond the base branch. */
  readonly ahead: number;
}

/** Levels of history that one fetch asks for, at most. */
const MAX_DEPTH = 1000;
/** Folder within a mirror where its commits are: see commit-history.ts. */
export const HISTORY = 'history';
const REF = /^refs\/[\w./-]+$/;
const SHA = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** Fetches into one mirror wait for each other: git's own lock on the list of shallow commits fails the second. */
const busy = new Map<string, Promise<unknown>>();
const opened = new Set<string>();
/** How many pieces of work read a mirror now. */
const held = new Map<string, number>();

/** Directory of the mirror of a repository. */
export function mirrorDir(dataDir: string, repository: number): string {
  return join(dataDir, 'mirrors', `${repository}.git`);
}

/**
 * Brings the trees of base and head, and the commits between, into the mirror; nothing where they are there
 * already. Resolves to the commits, the oldest first: undefined where the mirror can't tell them from mainline's,
 * since the base branch was merged into the pull request. Rejects with a GitError where the remote does not have or does
 * not give what is wanted.
 */
export function fetchPullRequest(
  gitDir: string,
  remote: Remote,
  wanted: Wanted,
  signal?: AbortSignal,
): Promise<string[] | undefined> {
  return inTurn(gitDir, async () => {
    const shas = [wanted.base, wanted.baseTip, wanted.head];
    if (!shas.every((sha) => SHA.test(sha))) throw new Error(`not all full SHAs: ${shas.join(', ')}`);
    await open(gitDir);
    await utimes(gitDir, new Date(), new Date());
    const refs = `refs/adjutant/pull/${wanted.pull}`;
    const run = (depth: number, ...refspecs: string[]) => fetch(gitDir, remote, depth, refspecs, signal);
    // Trees first: they are what a first review waits for, and the history between shares nearly all of them.
    const trees = [];
    if (!(await has(gitDir, wanted.base))) trees.push(`+${wanted.base}:${refs}/base`);
    if (!(await has(gitDir, wanted.baseTip))) trees.push(`+${wanted.baseTip}:${refs}/tip`);
    if (trees.length > 0) await run(1, ...trees);
    // Every commit of the pull request is so near to its head, and so is the one below the first.
    const depth = Math.min(wanted.ahead + 1, MAX_DEPTH);
    const known = (await has(gitDir, wanted.head)) ? await range(gitDir, wanted) : [];
    if (known.length < wanted.ahead || !(await has(gitDir, wanted.head))) {
      const ref = wanted.ref ?? `refs/pull/${wanted.pull}/head`;
      if (!REF.test(ref)) throw new Error('no name of a ref');
      await run(depth, `+${ref}:${refs}/head`);
      // Pushed over since: the commit itself can still be had.
      if (!(await has(gitDir, wanted.head))) await run(depth, `+${wanted.head}:${refs}/head`);
    }
    const found = await range(gitDir, wanted);
    return found.length === wanted.ahead ? found : undefined;
  });
}

/** Brings the tip of a branch into a mirror that is there. Resolves to whether there is one. */
export function fetchTip(gitDir: string, remote: Remote, branch: string, tip: string): Promise<boolean> {
  return inTurn(gitDir, async () => {
    if (!SHA.test(tip)) throw new Error('no full SHA');
    if (!(await exists(gitDir))) return false;
    if (!(await has(gitDir, tip))) {
      const name = createHash('sha256').update(branch).digest('hex').slice(0, 20);
      await fetch(gitDir, remote, 1, [`+${tip}:refs/adjutant/branch/${name}`], undefined);
    }
    return true;
  });
}

/** Removes a mirror. */
export function forgetMirror(gitDir: string): Promise<void> {
  return inTurn(gitDir, () => rm(gitDir, { recursive: true, force: true }));
}

/** Forgets a closed pull request. Its objects stay until the mirror is made anew. */
export function forgetPullRequest(gitDir: string, pull: number): Promise<void> {
  return inTurn(gitDir, async () => {
    if (!(await exists(gitDir))) return;
    for (const name of ['base', 'tip', 'head']) {
      await runGit(['update-ref', '-d', `refs/adjutant/pull/${pull}/${name}`], { gitDir });
    }
  });
}

/** Keeps a mirror from being removed until the function that is returned is called. */
export function holdMirror(gitDir: string): () => void {
  held.set(gitDir, (held.get(gitDir) ?? 0) + 1);
  return () => {
    const left = (held.get(gitDir) ?? 1) - 1;
    if (left === 0) held.delete(gitDir);
    else held.set(gitDir, left);
  };
}

export function isHeld(gitDir: string): boolean {
  return held.has(gitDir);
}

/** Does what changes a mirror, after what changes it now. */
export async function inTurn<T>(gitDir: string, work: () => Promise<T>): Promise<T> {
  const before = busy.get(gitDir) ?? Promise.resolve();
  const mine = before.then(work, work);
  const settled = mine.catch(() => undefined);
  busy.set(gitDir, settled);
  try {
    return await mine;
  } finally {
    if (busy.get(gitDir) === settled) busy.delete(gitDir);
  }
}

/** Makes the mirror where it is missing; removes what a git that was killed in it left: locks, half a pack. */
async function open(gitDir: string): Promise<void> {
  if (opened.has(gitDir) && (await exists(gitDir))) return;
  await mkdir(gitDir, { recursive: true, mode: 0o700 });
  await removeLeftovers(gitDir, HISTORY);
  await runGit(['init', '--quiet', '--bare', '--template=', '--end-of-options', gitDir]);
  opened.add(gitDir);
}

/** Removes what a git that was killed left behind. `except`: a folder that others may be at work in. */
export async function removeLeftovers(gitDir: string, except?: string): Promise<void> {
  for (const name of await readdir(gitDir, { recursive: true })) {
    if (except !== undefined && name.startsWith(`${except}/`)) continue;
    if (/\.lock$|\/tmp_[^/]+$/.test(name)) await rm(join(gitDir, name), { recursive: true, force: true });
  }
}

async function exists(gitDir: string): Promise<boolean> {
  return stat(join(gitDir, 'HEAD')).then(
    () => true,
    () => false,
  );
}

async function fetch(
  gitDir: string,
  remote: Remote,
  depth: number,
  refspecs: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const args = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-auto-maintenance',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    '--update-shallow',
    `--depth=${depth}`,
    '--end-of-options',
    remote.url,
    ...refspecs,
  ];
  const options = {
    gitDir,
    ...transport(remote),
    timeout: 3_600_000,
    ...(signal === undefined ? {} : { signal }),
  };
  await persistently(() => runGit(args, options), signal);
}

/** Whether the commit is there, and with it its whole tree: a fetch that was killed leaves no objects behind. */
async function has(gitDir: string, sha: string): Promise<boolean> {
  return runGit(['cat-file', '-e', `${sha}^{tree}`], { gitDir }).then(
    () => true,
    () => false,
  );
}

/** Commits of head and not of base, as far as the mirror knows, the oldest first. */
async function range(gitDir: string, { base, head, ahead }: Wanted): Promise<string[]> {
  const limit = `--max-count=${ahead + 1}`;
  const out = await runGit(['rev-list', '--topo-order', limit, head, `^${base}`], { gitDir });
  return out.toString('latin1').split('\n').filter(Boolean).reverse();
}

/** How one fetch reaches the remote, with further settings of git that hold for it. */
export function transport(
  remote: Remote,
  settings: readonly (readonly [string, string])[] = [],
): Pick<GitOptions, 'env' | 'protocols'> {
  const protocol = new URL(remote.url).protocol === 'http:' ? 'http' : 'https';
  return { env: environment(remote, settings), protocols: [protocol] };
}

/** Settings of one fetch, in git's environment: the token is in no argument, no file and no message. */
function environment(
  remote: Remote,
  further: readonly (readonly [string, string])[],
): Record<string, string> {
  const basic = Buffer.from(`x-access-token:${remote.token}`).toString('base64');
  const settings = [
    [`http.${new URL(remote.url).origin}/.extraHeader`, `Authorization: Basic ${basic}`],
    ['http.followRedirects', 'false'],
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '120'],
    ['transfer.credentialsInUrl', 'die'],
    // Everything stays in the pack that came: loose objects of a kernel tree are 80,000 files.
    ['fetch.unpackLimit', '1'],
    ...further,
  ] as const;
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  for (const [i, [key, value]] of settings.entries()) {
    env[`GIT_CONFIG_KEY_${i}`] = key;
    env[`GIT_CONFIG_VALUE_${i}`] = value;
  }
  return env;
}
