/** What the App knows of the commits that messages name: from a repository, through the mirror, to the findings. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkTrailers } from '../../src/checkers/trailers/index.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { defaultConfiguration } from '../../src/config/default-configuration.ts';
import { fetchHistory, hasHistory, historyDir } from '../../src/git/commit-history.ts';
import { openHistory } from '../../src/git/history.ts';
import { fetchPullRequest, mirrorDir } from '../../src/git/mirror.ts';
import { openRepository } from '../../src/git/repository.ts';
import { openUpstream } from '../../src/git/upstream.ts';
import { bringHistory } from '../../src/jobs/history.ts';
import { type HttpRemote, startHttpRemote } from '../git/http-remote.ts';

const TOKEN = 'ghs_secretSECRETsecret0123456789';
const SIGNED = 'Signed-off-by: Ann <ann@example.com>';
const services = { log: pino({ level: 'silent' }) };
const { signal } = new AbortController();
let remote: HttpRemote;
let dataDir: string;
let gitDir: string;
let bug: string;

beforeEach(async () => {
  remote = await startHttpRemote(TOKEN);
  dataDir = mkdtempSync(join(tmpdir(), 'adjutant-history-'));
  gitDir = mirrorDir(dataDir, 7);
  bug = remote.commit('net.c', 'int a;\n', 'net: bring a bug');
  for (let i = 0; i < 4; i++) remote.commit('net.c', `int b${i};\n`, `net: go on, ${i}`);
  remote.git('checkout', '-q', '-b', 'topic');
});
afterEach(async () => {
  await remote.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Circumstances {
  readonly token?: string;
  readonly trailers?: Partial<Configuration['trailers']>;
  readonly patience?: number;
}

/** Reviews the messages of the branch that is checked out, as the App does. */
async function reviewed({ token = TOKEN, trailers, patience }: Circumstances = {}) {
  const head = remote.git('rev-parse', 'HEAD');
  const base = remote.git('merge-base', 'main', head);
  remote.git('update-ref', 'refs/pull/1/head', head);
  const ahead = Number(remote.git('rev-list', '--count', `main..${head}`));
  const wanted = { pull: 1, base, baseTip: remote.git('rev-parse', 'main'), head, ahead };
  const commits = (await fetchPullRequest(gitDir, { url: remote.url, token: TOKEN }, wanted)) ?? [];
  const configuration = {
    ...defaultConfiguration,
    trailers: { ...defaultConfiguration.trailers, ...trailers },
  };
  const before = remote.requests;
  const limits = await bringHistory(
    services,
    { url: remote.url, token },
    { gitDir, base, commits, configuration },
    { wait: signal, fetch: signal },
    patience,
  );
  const requests = remote.requests - before;
  const mirror = await openRepository(gitDir);
  if (mirror === undefined) throw new Error('no mirror');
  const whole = (await hasHistory(gitDir, base)) ? await openRepository(historyDir(gitDir)) : undefined;
  const history = await openHistory(whole ?? mirror, { at: base, ...(whole ? { lender: gitDir } : {}) });
  const { upstream, close } = await openUpstream(whole ?? mirror, configuration.trailers.upstream, gitDir);
  const findings = await checkTrailers(await mirror.listedCommits(commits), history, {
    convention: configuration.trailers.convention,
    ...(upstream ? { upstream } : {}),
  });
  await close();
  await history.close();
  whole?.close();
  mirror.close();
  return { limits, requests, rules: findings.map(({ rule }) => rule.slice('trailers/'.length)), findings };
}

const fix = (tag: string) => `net: mend it\n\nIt was broken.\n\n${tag}\n${SIGNED}`;

test('a Fixes tag is looked up in all of history, of which no tree and no file is fetched', async () => {
  remote.commit('net.c', 'int c;\n', fix(`Fixes: ${bug.slice(0, 12)} ("net: bring a bug")`));
  expect(await reviewed()).toMatchObject({ limits: [], rules: [] });
  const objects = execFileSync('git', ['cat-file', '--batch-all-objects', '--batch-check=%(objecttype)'], {
    cwd: historyDir(gitDir),
    encoding: 'utf8',
  });
  expect(new Set(objects.trim().split('\n'))).toEqual(new Set(['commit']));
});

