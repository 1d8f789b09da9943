/** Rules that compare with a repository: backports, and targets that are not below. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../../src/checkers/checker.ts';
import { checkTrailers, type TrailerCheckOptions } from '../../../src/checkers/trailers/index.ts';
import { type GitHistory, openHistory } from '../../../src/git/history.ts';
import { openRepository, type Repository } from '../../../src/git/repository.ts';
import { TemporaryRepository } from '../../git/temporary-repository.ts';

const signed =
  'Signed-off-by: Ann Author <ann@example.org>\nSigned-off-by: Carl Committer <carl@example.org>';
let scratch: TemporaryRepository;
let repository: Repository;
let history: GitHistory;
let upstream: GitHistory;
let base: string;
let picked: string;
let later: string;

beforeAll(async () => {
  scratch = new TemporaryRepository();
  base = scratch.commit('net: begin', { 'net.c': 'a\nb\nc\n' });
  picked = scratch.commit(`net: add the thing\n\nWanted.\n\n${signed}`, { 'net.c': 'a\nB\nc\n' });
  const fixes = `Fixes: ${picked.slice(0, 12)} ("net: add the thing")`;
  later = scratch.commit(`net: fix the thing\n\nIt was broken.\n\n${fixes}\n${signed}`, {
    'net.c': 'a\nB\nC\n',
  });
  scratch.git('checkout', '-q', '-b', 'stable', base);
  const opened = await openRepository(scratch.path);
  if (opened === undefined) throw new Error('no repository');
  repository = opened;
  history = await openHistory(repository, { within: base });
  upstream = await openHistory(repository, { within: later });
});

afterAll(async () => {
  await history.close();
  await upstream.close();
  repository.close();
  scratch.remove();
});

const name = (sha: string) => `(cherry picked from commit ${sha})`;

interface Circumstances {
  readonly author?: string;
  readonly history?: GitHistory;
  readonly upstream?: GitHistory;
  readonly from?: string;
}

async function rulesFor(...change: Parameters<typeof findingsFor>): Promise<string[]> {
  return (await findingsFor(...change)).map((finding) => finding.rule.slice('trailers/'.length));
}

async function findingsFor(
  message: string,
  content: string,
  change: Circumstances = {},
): Promise<readonly Finding[]> {
  const from = change.from ?? base;
  scratch.git('checkout', '-q', '-B', 'stable', from);
  scratch.commit(message, { 'net.c': content });
  if (change.author) scratch.git('commit', '-q', '--amend', '--no-edit', '--author', change.author);
  const commits = await repository.commits(from, scratch.git('rev-parse', 'HEAD').trim());
  const options: TrailerCheckOptions = { upstream: change.upstream ?? upstream, convention: 'stable' };
  return checkTrailers(commits, change.history ?? history, options);
}

test('a later fix upstream is asked for, and not when it is here', async () => {
  expect(await rulesFor(`net: add the thing\n\nWanted.\n\n${name(picked)}\n${signed}`, 'a\nB\nc\n')).toEqual([
    'backport-missing-fix',
  ]);
  expect(
    await rulesFor(`net: fix the thing\n\nIt was broken.\n\n${name(later)}\n${signed}`, 'a\nb\nC\n'),
  ).not.toContain('backport-missing-fix');
});

test('a later revert upstream is asked for too', async () => {
  scratch.git('checkout', '-q', '--detach', later);
  const tip = scratch.commit(
    `Revert "net: fix the thing"\n\nThis reverts commit ${later}.\n\nIt broke more.\n\n${signed}`,
    { 'net.c': 'a\nB\nc\n' },
  );
  const reverted = await openHistory(repository, { within: tip });
  const message = `net: fix the thing\n\nIt was broken.\n\n${name(later)}\n${signed}`;
  const found = await findingsFor(message, 'a\nb\nC\n', { upstream: reverted });
  await reverted.close();
  expect(found.find(({ rule }) => rule === 'trailers/backport-missing-fix')).toMatchObject({
    message: `Upstream reverted ${later.slice(0, 12)} later, in \`${tip.slice(0, 12)}\` ("Revert "net: fix the thing"").`,
    explanation: `That commit is not here. Pick it as well: \`git cherry-pick -x ${tip}\``,
  });
});

test('a later fix is missing where only the upstream branch of the same repository has it', async () => {
  const whole = await openHistory(repository, { at: base });
  const message = `net: add the thing\n\nWanted.\n\n${name(picked)}\n${signed}`;
  expect(await rulesFor(message, 'a\nB\nc\n', { history: whole })).toEqual(['backport-missing-fix']);
  scratch.git('checkout', '-q', '-B', 'stable', base);
  scratch.commit(`net: fix the thing\n\nPicked before.\n\n${signed}`, { 'net.c': 'a\nb\nC\n' });
  const from = scratch.git('rev-parse', 'HEAD').trim();
  const after = await openHistory(repository, { at: from });
  expect(await rulesFor(message, 'a\nB\nC\n', { history: after, from })).not.toContain(
    'backport-missing-fix',
  );
  await whole.close();
  await after.close();
});

test('the change must be that of the commit, or the message says how it differs', async () => {
  const text = `net: fix the thing\n\nIt was broken.\n\n${name(later)}\n`;
  expect(await rulesFor(`${text}${signed}`, 'a\nx\nC\n')).toEqual(['backport-change']);
  expect(await rulesFor(`${text}[carl: the helper is called x here]\n${signed}`, 'a\nx\nC\n')).toEqual([]);
});

test('what differs from the change upstream is told', async () => {
  const text = `net: fix the thing\n\nIt was broken.\n\n${name(later)}\n${signed}`;
  const explanationOf = async (content: string) => {
    const found = await findingsFor(text, content);
    return found.find(({ rule }) => rule === 'trailers/backport-change')?.explanation;
  };
  // Upstream, `later` replaces c by C below a B that is not in this tree.
  expect(await explanationOf('a\nb\nX\n')).toMatch(
    /whole difference\.\n\n {2}net\.c, upstream:\n {4}\+C\n {2}net\.c, here:\n {4}\+X$/,
  );
  expect(await explanationOf('a\nb\nC\n')).toMatch(/add and remove the same lines, but what stands around/);
});

test('the author is kept', async () => {
  const text = `net: add the thing\n\nWanted.\n\n${name(picked)}\n${signed}`;
  expect(await rulesFor(text, 'a\nB\nc\n', { author: 'Carl Committer <carl@example.org>' })).toContain(
    'backport-author',
  );
});

test('the commit is upstream, with this subject', async () => {
  expect(await rulesFor(`net: x\n\nWanted.\n\n${name('deadbeef'.repeat(5))}\n${signed}`, 'a\n')).toEqual([
    'backport-source-missing',
  ]);
  expect(await rulesFor(`net: x\n\nWanted.\n\n${name(base)}\n${signed}`, 'a\n')).toContain(
    'backport-subject',
  );
});

test('a target of Fixes that is not below the fix is told', async () => {
  scratch.git('checkout', '-q', '-B', 'aside', base);
  const tag = `Fixes: ${picked.slice(0, 12)} ("net: add the thing")`;
  scratch.commit(`net: fix it\n\nIt was broken.\n\n${tag}\n${signed}`, { 'net.c': 'z\n' });
  const commits = await repository.commits(base, scratch.git('rev-parse', 'HEAD').trim());
  const whole = await openHistory(repository, { at: base });
  const findings = await checkTrailers(commits, whole);
  expect(findings.map((finding) => [finding.rule, finding.line])).toEqual([
    ['trailers/fixes-not-ancestor', 5],
  ]);
  await whole.close();
});

test('the author of the fixed commit is to be told, where the configuration asks for it', async () => {
  const bob = 'Bob Helper <bob@example.com>';
  scratch.git('checkout', '-q', '-B', 'bobs', base);
  scratch.commit('net: bring a bug', { 'net.c': 'y\n' });
  scratch.git('commit', '-q', '--amend', '--no-edit', '--author', bob);
  const bug = scratch.git('rev-parse', 'HEAD').trim();
  const tag = `Fixes: ${bug.slice(0, 12)} ("net: bring a bug")`;
  scratch.commit(`net: fix it\n\nIt was broken.\n\n${tag}\n${signed}`, { 'net.c': 'z\n' });
  scratch.commit(`net: fix it\n\nIt was broken.\n\n${tag}\nCc: ${bob}\n${signed}`, { 'net.c': 'x\n' });
  const commits = await repository.commits(bug, scratch.git('rev-parse', 'HEAD').trim());
  const whole = await openHistory(repository, { at: base });
  const levels = new Map([['trailers/fixes-author-not-told', 'note' as const]]);
  const findings = await checkTrailers(commits, whole, { levels });
  expect(findings.map((finding) => [finding.rule, finding.commit])).toEqual([
    ['trailers/fixes-author-not-told', commits[0]?.id],
  ]);
  expect(await checkTrailers(commits, whole)).toEqual([]);
  await whole.close();
});
