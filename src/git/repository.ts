/** A git repository on disk, as reviews need it: revisions, ranges, trees, commits and diffs. Reads only. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { decodeText } from './bytes.ts';
import type { Change, Commit, FileDiff, SourceTree } from './change.ts';
import { parentsOf, parseCommit } from './commit.ts';
import { ObjectReader } from './objects.ts';
import { memoryTree } from './overlay.ts';
import { parsePatch } from './patch.ts';
import { revisionTree } from './revision-tree.ts';
import { GitError, runGit } from './run.ts';

const MAX_COMMITS = 10_000;
const MAX_DIFF_BYTES = 128 * 1024 * 1024;
/** The one form in which git is asked for a diff: the one that GitHub shows, whatever the user's settings are. */
const DIFF_FORM = [
  '-r',
  '-p',
  '--find-renames',
  '--full-index',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--indent-heuristic',
  '--diff-algorithm=myers',
  '--unified=3',
  '--inter-hunk-context=0',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];

const SOURCE = /\.[chS]$/;

function commitDiffArguments(id: string): string[] {
  return ['diff-tree', '--root', '--no-commit-id', '--diff-merges=first-parent', ...DIFF_FORM, id];
}

function nameOf(file: FileDiff): string {
  return file.newPath ?? file.oldPath ?? '';
}

export interface RepositoryOptions {
  readonly signal?: AbortSignal;
}

/** Ends of a range: what is reviewed is what `head` has beyond `base`. */
export interface Range {
  readonly base: string;
  readonly head: string;
  readonly baseName: string;
  readonly headName: string;
}

export class Repository {
  readonly gitDir: string;
  readonly shallow: boolean;
  readonly objects: ObjectReader;
  readonly #signal: AbortSignal | undefined;

  constructor(gitDir: string, shallow: boolean, options: RepositoryOptions = {}) {
    this.gitDir = gitDir;
    this.shallow = shallow;
    this.objects = new ObjectReader(gitDir);
    this.#signal = options.signal;
  }

  /** The full id of the commit that `revision` names; undefined where there is none. */
  async resolve(revision: string): Promise<string | undefined> {
    if (revision === '' || revision.startsWith('-') || /\p{Cc}/u.test(revision)) return undefined;
    try {
      const out = await this.git([
        'rev-parse',
        '--verify',
        '--quiet',
        '--end-of-options',
        `${revision}^{commit}`,
      ]);
      return out.toString('utf8').trim();
    } catch (error) {
      if (error instanceof GitError) return undefined;
      throw error;
    }
  }

