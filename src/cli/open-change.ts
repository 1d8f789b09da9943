/** The change that the arguments of `review` name: a range, or a patch on a tree, or a patch alone. */
import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { type AppliedPatch, applyPatch } from '../git/apply-patch.ts';
import type { Change, FileDiff, SourceTree } from '../git/change.ts';
import { composeDiffs } from '../git/compose-diffs.ts';
import { folderTree } from '../git/folder-tree.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import type { Io } from './io.ts';
import { type PatchInput, readMailbox, readPatch } from './read-patch.ts';

export interface ChangeOptions {
  readonly range?: string;
  readonly repo?: string;
  readonly patch?: string;
  readonly mbox?: string;
}

export interface OpenedChange {
  readonly change: Change;
  /** The repository that the change is in, where there is one. */
  readonly repository: Repository | undefined;
  readonly limits: readonly string[];
}

/** Opens it. Throws a UserError for whatever does not exist, can't be read or does not apply. */
export async function openChange(options: ChangeOptions, io: Io): Promise<OpenedChange> {
  if (options.patch !== undefined && options.mbox !== undefined)
    throw new UserError('--patch and --mbox exclude each other; give one of them.');
  if (options.patch !== undefined) return patchChange(await readPatch(options.patch, io), options, io);
  if (options.mbox !== undefined) return patchChange(await readMailbox(options.mbox, io), options, io);

  const folder = resolve(io.cwd, options.repo ?? '.');
  const repository = await openRepository(folder);
  if (!repository)
    throw new UserError(
      `${options.repo ?? 'This folder'} is not a git repository; give --repo DIR with a range, or --patch FILE on a plain tree.`,
    );
  const range = await repository.range(options.range);
  const change = await repository.change(range);
  if (change.commits.length === 0)
    throw new UserError(
      `${options.range ?? 'HEAD'} has no commits beyond ${range.baseName}: nothing to review.`,
    );
  return { change, repository, limits: [] };
}

/** The tree of --repo: of HEAD or `revision` in a git repository, the folder itself otherwise. */
export async function openTree(
  folder: string,
  revision: string | undefined,
): Promise<{ tree: SourceTree; name: string; repository: Repository | undefined }> {
  const repository = await openRepository(folder);
  if (!repository) {
    if (revision !== undefined)
      throw new UserError(`${folder} is not a git repository; ${revision} can't be looked up in it.`);
    return { tree: await folderTree(folder), name: folder, repository: undefined };
  }
  const name = revision ?? 'HEAD';
  const commit = await repository.resolve(name);
  if (commit === undefined) throw new UserError(`There is no revision ${name} in this repository.`);
  return { tree: await repository.tree(commit), name: commit, repository };
}

async function patchChange(input: PatchInput, options: ChangeOptions, io: Io): Promise<OpenedChange> {
  if (options.range !== undefined && options.repo === undefined)
    throw new UserError('With --patch or --mbox, a revision names the tree before it: give --repo DIR too.');
  if (options.repo !== undefined) {
    const { tree, name, repository } = await openTree(resolve(io.cwd, options.repo), options.range);
    try {
      const applied = await applySeries(tree, input.diffs);
      return { change: onTree(input, tree, name, applied), repository, limits: input.limits };
    } catch (error) {
      if (!(error instanceof UserError) || options.range !== undefined || !repository) throw error;
      return onItsBase(input, repository, error);
    }
  }
  // In the top folder of the tree that the patch is for, that tree is at hand.
  const here = await folderTree(io.cwd);
  const before = [...new Set(input.diffs.flat().flatMap((file) => file.oldPath ?? []))];
  if (before.length > 0 && (await here.read(before)).size === before.length) {
    try {
      const applied = await applySeries(here, input.diffs);
      return { change: onTree(input, here, io.cwd, applied), repository: undefined, limits: input.limits };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const limits = [
        ...input.limits,
        `Reviewed on its own lines, not on the tree in this folder. ${error.message}`,
      ];
      return { change: alone(input), repository: undefined, limits };
    }
  }
  return { change: alone(input), repository: undefined, limits: input.limits };
}

/** A series that does not apply to the newest tree, on the commit that it says it was made on. */
async function onItsBase(
  input: PatchInput,
  repository: Repository,
  whyNot: UserError,
): Promise<OpenedChange> {
  const { baseCommit } = input;
  if (baseCommit === undefined) throw whyNot;
  const name = await repository.resolve(baseCommit);
  if (name === undefined)
    throw new UserError(
      `${whyNot.message} It was made on ${baseCommit}, which this repository does not have: fetch that, or give a revision on which it applies.`,
    );
  const tree = await repository.tree(name);
  const applied = await applySeries(tree, input.diffs);
  const limit = `The series does not apply to HEAD: it was reviewed on its base-commit, ${baseCommit.slice(0, 12)}.`;
  return { change: onTree(input, tree, name, applied), repository, limits: [...input.limits, limit] };
}

async function applySeries(
  base: SourceTree,
  diffs: readonly (readonly FileDiff[])[],
): Promise<readonly AppliedPatch[]> {
  const applied: AppliedPatch[] = [];
  for (const diff of diffs) applied.push(await applyPatch(applied.at(-1)?.tree ?? base, diff));
  return applied;
}

function onTree(
  input: PatchInput,
  base: SourceTree,
  baseName: string,
  applied: readonly AppliedPatch[],
): Change {
  const diffs = applied.map((patch) => patch.diff);
  return {
    base,
    head: applied.at(-1)?.tree ?? base,
    baseName,
    headName: input.name,
    commits: input.commits,
    diff: composeDiffs(diffs),
    ...commitDiffs(input, diffs),
    commitTree: async (id) => applied[input.commits.findIndex((commit) => commit.id === id)]?.tree ?? base,
  };
}

function alone(input: PatchInput): Change {
  return {
    base: undefined,
    head: undefined,
    baseName: `before ${input.name}`,
    headName: input.name,
    commits: input.commits,
    diff: input.diffs.flat(),
    ...commitDiffs(input, input.diffs),
  };
}

function commitDiffs(input: PatchInput, diffs: readonly (readonly FileDiff[])[]): Pick<Change, 'commitDiff'> {
  if (input.commits.length === 0) return {};
  const byCommit = new Map(input.commits.map((commit, index) => [commit.id, diffs[index] ?? []]));
  return { commitDiff: async (id) => byCommit.get(id) ?? [] };
}
