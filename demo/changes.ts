/** The demo's pull requests: patch series in changes/, made into branches of the stand-in's repository. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMailbox } from '../src/git/mailbox.ts';
import { runGit } from '../src/git/run.ts';
import { log } from './github/repository.ts';

/** What a patch writes where it means a commit whose name is known only when the series before it is applied. */
const UNKNOWN_COMMIT = /^(Fixes: )(0{6,12})( \("?(.+?)"?\))$/gm;

/**
 * Applies a series of patches to a commit, one commit a patch, and returns the last. Author, committer and date are
 * the patch's, so that the same series makes the same commits. `only` chooses among the patches by their file names,
 * `reword` makes other messages of theirs.
 */
export async function applySeries(
  gitDir: string,
  parent: string,
  series: string,
  only: (patch: string) => boolean = () => true,
  reword: (message: string) => string = (message) => message,
): Promise<string> {
  const index = join(gitDir, 'demo-index');
  const git = async (args: readonly string[], env: Record<string, string> = {}, input = '') =>
    (await runGit(args, { gitDir, input, env: { GIT_INDEX_FILE: index, ...env } })).toString('utf8').trim();
  let head = parent;
  await git(['read-tree', parent]);
  for (const name of (await readdir(series)).filter(only).sort()) {
    for (const { commit, diffText } of parseMailbox(await readFile(join(series, name)), name).patches) {
      if (commit.author === undefined || commit.authorDate === undefined)
        throw new Error(`${name}: no author`);
      await git(['apply', '--cached', '-'], {}, diffText);
      const person = (role: string) => ({
        [`GIT_${role}_NAME`]: commit.author?.name ?? '',
        [`GIT_${role}_EMAIL`]: commit.author?.email ?? '',
        [`GIT_${role}_DATE`]: commit.authorDate ?? '',
      });
      const message = await namingCommits(gitDir, head, reword(commit.message));
      const tree = await git(['write-tree']);
      const env = { ...person('AUTHOR'), ...person('COMMITTER') };
      head = await git(['commit-tree', tree, '-p', head, '-F', '-'], env, message);
    }
  }
  await rm(index, { force: true });
  return head;
}

async function namingCommits(gitDir: string, head: string, message: string): Promise<string> {
  const known = await log(gitDir, [head], 100);
  return message.replace(UNKNOWN_COMMIT, (_, tag: string, zeros: string, rest: string, subject: string) => {
    const found = known.find((commit) => commit.message.split('\n', 1)[0] === subject);
    if (found === undefined) throw new Error(`no commit "${subject}" before this one`);
    return `${tag}${found.sha.slice(0, zeros.length)}${rest}`;
  });
}
