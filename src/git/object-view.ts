/**
 * A repository's objects without its remotes. In a partial clone, git fetches every object that it is asked for and does
 * not have; GIT_NO_LAZY_FETCH came only with git 2.45. An empty repository that borrows the objects knows no remote to
 * fetch from: what is missing there is simply missing.
 */
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitError, runGit } from './run.ts';

export interface ObjectView {
  /** Where git is run, with `env` added. */
  readonly gitDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Every commit of the history is there: not shallow, and no filter that leaves out commits. */
  readonly complete: boolean;
  /** Trees and blobs are all there. */
  readonly hasTrees: boolean;
  readonly hasBlobs: boolean;
  close(): Promise<void>;
}

/** Filters that leave out blobs, or blobs and trees, and never commits. */
const KEEPS_COMMITS = /^(?:blob:(?:none|limit=\w+)|tree:\d+)$/;

/**
 * Opens a view; a repository that is not partial is its own.
 * @param lender git directory of a repository whose objects are seen as well, as far as it has them
 */
export async function openObjectView(gitDir: string, lender?: string): Promise<ObjectView> {
  const paths = await runGit(['rev-parse', '--git-path', 'objects', '--git-path', 'shallow'], { gitDir });
  const [objects = '', shallowFile = ''] = paths.toString('utf8').trimEnd().split('\n');
  const shallow = (await stat(shallowFile).catch(() => undefined))?.size ?? 0;
  const filters = await promisorFilters(gitDir);
  if (filters === undefined) {
    return {
      gitDir,
      env: {},
      complete: shallow === 0,
      hasTrees: true,
      hasBlobs: true,
      close: async () => undefined,
    };
  }
  const folder = await mkdtemp(join(tmpdir(), 'adjutant-view-'));
  await Promise.all([mkdir(join(folder, 'objects')), mkdir(join(folder, 'refs'))]);
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(join(folder, 'config'), await formatOf(gitDir));
  return {
    gitDir: folder,
    env: {
      GIT_OBJECT_DIRECTORY: objects,
      ...(shallow > 0 ? { GIT_SHALLOW_FILE: shallowFile } : {}),
      ...(lender === undefined ? {} : { GIT_ALTERNATE_OBJECT_DIRECTORIES: join(lender, 'objects') }),
    },
    complete: shallow === 0 && filters.length > 0 && filters.every((filter) => KEEPS_COMMITS.test(filter)),
    hasTrees: filters.every((filter) => filter.startsWith('blob:')) && filters.length > 0,
    hasBlobs: false,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The filters of the remotes that promise objects; undefined where the repository is not partial. */
async function promisorFilters(gitDir: string): Promise<string[] | undefined> {
  const rows = await config(
    gitDir,
    '^(extensions\\.partialclone|remote\\..*\\.(promisor|partialclonefilter))$',
  );
  if (
    !rows.some(
      ([key, value]) => key === 'extensions.partialclone' || (key.endsWith('.promisor') && value !== 'false'),
    )
  )
    return undefined;
  return rows.filter(([key]) => key.endsWith('.partialclonefilter')).map(([, value]) => value);
}

async function formatOf(gitDir: string): Promise<string> {
  const rows = await config(gitDir, '^extensions\\.objectformat$');
  const format = rows[0]?.[1];
  const core = (version: number) => `[core]\n\trepositoryformatversion = ${version}\n\tbare = true\n`;
  return format === 'sha256' ? `${core(1)}[extensions]\n\tobjectFormat = sha256\n` : core(0);
}

async function config(gitDir: string, pattern: string): Promise<[string, string][]> {
  try {
    const text = await runGit(['config', '--local', '--null', '--get-regexp', pattern], { gitDir });
    return text
      .toString('utf8')
      .split('\0')
      .filter((row) => row !== '')
      .map((row) => {
        const at = row.indexOf('\n');
        return at < 0 ? [row.toLowerCase(), 'true'] : [row.slice(0, at).toLowerCase(), row.slice(at + 1)];
      });
  } catch (error) {
    if (error instanceof GitError && error.status === 1) return [];
    throw error;
  }
}