test('.mailmap and the list of misspellings are those of the base', async () => {
  remote.git('checkout', '-q', 'main');
  remote.commit('.mailmap', 'Ann Author <ann@example.com> <old@example.com>\n');
  remote.commit('scripts/spelling.txt', 'recieve||receive\n');
  remote.git('checkout', '-q', '-B', 'topic', 'main');
  const tag = `Fixes: ${bug.slice(0, 12)} ("net: bring a bug")`;
  const signed = 'Signed-off-by: Ann Author <old@example.com>';
  remote.commit('net.c', 'int c;\n', `net: recieve it\n\nIt was broken.\n\n${tag}\n${signed}`);
  expect((await reviewed()).rules).toEqual(['spelling']);
});

test('a commit that is not there is missing, and the one that was meant is found', async () => {
  remote.commit('net.c', 'int c;\n', fix('Fixes: 0123456789ab ("net: bring a bug")'));
  const { findings } = await reviewed();
  expect(findings).toMatchObject([
    {
      rule: 'trailers/fixes-target-missing',
      suggestion: { lines: [`Fixes: ${bug.slice(0, 12)} ("net: bring a bug")`] },
    },
  ]);
});

test('a commit of another branch is no ancestor', async () => {
  remote.git('checkout', '-q', '-b', 'next', 'main');
  const other = remote.commit('next.c', 'int n;\n', 'net: bring another');
  remote.git('checkout', '-q', 'topic');
  remote.commit('net.c', 'int c;\n', fix(`Fixes: ${other.slice(0, 12)} ("net: bring another")`));
  expect((await reviewed()).rules).toEqual(['fixes-not-ancestor']);
});

test('nothing is fetched for messages that name no commit, nor again for what is there', async () => {
  remote.commit('net.c', 'int c;\n', `net: go on\n\nIt is wanted.\n\n${SIGNED}`);
  expect(await reviewed()).toMatchObject({ requests: 0, limits: [], rules: [] });
  remote.commit('net.c', 'int d;\n', fix(`Fixes: ${bug.slice(0, 12)} ("net: bring a bug")`));
  expect((await reviewed()).requests).toBeGreaterThan(0);
  remote.commit('net.c', 'int e;\n', fix(`Fixes: ${bug.slice(0, 14)} ("net: bring a bug")`));
  expect(await reviewed()).toMatchObject({ requests: 0, limits: [], rules: [] });
});

test('what came later is fetched when it is named', async () => {
  remote.commit('net.c', 'int c;\n', fix(`Fixes: ${bug.slice(0, 12)} ("net: bring a bug")`));
  await reviewed();
  remote.git('checkout', '-q', 'main');
  const later = remote.commit('net.c', 'int later;\n', 'net: bring a later bug');
  remote.git('checkout', '-q', '-B', 'topic', 'main');
  remote.commit('net.c', 'int d;\n', fix(`Fixes: ${later.slice(0, 12)} ("net: bring a later bug")`));
  expect(await reviewed()).toMatchObject({ limits: [], rules: [] });
});

test('history that can not be had is not known, never missing', async () => {
  remote.commit('net.c', 'int c;\n', fix('Fixes: 0123456789ab ("net: bring a bug")'));
  const { limits, rules } = await reviewed({ token: 'wrong' });
  expect(rules).toEqual([]);
  expect(limits).toEqual([
    'The history of this repository could not be fetched: whether commits that the messages name exist is not known.',
  ]);
});

test('a review does not wait for long, and the next one finds what was fetched meanwhile', async () => {
  remote.commit('net.c', 'int c;\n', fix('Fixes: 0123456789ab ("net: bring a bug")'));
  expect(await reviewed({ patience: 0 })).toMatchObject({
    limits: [expect.stringContaining('is still being fetched')],
  });
  // Takes its turn behind the fetch that is under way.
  await fetchHistory(gitDir, { url: remote.url, token: TOKEN }, undefined);
  expect((await reviewed({ patience: 0 })).rules).toEqual(['fixes-target-missing']);
});

