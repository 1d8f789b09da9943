import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { ownDataDir } from '../../src/store/owner.ts';

const root = mkdtempSync(join(tmpdir(), 'adjutant-owner-'));
const scratch = () => mkdtempSync(join(root, 'case-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const module = pathToFileURL(join(import.meta.dirname, '../../src/store/owner.ts')).href;

/** Another process that holds the folder until it is killed. */
async function holder(folder: string) {
  const code = `import { ownDataDir } from ${JSON.stringify(module)};
    ownDataDir(${JSON.stringify(folder)}); console.log('mine'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('a second process is refused with a clear error, and admitted once the first is killed', async () => {
  const folder = join(scratch(), 'made', 'on the way');
  const child = await holder(folder);
  expect(() => ownDataDir(folder)).toThrow(UserError);
  expect(() => ownDataDir(folder)).toThrow(/Another Adjutant is running on the data directory/);
  child.kill('SIGKILL');
  await once(child, 'exit');
  ownDataDir(folder).release();
});

test('it can be taken again after it was given back', () => {
  const folder = scratch();
  ownDataDir(folder).release();
  ownDataDir(folder).release();
});

test('a folder that cannot be used is a clear error', () => {
  const file = join(scratch(), 'file');
  writeFileSync(file, '');
  chmodSync(file, 0o600);
  expect(() => ownDataDir(file)).toThrow(/can't be made \(EEXIST\)/);
});
