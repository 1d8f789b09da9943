/**
 * What the App's history of a repository costs: COMMITS commits (1.3 million unless told, as Linux has) with messages of
 * the usual length, behind git's HTTP protocol on this machine. The first fetch, what it takes on disk, a fetch of
 * what came later, and the questions of a review.
 *
 *   node bench/history.ts [COMMITS]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchHistory, historyDir } from '../src/git/commit-history.ts';
import { openHistory } from '../src/git/history.ts';
import { mirrorDir } from '../src/git/mirror.ts';
import { openRepository } from '../src/git/repository.ts';
import { startHttpRemote } from '../test/git/http-remote.ts';

const TOKEN = 'token';
const LATER = 1_000;
const count = Number(process.argv[2] ?? 1_300_000);

let state = 1;
/** A number below `limit`; the same ones in every run. */
function random(limit: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % limit;
}
/** Common words come often, as in any language. */
const words = Array.from({ length: 30_000 }, () =>
  Array.from({ length: 2 + random(9) }, () => String.fromCharCode(97 + random(26))).join(''),
);
const text = (length: number) =>
  Array.from({ length }, () => words[Math.floor(words.length ** (random(10_000) / 10_000))] ?? '').join(' ');
const person = () => {
  const number = random(5_000);
  return `${words[number]} ${words[number + 7]} <${words[number]}@${words[number % 300]}.org>`;
};

const remote = await startHttpRemote(TOKEN);
const dataDir = mkdtempSync(join(tmpdir(), 'adjutant-bench-'));
const gitDir = mirrorDir(dataDir, 1);
const whence = { url: remote.url, token: TOKEN };
try {
  await timed('writing the repository', () => write(0, count));
  remote.git('repack', '-adq', '--write-bitmap-index');
  await timed('first fetch', () => fetchHistory(gitDir, whence, undefined));
  console.log(`on disk: ${(bytesIn(historyDir(gitDir)) / 2 ** 20).toFixed(0)} MiB`);
  await write(count, LATER);
  await timed(`fetch of ${LATER} later commits`, () => fetchHistory(gitDir, whence, undefined));
  await timed('fetch of nothing', () => fetchHistory(gitDir, whence, undefined));
  const repository = await openRepository(historyDir(gitDir));
  if (repository === undefined) throw new Error('no history');
  const tip = (await repository.resolve('main')) ?? '';
  const old = (await repository.resolve(`main~${Math.floor(count / 2)}`)) ?? '';
  const history = await timed('opening it', () => openHistory(repository, { at: tip }));
  await timed('looking up one commit', () => history.commits([old.slice(0, 12)]));
  await timed('whether one is below another', () => history.ancestry([[old, tip]]));
  await timed('searching all subjects', () => history.withSubjects([`area1: ${'x'.repeat(30)}`]));
  await history.close();
  repository.close();
} finally {
  await remote.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  console.log(`${what}: ${((performance.now() - start) / 1000).toFixed(2)} s`);
  return result;
}

/** Commits on main, one after the other, each with one changed file. */
async function write(from: number, commits: number): Promise<void> {
  const child = spawn(
    'git',
    [`--git-dir=${remote.git('rev-parse', '--absolute-git-dir')}`, 'fast-import', '--quiet'],
    {
      stdio: ['pipe', 'inherit', 'inherit'],
    },
  );
  const ended = once(child, 'close');
  for (let index = from; index < from + commits; index += 1) {
    const author = person();
    const message = `area${index % 50}: ${text(7)}\n\n${Array.from({ length: 2 + random(9) }, () => text(11)).join('\n')}\n\nSigned-off-by: ${author}\nSigned-off-by: ${person()}\n`;
    const time = 1_200_000_000 + index * 400;
    const parent = index === from && from > 0 ? 'from refs/heads/main^0\n' : '';
    const commit = `commit refs/heads/main\nauthor ${author} ${time} +0000\ncommitter ${author} ${time} +0000\ndata ${Buffer.byteLength(message)}\n${message}\n${parent}M 100644 inline area${index % 50}/file\ndata ${String(index).length}\n${index}\n`;
    if (!child.stdin.write(commit)) await once(child.stdin, 'drain');
  }
  child.stdin.end('done\n');
  const [status] = await ended;
  if (status !== 0) throw new Error(`git fast-import ended with ${status}`);
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
