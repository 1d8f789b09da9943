/**
 * New messages for commits of a local branch. Only messages, and the names of the parents that follow from them, are
 * written anew: tree, author, committer, dates and every other header stay byte for byte. (`git rebase` would make the
 * caller the committer of all that follows; `git commit-tree` drops headers that it does not know. The objects are
 * written by `git hash-object -t commit`, which checks them.) No work tree and no index is touched.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { encodeText } from './bytes.ts';
import { decodeAs } from './commit.ts';
import type { Repository } from './repository.ts';

export interface Rewrite {
  /** Full name of the branch: refs/heads/… */
  readonly branch: string;
  readonly before: string;
  readonly after: string;
  /** Ref that keeps the branch as it was. */
  readonly backup: string;
  /** Old id to new id of every commit that changed. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Old ids of the commits whose signature does not hold any more and was taken off. */
  readonly unsigned: readonly string[];
}

/**
 * Gives the commits of base..head the new `messages` (by old id) and moves the branch. Throws a UserError where head is
 * no local branch, where a commit is published, or where a rebase or merge is under way.
 */
export async function rewriteMessages(
  repository: Repository,
  range: { base: string; head: string; headName: string },
  messages: ReadonlyMap<string, string>,
): Promise<Rewrite> {
  const branch = await branchOf(repository, range.headName);
  await refuseUnfinished(repository);
  const rows = await topoOrder(repository, range);
  const first = rows.findIndex(({ id }) => messages.has(id));
  await refusePublished(
    repository,
    range,
    rows.slice(first).map(({ id }) => id),
  );
  const renamed = new Map<string, string>();
  const unsigned: string[] = [];
  for (const { id, parents } of rows) {
    const message = messages.get(id);
    if (message === undefined && !parents.some((parent) => renamed.has(parent))) continue;
    const object = await repository.objects.read(id);
    if (object?.type !== 'commit') throw new UserError(`The repository does not have the commit ${id}.`);
    const { bytes, signed } = rewriteCommit(object.bytes, renamed, message);
    const written = await repository.git(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: bytes });
    renamed.set(id, written.toString('latin1').trim());
    if (signed) unsigned.push(id);
  }
  const after = renamed.get(range.head) ?? range.head;
  const backup = await freeBackup(repository, branch);
  const zero = '0'.repeat(range.head.length);
  const update = `start\ncreate ${backup} ${range.head}\nupdate ${branch} ${after} ${range.head || zero}\ncommit\n`;
  await repository.git(['update-ref', '-m', 'adjutant trailers --fix', '--create-reflog', '--stdin'], {
    input: update,
  });
  return { branch, before: range.head, after, backup, renamed, unsigned };
}

/** The commit's bytes with new parents, without its signature, and with the message where one is given. */
export function rewriteCommit(
  bytes: Buffer,
  renamed: ReadonlyMap<string, string>,
  message: string | undefined,
): { bytes: Buffer; signed: boolean } {
  const raw = bytes.toString('latin1');
  const end = raw.indexOf('\n\n');
  const head = end < 0 ? raw : raw.slice(0, end);
  const body = end < 0 ? '' : raw.slice(end + 2);
  const unsigned = head.replace(/^gpgsig(?:-sha256)? .*(?:\n .*)*\n?/gm, '').replace(/\n$/, '');
  const signed = unsigned !== head;
  const parented = unsigned.replace(/^parent ([0-9a-f]+)$/gm, (line, id: string) => {
    const now = renamed.get(id);
    return now === undefined ? line : `parent ${now}`;
  });
  const encoding = /^encoding (.*)$/m.exec(parented)?.[1];
  const recoded = message !== undefined && encoding !== undefined && !/^utf-?8$/i.test(encoding);
  const headBytes = recoded
    ? encodeText(
        decodeAs(
          Buffer.from(parented.replace(/^encoding .*\n?/m, '').replace(/\n$/, ''), 'latin1'),
          encoding,
        ),
      )
    : Buffer.from(parented, 'latin1');
  const text =
    message === undefined
      ? Buffer.from(rename(body, renamed), 'latin1')
      : encodeText(rename(message, renamed));
  return { bytes: Buffer.concat([headBytes, Buffer.from('\n\n'), text]), signed };
}

/** SHA1s of commits that got a new one, in the text of a message: `Fixes: <sha1>` within the range stays right. */
function rename(text: string, renamed: ReadonlyMap<string, string>): string {
  if (renamed.size === 0) return text;
  return text.replace(/\b[0-9a-f]{12,64}\b/g, (sha) => {
    for (const [old, now] of renamed) if (old.startsWith(sha)) return now.slice(0, sha.length);
    return sha;
  });
}

async function branchOf(repository: Repository, name: string): Promise<string> {
  const full = (
    await repository.git(['rev-parse', '--symbolic-full-name', '--verify', '--end-of-options', name])
  )
    .toString('utf8')
    .trim();
  const branch = full.split('\n').find((line) => line.startsWith('refs/heads/'));
  if (branch === undefined) {
    throw new UserError(
      `--fix moves a branch: ${name} is none; end the range with the name of a local branch.`,
    );
  }
  return branch;
}

async function refuseUnfinished(repository: Repository): Promise<void> {
  for (const name of ['rebase-merge', 'rebase-apply', 'MERGE_HEAD', 'CHERRY_PICK_HEAD']) {
    if (await stat(join(repository.gitDir, name)).catch(() => undefined)) {
      throw new UserError('A rebase, merge or cherry-pick is under way in this repository: finish it first.');
    }
  }
}

/** What others have may not change under them: commits on a remote-tracking branch or under a tag. */
async function refusePublished(
  repository: Repository,
  range: { base: string; head: string },
  ids: readonly string[],
): Promise<void> {
  const text = await repository.git([
    'rev-list',
    range.head,
    `^${range.base}`,
    '--not',
    '--remotes',
    '--tags',
  ]);
  const local = new Set(text.toString('latin1').split('\n'));
  const published = ids.find((id) => !local.has(id));
  if (published !== undefined) {
    throw new UserError(
      `${published.slice(0, 12)} is published (on a remote-tracking branch or under a tag): its message can't be changed any more.`,
    );
  }
}

async function topoOrder(
  repository: Repository,
  range: { base: string; head: string },
): Promise<{ id: string; parents: string[] }[]> {
  const text = await repository.git([
    'rev-list',
    '--parents',
    '--topo-order',
    '--reverse',
    range.head,
    `^${range.base}`,
  ]);
  return text
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', ...parents] = line.split(' ');
      return { id, parents };
    });
}

async function freeBackup(repository: Repository, branch: string): Promise<string> {
  const base = `refs/adjutant/before-fix/${branch.replace(/^refs\/heads\//, '')}`;
  const text = await repository.git(['for-each-ref', '--format=%(refname)', 'refs/adjutant/before-fix/']);
  const taken = new Set(text.toString('utf8').split('\n'));
  for (let number = 1; ; number += 1) {
    const name = `${base}/${number}`;
    if (!taken.has(name)) return name;
  }
}
