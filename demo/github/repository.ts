/** The stand-in's repositories on disk: bare ones, written by git fast-import. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from '../../src/git/run.ts';

interface Person {
  readonly name: string;
  readonly email: string;
}

/** Path to new content; null deletes. */
export type Files = Readonly<Record<string, string | Uint8Array | null>>;

export interface CommitSpec {
  readonly message: string;
  readonly author?: Person;
  readonly committer?: Person;
  /** Seconds since the epoch; now unless told. */
  readonly date?: number;
  readonly files?: Files;
}

const SOMEBODY: Person = { name: 'Some Body', email: 'somebody@example.org' };

export async function initRepository(gitDir: string, branch: string): Promise<void> {
  await runGit(['init', '--quiet', '--bare', `--initial-branch=${branch}`, gitDir]);
}

export async function cloneRepository(from: string, gitDir: string): Promise<void> {
  await initRepository(gitDir, 'main');
  await fetchInto(gitDir, from, '+refs/heads/*:refs/heads/*');
}

/** Copies refs with what they reach from another repository on this machine. */
export async function fetchInto(gitDir: string, from: string, refspec: string): Promise<void> {
  await runGit(['fetch', '--quiet', '--no-tags', from, refspec], { gitDir, protocols: ['file'] });
}

export async function resolve(gitDir: string, revision: string): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  try {
    return (await runGit(args, { gitDir })).toString('utf8').trim();
  } catch {
    return undefined;
  }
}

export async function updateRef(gitDir: string, ref: string, sha: string | undefined): Promise<void> {
  await runGit(sha === undefined ? ['update-ref', '-d', ref] : ['update-ref', ref, sha], { gitDir });
}

/** Adds commits on top of `parent` (a root commit without one), lets the branch name the last, and returns it. */
export async function commit(
  gitDir: string,
  branch: string,
  parent: string | undefined,
  specs: readonly CommitSpec[],
): Promise<string> {
  const chunks: (string | Uint8Array)[] = [];
  const data = (content: string | Uint8Array) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    chunks.push(`data ${bytes.length}\n`, bytes, '\n');
  };
  const ref = `refs/heads/${branch}`;
  if (parent === undefined) chunks.push(`reset ${ref}\n\n`);
  else if (specs.length === 0) chunks.push(`reset ${ref}\nfrom ${parent}\n\n`);
  specs.forEach((spec, index) => {
    const at = spec.date ?? Math.floor(Date.now() / 1000);
    const author = spec.author ?? SOMEBODY;
    const committer = spec.committer ?? author;
    chunks.push(`commit ${ref}\nauthor ${author.name} <${author.email}> ${at} +0000\n`);
    chunks.push(`committer ${committer.name} <${committer.email}> ${at} +0000\n`);
    data(spec.message);
    if (index === 0 && parent !== undefined) chunks.push(`from ${parent}\n`);
    for (const [path, content] of Object.entries(spec.files ?? {})) {
      if (content === null) chunks.push(`D ${quote(path)}\n`);
      else {
        chunks.push(`M 100644 inline ${quote(path)}\n`);
        data(content);
      }
    }
  });
  const input = Buffer.concat(
    chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)),
  );
  await runGit(['fast-import', '--quiet', '--force', '--date-format=raw'], { gitDir, input });
  return (await runGit(['rev-parse', ref], { gitDir })).toString('utf8').trim();
}

/** A commit that merges `head` into `base`. Rejects where they conflict. */
export async function mergeCommit(
  gitDir: string,
  base: string,
  head: string,
  message: string,
): Promise<string> {
  const run = async (...args: string[]) =>
    (await runGit(args, { gitDir, env: GITHUB })).toString('utf8').trim();
  const tree = await run('merge-tree', '--write-tree', base, head);
  return run('commit-tree', tree, '-p', base, '-p', head, '-m', message);
}

/** The web interface's own identity. */
const GITHUB = {
  GIT_AUTHOR_NAME: 'GitHub',
  GIT_AUTHOR_EMAIL: 'noreply@github.com',
  GIT_COMMITTER_NAME: 'GitHub',
  GIT_COMMITTER_EMAIL: 'noreply@github.com',
};

/** Every path is quoted: it may hold anything but NUL. */
function quote(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** The files of a folder, by path from it. */
export async function readFolder(dir: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(dir.length).replace(/^\//, '')] = await readFile(path);
  }
  return files;
}

export interface CommitData {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person & { readonly date: string };
  readonly committer: Person & { readonly date: string };
  readonly message: string;
}

/** Commits that `range` names, newest first. */
export async function log(gitDir: string, range: readonly string[], limit: number): Promise<CommitData[]> {
  const format = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00');
  const args = ['log', '-z', `--max-count=${limit}`, `--format=tformat:${format}%x01`, ...range, '--'];
  const text = (await runGit(args, { gitDir })).toString('utf8');
  const commits: CommitData[] = [];
  for (const record of text.split('\u0001')) {
    const fields = record.replace(/^\0/, '').split('\0');
    const [sha = '', tree = '', parents = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = ''] = fields;
    if (sha === '') continue;
    commits.push({
      sha,
      tree,
      parents: parents.split(' ').filter(Boolean),
      author: { name: an, email: ae, date: utc(ad) },
      committer: { name: cn, email: ce, date: utc(cd) },
      message: (fields[9] ?? '').trimEnd(),
    });
  }
  return commits;
}

function utc(date: string): string {
  return `${new Date(date).toISOString().slice(0, 19)}Z`;
}

export async function mergeBase(gitDir: string, a: string, b: string): Promise<string | undefined> {
  try {
    return (await runGit(['merge-base', a, b], { gitDir })).toString('utf8').trim();
  } catch {
    return undefined;
  }
}

/** Commits in `to` that `from` does not have. */
export async function countBetween(gitDir: string, from: string, to: string): Promise<number> {
  return Number((await runGit(['rev-list', '--count', `${from}..${to}`], { gitDir })).toString('utf8'));
}

/** The diff as GitHub shows it: renames found, three lines of context. */
export async function diffText(gitDir: string, from: string, to: string, ...args: string[]): Promise<string> {
  const options = ['--no-color', '--no-ext-diff', '--no-textconv', '-M', ...args];
  return (await runGit(['diff', ...options, from, to, '--'], { gitDir })).toString('utf8');
}

/** A file's bytes, or undefined when the commit does not have it. */
export async function fileAt(gitDir: string, sha: string, path: string): Promise<Buffer | undefined> {
  try {
    return await runGit(['cat-file', 'blob', `${sha}:${path}`], { gitDir });
  } catch {
    return undefined;
  }
}

export async function objectId(gitDir: string, name: string): Promise<string> {
  return (await runGit(['rev-parse', name], { gitDir })).toString('utf8').trim();
}
