#!/usr/bin/env node
// Starts the command line on the Node 24 that the project brings along: npm's `node` package.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// A checkout has the sources; a package has them without their types, which Node does not strip below node_modules.
const source = join(root, 'src', 'cli.ts');
const cli = existsSync(source) ? source : join(root, 'dist', 'cli.js');

// Modules are compiled and stripped of their types once, for a review of a second should not spend a third of it on
// that. In the user's own folder: a cache in a shared one could be another's.
const cache =
  process.env.ADJUTANT_CACHE_DIR || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'adjutant');
process.env.NODE_COMPILE_CACHE ||= join(cache, 'compiled');

if (Number(process.versions.node.split('.')[0]) >= 24) {
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import(pathToFileURL(cli));
} else {
  const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
  const child = spawn(node, [cli, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A supervisor stops this process: the one that does the work must hear of it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (status, signal) => {
    if (signal) process.removeAllListeners(signal).kill(process.pid, signal);
    process.exitCode = status ?? 2;
  });
}
