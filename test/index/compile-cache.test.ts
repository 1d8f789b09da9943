import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MINI_TREE } from './mini-tree.ts';
import { scratchFolder, writeTree } from './scratch.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'adjutant.js');

it('threads find what the process has compiled, and strip no types themselves', () => {
  const root = scratchFolder();
  writeTree(root, MINI_TREE);
  const { status, stderr } = spawnSync(process.execPath, [BIN, 'index', '--repo', root], {
    env: { PATH: process.env.PATH, ADJUTANT_CACHE_DIR: scratchFolder(), NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  expect(status).toBe(0);
  const stripped = stderr.match(/(?<=saving transpilation cache for StrippedTypeScript )\S+/g) ?? [];
  expect(stripped.filter((module) => module.endsWith('/effects/tree/worker.ts'))).toHaveLength(1);
  expect(new Set(stripped).size).toBe(stripped.length);
});