test.each(['branch', 'tag'])('backports are compared with an upstream %s of the repository', async (kind) => {
  remote.git('checkout', '-q', '-b', 'linus', 'main');
  const picked = remote.commit('net.c', 'int new;\n', `net: add it\n\nWanted.\n\n${SIGNED}`);
  const tag = `Fixes: ${picked.slice(0, 12)} ("net: add it")`;
  const later = remote.commit('net.c', 'int mended;\n', fix(tag));
  if (kind === 'tag') remote.git('tag', '-m', 'released', 'v6', 'linus');
  remote.git('checkout', '-q', 'topic');
  if (kind === 'tag') remote.git('branch', '-q', '-D', 'linus');
  remote.commit('net.c', 'int new;\n', `net: add it\n\ncommit ${picked} upstream.\n\nWanted.\n\n${SIGNED}`);
  const upstream = kind === 'tag' ? 'v6' : 'linus';
  const { findings, limits } = await reviewed({ trailers: { convention: 'stable', upstream } });
  expect(limits).toEqual([]);
  expect(findings).toMatchObject([
    {
      rule: 'trailers/backport-missing-fix',
      explanation: expect.stringContaining(`git cherry-pick -x ${later}`),
    },
  ]);
});

test('the change of a backport is compared with that of upstream, of which no other file is fetched', async () => {
  for (let i = 0; i < 30; i++) remote.commit(`other/${i}.c`, `int o${i};\n`);
  remote.git('branch', '-f', 'main');
  remote.git('checkout', '-q', '-b', 'linus', 'main');
  const same = remote.commit('net.c', 'int same;\n', `net: add it\n\nWanted.\n\n${SIGNED}`);
  const other = remote.commit('new.c', 'int upstream;\n', `net: add another\n\nWanted.\n\n${SIGNED}`);
  remote.git('checkout', '-q', '-B', 'topic', 'main');
  const line = (sha: string) => `commit ${sha} upstream.\n\nWanted.\n\n${SIGNED}`;
  remote.commit('net.c', 'int same;\n', `net: add it\n\n${line(same)}`);
  remote.commit('new.c', 'int here;\n', `net: add another\n\n${line(other)}`);
  const { findings, limits } = await reviewed({ trailers: { convention: 'stable', upstream: 'linus' } });
  expect(limits).toEqual([]);
  expect(findings).toMatchObject([{ rule: 'trailers/backport-change' }]);
  expect(findings[0]?.explanation).toContain(
    'new.c, upstream:\n    +int upstream;\n  new.c, here:\n    +int here;',
  );
  const objects = execFileSync('git', ['cat-file', '--batch-all-objects', '--batch-check=%(objecttype)'], {
    cwd: historyDir(gitDir),
    encoding: 'utf8',
  });
  expect(objects.match(/blob/g)?.length).toBeLessThanOrEqual(4);
});

test('the Fixes tag of a backport names a commit of upstream', async () => {
  remote.git('checkout', '-q', '-b', 'linus', 'main');
  const broken = remote.commit('new.c', 'int new;\n', `net: add it\n\nWanted.\n\n${SIGNED}`);
  const tag = `Fixes: ${broken.slice(0, 12)} ("net: add it")`;
  const picked = remote.commit('new.c', 'int mended;\n', fix(tag));
  remote.git('checkout', '-q', 'topic');
  const own = `net: add it\n\ncommit ${broken} upstream.\n\nWanted.\n\n${SIGNED}`;
  remote.commit('new.c', 'int new;\n', own);
  remote.commit(
    'new.c',
    'int mended;\n',
    `net: mend it\n\ncommit ${picked} upstream.\n\nIt was broken.\n\n${tag}\n${SIGNED}`,
  );
  const trailers = { convention: 'stable' as const };
  expect((await reviewed({ trailers: { ...trailers, upstream: 'linus' } })).rules).toEqual([]);
  remote.git('branch', '-q', '-D', 'linus');
  rmSync(dataDir, { recursive: true, force: true });
  expect((await reviewed({ trailers })).rules).toEqual([]);
});