  /**
   * `A..B` and `A...B`: what B has since it left A. `REV`: that commit alone. Nothing: what HEAD has beyond its
   * upstream, or HEAD alone where it has none. Throws a UserError for a revision that does not exist.
   */
  async range(text: string | undefined): Promise<Range> {
    if (text === undefined) {
      const upstream = await this.resolve('@{upstream}');
      return this.range(upstream === undefined ? 'HEAD' : `${upstream}..HEAD`);
    }
    const ends = /^(.*?)\.{2,3}(.*)$/.exec(text);
    if (!ends) {
      const head = await this.#revision(text);
      const base = await this.resolve(`${head}^1`);
      if (base === undefined)
        throw new UserError(
          `${text} has no parent in this repository${this.shallow ? ' (its history is shallow)' : ''}; give a range A..B.`,
        );
      return { base, head, baseName: `${text}^`, headName: text };
    }
    const [baseName, headName] = [ends[1] || 'HEAD', ends[2] || 'HEAD'];
    const [from, head] = [await this.#revision(baseName), await this.#revision(headName)];
    return { base: await this.mergeBase(from, head), head, baseName, headName };
  }

  /** The commit from which both went their ways. Throws a UserError where they have nothing in common. */
  async mergeBase(a: string, b: string): Promise<string> {
    try {
      return (await this.git(['merge-base', a, b])).toString('utf8').trim();
    } catch (error) {
      if (error instanceof GitError && error.status === 1)
        throw new UserError(
          `${a.slice(0, 12)} and ${b.slice(0, 12)} have no common commit${this.shallow ? ' in this shallow repository: fetch more history' : ''}.`,
        );
      throw error;
    }
  }

  /** The tree of a commit. */
  async tree(commit: string): Promise<SourceTree> {
    const object = await this.objects.read(commit);
    const id = object && /^tree ([0-9a-f]+)$/m.exec(object.bytes.toString('latin1'))?.[1];
    if (id === undefined) throw new UserError(`The repository does not have the commit ${commit}.`);
    return revisionTree(this.gitDir, this.objects, id);
  }

  /** Commits that `head` has and `base` has not, the oldest first. */
  async commits(base: string, head: string): Promise<Commit[]> {
    const text = await this.git([
      'rev-list',
      '--parents',
      '--topo-order',
      '--reverse',
      `--max-count=${MAX_COMMITS + 1}`,
      head,
      `^${base}`,
    ]);
    const rows = text
      .toString('latin1')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' '));
    if (rows.length > MAX_COMMITS)
      throw new UserError(`The range has more than ${MAX_COMMITS} commits; give a shorter one.`);
    return this.#readCommits(rows);
  }

  /** The commits of these ids, in their order; those that are not there are left out. */
  async listedCommits(ids: readonly string[]): Promise<Commit[]> {
    const rows = await Promise.all(
      ids.map(async (id) => {
        const object = await this.objects.read(id);
        if (object?.type !== 'commit') return [];
        return [id, ...parentsOf(object.bytes)];
      }),
    );
    return this.#readCommits(rows.filter((row) => row.length > 0));
  }

  /** @param rows each a commit's id and its parents' */
  async #readCommits(rows: readonly (readonly string[])[]): Promise<Commit[]> {
    const ids = rows.map((row) => row[0] as string);
    const files = await this.#changedFiles(ids);
    return Promise.all(
      rows.map(async ([id = '', ...parents]) => {
        const object = await this.objects.read(id);
        if (object?.type !== 'commit') throw new GitError('git cat-file', undefined, `no commit ${id}`);
        return parseCommit(id, object.bytes, parents, files.get(id) ?? []);
      }),
    );
  }

  /** The diff between two commits or trees, in our own parser's terms. */
  async diff(from: string, to: string): Promise<FileDiff[]> {
    return this.#parsed(['diff-tree', ...DIFF_FORM, from, to]);
  }

  /** A commit's diff against its first parent (a root commit's against nothing), as git shows it to people. */
  async commitDiffText(id: string): Promise<Buffer> {
    const form = commitDiffArguments(id).map((option) =>
      option === '--full-index' ? '--abbrev=12' : option,
    );
    return this.git(form, { maxBytes: MAX_DIFF_BYTES });
  }

  /**
   * Everything that a review of this range needs.
   * @param ids the commits, where the repository's own history is too shallow to tell them
   */
  async change(range: Range, ids?: readonly string[]): Promise<Change> {
    const [base, head, commits, diff] = await Promise.all([
      this.tree(range.base),
      this.tree(range.head),
      ids ? this.listedCommits(ids) : this.commits(range.base, range.head),
      this.diff(range.base, range.head),
    ]);
    return {
      base,
      head,
      baseName: range.base,
      headName: range.head,
      commits,
      diff,
      commitDiff: (id) => this.#parsed(commitDiffArguments(id)),
      commitTree: (id) => this.tree(id),
    };
  }

  /** One commit against its first parent; a root commit against nothing. */
  async commitChange(commit: Commit): Promise<Change> {
    const parent = commit.parents[0];
    const diff = await this.#parsed(commitDiffArguments(commit.id));
    return {
      base: parent === undefined ? memoryTree(new Map()) : await this.tree(parent),
      head: await this.tree(commit.id),
      baseName: parent ?? '',
      headName: commit.id,
      commits: [commit],
      diff,
    };
  }

  /** Runs git in this repository. */
  git(
    args: readonly string[],
    options: { maxBytes?: number; input?: string | Uint8Array } = {},
  ): Promise<Buffer> {
    return runGit(args, {
      gitDir: this.gitDir,
      ...options,
      ...(this.#signal ? { signal: this.#signal } : {}),
    });
  }

  close(): void {
    this.objects.close();
  }

  /** A NUL byte makes git call a file binary, but not the compiler: sources are read as text all the same. */
  async #parsed(command: readonly string[]): Promise<FileDiff[]> {
    const diff = parsePatch(await this.git(command, { maxBytes: MAX_DIFF_BYTES }));
    const hidden = diff.filter((file) => file.binary && SOURCE.test(nameOf(file)));
    if (hidden.length === 0) return diff;
    const paths = hidden.flatMap((file) => [file.oldPath, file.newPath]).filter((path) => path !== undefined);
    const text = await this.git([...command, '--text', '--', ...new Set(paths)], {
      maxBytes: MAX_DIFF_BYTES,
    });
    const readable = new Map(parsePatch(text).map((file) => [nameOf(file), file]));
    return diff.map((file) => (file.binary ? (readable.get(nameOf(file)) ?? file) : file));
  }

  async #revision(name: string): Promise<string> {
    const id = await this.resolve(name);
    if (id === undefined) throw new UserError(`There is no revision ${name} in this repository.`);
    return id;
  }

  async #changedFiles(ids: readonly string[]): Promise<Map<string, string[]>> {
    const files = new Map<string, string[]>();
    if (ids.length === 0) return files;
    const out = await this.git(
      ['diff-tree', '--stdin', '--root', '-r', '-z', '--name-only', '--no-renames'],
      {
        input: `${ids.join('\n')}\n`,
      },
    );
    let next = 0;
    let current: string[] = [];
    const known = new Set(ids);
    for (const entry of decodeText(out).split('\0')) {
      if (known.has(entry) && !files.has(entry)) {
        current = [];
        files.set(entry, current);
        next += 1;
      } else if (entry !== '' && next > 0) current.push(entry);
    }
    return files;
  }
}

/** Opens the repository that `folder` is, or lies in. Undefined where it is a folder without one. */
export async function openRepository(
  folder: string,
  options: RepositoryOptions = {},
): Promise<Repository | undefined> {
  const cwd = resolve(folder);
  const state = await stat(cwd).catch(() => undefined);
  if (!state?.isDirectory())
    throw new UserError(`There is no folder ${folder}; --repo takes a git repository or a source tree.`);
  try {
    const out = await runGit(['rev-parse', '--absolute-git-dir', '--is-shallow-repository'], { cwd });
    const [gitDir, shallow] = decodeText(out).trimEnd().split('\n');
    return gitDir === undefined ? undefined : new Repository(gitDir, shallow === 'true', options);
  } catch (error) {
    if (error instanceof GitError && /not a git repository/.test(error.stderr)) return undefined;
    throw error;
  }
}
