/**
 * 1,000 commits through the trailer checker, on a synthetic repository: a history of COMMITS commits (100,000 unless
 * told), then a branch of 1,000 with the usual tags. Goal: 1 s for the 1,000. The second figure is for a branch where one
 * tag in 25 names a wrong commit: the whole history is then searched once for the subjects that were meant.
 *
 *   node bench/trailers.ts [COMMITS]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkTrailers } from '../src/checkers/trailers/index.ts';
import { openHistory } from '../src/git/history.ts';
import { openRepository } from '../src/git/repository.ts';

const SIGNED = 'Signed-off-by: Ann Author <ann@example.org>\n';
const history = Number(process.argv[2] ?? 100_000);
const BRANCH = 1_000;
const RUNS = 3;

const folder = mkdtempSync(join(tmpdir(), 'adjutant-bench-'));
const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 30 });
try {
  git('init', '-q', '--bare', '-b', 'main');
  write(subjects(0, history), 'main', undefined);
  git('commit-graph', 'write', '--reachable');
  const known = git('log', `--max-count=${BRANCH}`, '--format=%H %s', 'main')
    .trim()
    .split('\n')
    .map((row) => ({ target: row.slice(0, 40), subject: row.slice(41) }));
  for (const wrong of [false, true]) {
    const branch = wrong ? 'wrong' : 'right';
    write(branchMessages(known, wrong), branch, 'main');
    console.log(`${branch.padEnd(5)} ${await measure(branch)}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Opens the repository, reads the branch and checks it, as the command does; the median of three runs. */
async function measure(branch: string): Promise<string> {
  const times: number[] = [];
  let findings = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const start = performance.now();
    const repository = await openRepository(folder);
    if (repository === undefined) throw new Error('no repository');
    const range = await repository.range(`main..${branch}`);
    const commits = await repository.commits(range.base, range.head);
    const lookup = await openHistory(repository, { at: range.base });
    findings = (await checkTrailers(commits, lookup)).length;
    await lookup.close();
    repository.close();
    times.push(performance.now() - start);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
  const memory = (process.memoryUsage.rss() / 2 ** 20).toFixed(0);
  return `${BRANCH} commits on a history of ${history}: ${(median / 1000).toFixed(2)} s (median of ${RUNS}), ${findings} findings, ${memory} MiB`;
}

function* subjects(from: number, count: number): Iterable<string> {
  for (let index = from; index < from + count; index += 1)
    yield `area${index % 50}: change number ${index}\n\nWhy it is wanted.\n\n${SIGNED}`;
}

/** Each names a target that is there; where `wrong`, one in fifty by a wrong subject and one by a wrong SHA1. */
function* branchMessages(
  known: readonly { target: string; subject: string }[],
  wrong: boolean,
): Iterable<string> {
  for (let index = 0; index < BRANCH; index += 1) {
    const { target, subject } = known[index % known.length] ?? { target: '', subject: '' };
    const sha = wrong && index % 50 === 1 ? target.slice(1, 13) : target.slice(0, 12);
    const quoted = wrong && index % 50 === 2 ? 'area1: something else' : subject;
    const tags = `Fixes: ${sha} ("${quoted}")\nReported-by: Bob Helper <bob@example.com>\nCloses: https://lore.kernel.org/r/${index}@example.com\nCc: <stable@vger.kernel.org> # 6.1+\n`;
    yield `area${index % 50}: fix number ${index}\n\nIt was broken in this way and that.\nSince commit ${target.slice(0, 12)} it is so.\n\n${tags}${SIGNED}`;
  }
}

/** Commits with these messages on `branch`, by git fast-import. */
function write(messages: Iterable<string>, branch: string, from: string | undefined): void {
  const parts: string[] = [];
  let index = 0;
  for (const message of messages) {
    const time = 1_500_000_000 + index;
    parts.push(
      `commit refs/heads/${branch}\nauthor Ann Author <ann@example.org> ${time} +0000\n` +
        `committer Ann Author <ann@example.org> ${time} +0000\ndata ${Buffer.byteLength(message)}\n${message}\n` +
        (index === 0 && from !== undefined ? `from refs/heads/${from}^0\n` : '') +
        `M 100644 inline area${index % 50}/file\ndata ${String(index).length}\n${index}\n`,
    );
    index += 1;
  }
  const { status, stderr } = spawnSync('git', ['fast-import', '--quiet'], {
    cwd: folder,
    input: `${parts.join('')}done\n`,
  });
  if (status !== 0) throw new Error(stderr.toString());
}
