/**
 * How many real bugs and trailer problems are found, and how often it cries wolf: `npm run bench`. Starts the scoring tools
 * of the shared folder on all their cases, and prints their closing lines beside the goals.
 *
 *     npm run bench -- [--tree DIR] [--shared DIR] [--jobs N] [--only bugs|trailers]
 *
 * --tree is a whole Linux tree (default: ADJUTANT_KERNEL_TREE), --shared the folder with the corpora and the tools (default:
 * ADJUTANT_SHARED, or `../shared`). The index of the tree is built first, in ADJUTANT_CACHE_DIR.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** What a tool says at its end, and what it should say. */
const CLOSING: readonly { readonly line: RegExp; readonly goal: string }[] = [
  { line: /^null-deref: of .*/m, goal: 'seen ≥ 60 %' },
  { line: /^lock-order: of .*/m, goal: 'seen ≥ 60 %' },
  { line: /^clean: false alarms .*/m, goal: '≤ 2 %' },
  { line: /^seconds a review: .*/m, goal: 'median ≤ 1.5 (10 files)' },
  { line: /^named .*? problems \([^)]*\)/m, goal: '≥ 98 %' },
  { line: /false alarms on .*? clean messages \([^)]*\)/m, goal: '≤ 1 %' },
];

const { values } = parseArgs({
  options: {
    tree: { type: 'string', default: process.env.ADJUTANT_KERNEL_TREE },
    shared: { type: 'string', default: process.env.ADJUTANT_SHARED ?? '../shared' },
    jobs: { type: 'string', default: '2' },
    only: { type: 'string' },
  },
});
const shared = resolve(values.shared);
const tree = values.tree && resolve(values.tree);
const tool = (name: string): string => join(shared, 'tools', name);
const corpus = (name: string): string => join(shared, 'corpus', name);

if (!existsSync(tool('score-bugs'))) {
  fail(`There are no scoring tools in ${shared}: give --shared DIR or set ADJUTANT_SHARED.`);
}
if (values.only !== 'trailers' && (!tree || !existsSync(join(tree, 'Makefile')))) {
  fail(
    `${tree ? `${tree} is no Linux tree` : 'No Linux tree is given'}: give --tree DIR or set ADJUTANT_KERNEL_TREE.\n` +
      `${tool('kernel-tree')} DIR  gets the tree that the cases are for, from Debian's package linux-source-6.12.`,
  );
}

const CLI = [process.execPath, fileURLToPath(new URL('../src/cli.ts', import.meta.url))];
let said = '';
if (values.only !== 'trailers' && tree) {
  await run([...CLI, 'index', '--repo', tree]);
  said += await run([
    ...[tool('score-bugs'), '--tree', tree, '--corpus', corpus('bugs'), '--jobs', values.jobs],
    ...['--', ...CLI],
  ]);
}
if (values.only !== 'bugs') {
  said += await run([
    ...[tool('score-trailers'), '--corpus', corpus('trailers'), '--jobs', values.jobs],
    ...['--', ...CLI],
  ]);
}

console.log(`\n${'goal'.padEnd(24)} measured`);
for (const { line, goal } of CLOSING) {
  const measured = said.match(line)?.[0];
  if (measured !== undefined) console.log(`${goal.padEnd(24)} ${measured}`);
}

/** Runs a command, shows what it prints, and returns that. Ends this program where the command fails. */
async function run([program = '', ...args]: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  child.on('error', (error) => fail(`${program} can't be started: ${error.message}`));
  const ended = new Promise<number | null>((done) => child.on('close', done));
  child.stdout.pipe(process.stdout, { end: false });
  const output = await text(child.stdout);
  const status = await ended;
  if (status !== 0) fail(`${program} ended with ${status}`);
  return output;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
