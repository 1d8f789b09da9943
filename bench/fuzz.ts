/**
 * Feeds every parser of what strangers write with inputs that are nearly right: `npm run fuzz -- [--minutes 60] [--seed N]
 * [--target NAME] [--out DIR]`. Prints a line a target; what is found is written to DIR (default: fuzz-faults). Exit
 * status 1 where anything was. An input that never ends is found by a second process that watches.
 */
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { feed } from './fuzz/run-target.ts';
import { targets } from './fuzz/targets.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    target: { type: 'string' },
    out: { type: 'string', default: 'fuzz-faults' },
  },
});
/** Milliseconds without a word after which the feeding process hangs; a busy machine may let it wait for long. */
const SILENCE = 300_000;
const WORD = 1000;
const MEMORY = 2048;

if (process.send === undefined) watch();
else await feedAll();

/** The process that watches: it starts the one that feeds, and hears from it. */
function watch(): void {
  const child = fork(import.meta.filename, process.argv.slice(2), {
    execArgv: [`--max-old-space-size=${MEMORY}`],
  });
  let last = '';
  const arm = () => setTimeout(() => child.kill('SIGKILL'), SILENCE);
  let timer = arm();
  child.on('message', (message) => {
    last = String(message);
    clearTimeout(timer);
    timer = arm();
  });
  child.on('exit', (status, signal) => {
    clearTimeout(timer);
    if (signal !== null) process.stdout.write(`ended by ${signal} at ${last}\n`);
    process.exitCode = status ?? 1;
  });
}

async function feedAll(): Promise<void> {
  const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target);
  const share = (Number(values.minutes) * 60_000) / chosen.length;
  let faults = 0;
  for (const target of chosen) {
    const until = Date.now() + share;
    let seed = Number(values.seed);
    let inputs = 0;
    let found = 0;
    let told = 0;
    for (; Date.now() < until; seed++, inputs++) {
      if (Date.now() - told > WORD) {
        told = Date.now();
        process.send?.(`${target.name}, from seed ${seed}`);
      }
      const fault = await feed(target, seed);
      if (fault === undefined) continue;
      found += 1;
      mkdirSync(values.out, { recursive: true });
      const file = join(values.out, `${target.name.replaceAll(' ', '-')}-${seed}`);
      writeFileSync(file, fault.input);
      writeFileSync(`${file}.txt`, `${fault.what}\n`);
    }
    process.stdout.write(`${target.name}: ${inputs} inputs, ${found} faults\n`);
    faults += found;
  }
  process.exit(faults === 0 ? 0 : 1);
}
