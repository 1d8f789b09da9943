import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { migrate, newest } from '../../src/store/migrations.ts';
import { freePort } from '../free-port.ts';

vi.setConfig({ testTimeout: 120_000 });

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const scratch = mkdtempSync(join(tmpdir(), 'adjutant-main-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
});

const key = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
}).privateKey;
const app = { APP_ID: '7', PRIVATE_KEY: key, WEBHOOK_SECRET: 'the-webhook-secret' };

function start(env: Record<string, string>, cwd = mkdtempSync(join(scratch, 'cwd-'))) {
  const child = spawn(process.execPath, [MAIN], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, NO_SMEE_SETUP: 'true', ...env },
  });
  children.push(child);
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    output.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.err += chunk;
  });
  return { child, output, exit: once(child, 'exit').then(([status]) => status as number) };
}

async function answers(url: string): Promise<string> {
  let text = '';
  await expect
    .poll(
      async () => {
        const response = await fetch(url).catch(() => undefined);
        text = (await response?.text()) ?? '';
        return response?.status;
      },
      { timeout: 60_000, interval: 100 },
    )
    .toBe(200);
  return text;
}

describe('start is refused with status 2 and one line', () => {
  test.each([
    ['no webhook secret', { ...app, WEBHOOK_SECRET: '' }, /^adjutant: WEBHOOK_SECRET is not set.*\n$/],
    [
      'an App id without a key',
      { APP_ID: '7', WEBHOOK_SECRET: 'x' },
      /^adjutant: APP_ID is set but no private key.*\n$/,
    ],
    [
      'a key without an App id',
      { PRIVATE_KEY: key, WEBHOOK_SECRET: 'x' },
      /^adjutant: A private key is set but APP_ID.*\n$/,
    ],
    ['neither, in production', { NODE_ENV: 'production' }, /^adjutant: APP_ID and PRIVATE_KEY .*\n$/],
    [
      'a database that is not there',
      { ...app, DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x' },
      /^adjutant: PostgreSQL at DATABASE_URL.*\n$/,
    ],
  ])('%s', async (_, env, message) => {
    const { output, exit } = start(env);
    expect(await exit).toBe(2);
    expect(output.err).toMatch(message);
    expect(output.err + output.out).not.toMatch(/hunter2|BEGIN/);
  });

  test('a database that a newer Adjutant has used, which stays as it is', async () => {
    const dataDir = mkdtempSync(join(scratch, 'newer-'));
    const database = await openDatabase(undefined, dataDir);
    await migrate(database);
    await database.query('UPDATE adjutant.version SET version = version + 1');
    await database.close();
    const { output, exit } = start({ ...app, ADJUTANT_DATA_DIR: dataDir, PORT: String(await freePort()) });
    expect(await exit).toBe(2);
    expect(output.err).toMatch(
      /^adjutant: The database is of a newer Adjutant .*run that version again.*\n$/,
    );
    const after = await openDatabase(undefined, dataDir);
    expect(await after.query('SELECT version FROM adjutant.version')).toEqual([{ version: newest + 1 }]);
    await after.close();
  });

  test('a second process on one data directory', async () => {
    const cwd = mkdtempSync(join(scratch, 'shared-'));
    const first = start({ ...app, ADJUTANT_DATA_DIR: cwd, PORT: String(await freePort()) });
    await expect.poll(() => first.output.out, { timeout: 60_000 }).toMatch(/Listening/);
    const second = start({ ...app, ADJUTANT_DATA_DIR: cwd, PORT: String(await freePort()) });
    expect(await second.exit).toBe(2);
    expect(second.output.err).toMatch(/^adjutant: Another Adjutant is running on the data directory .*\n$/);
    first.child.kill('SIGTERM');
    expect(await first.exit).toBe(0);
    expect(first.output.out).toMatch(/"msg":"stopped"/);
    expect(first.output.err).toBe('');
  });
});

test("with neither id nor key Probot's page registers the App, with our manifest", async () => {
  const port = await freePort();
  const cwd = mkdtempSync(join(scratch, 'setup-'));
  writeFileSync(join(cwd, 'app.yml'), 'name: my-adjutant\ndefault_permissions:\n  checks: write\n');
  const { child, exit } = start({ PORT: String(port) }, cwd);
  const page = await answers(`http://localhost:${port}/probot`);
  expect(page).toContain('Register GitHub App');
  expect(page).toContain('my-adjutant');
  expect(
    (await fetch(`http://localhost:${port}/api/github/webhooks`, { method: 'POST', body: '{}' })).ok,
  ).toBe(false);
  child.kill('SIGTERM');
  await exit;
});

test('the environment may stand in .env', async () => {
  const cwd = mkdtempSync(join(scratch, 'dotenv-'));
  writeFileSync(join(cwd, '.env'), 'APP_ID=7\nWEBHOOK_SECRET=x\n');
  const { output, exit } = start({}, cwd);
  expect(await exit).toBe(2);
  expect(output.err).toMatch(/no private key/);
});

test('with HOST=0.0.0.0, as in the container, it listens on all interfaces', async () => {
  const port = await freePort();
  const { child, exit } = start({ ...app, HOST: '0.0.0.0', PORT: String(port), NODE_ENV: 'production' });
  expect(await answers(`http://127.0.0.2:${port}/ping`)).toBe('PONG');
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
});
