/** What an administrator copies: the manifest, the example of an environment, the image. */
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SARIF_PERMISSIONS } from '../../src/app/github/client.ts';
import { handlers } from '../../src/app/handlers/index.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { freePort } from '../free-port.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const scratch = mkdtempSync(join(tmpdir(), 'adjutant-image-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('app.yml', () => {
  const manifest = parse(read('app.yml')) as {
    default_events: string[];
    default_permissions: Record<string, string>;
    url: string;
  };

  test('subscribes to the events that have a handler, and to no other', () => {
    const wanted = handlers.filter(({ isAlwaysSent }) => isAlwaysSent !== true).map(({ event }) => event);
    expect(manifest.default_events.toSorted()).toEqual(wanted.toSorted());
  });

  test('asks for the permissions of the tokens and the events that Adjutant asks for, and for no other', () => {
    const client = read('src/app/github/client.ts');
    const [, text = ''] = /API_PERMISSIONS = \{([^}]*)\}/.exec(client) ?? [];
    const used = Object.fromEntries(
      [...text.matchAll(/(\w+): '(\w+)'/g)].map(([, name, level]) => [name, level]),
    );
    Object.assign(used, SARIF_PERMISSIONS);
    for (const { permission } of handlers) if (permission !== undefined) used[permission] ??= 'read';
    expect(used).toEqual(manifest.default_permissions);
  });

  test('asks for no right to write contents: who grants it all the same has threads resolved, as is explained', () => {
    expect(manifest.default_permissions.contents).toBe('read');
    const [, text = ''] = /THREAD_PERMISSIONS = \{([^}]*)\}/.exec(read('src/app/github/client.ts')) ?? [];
    const names = [...text.matchAll(/(\w+): 'write'/g)].map(([, name]) => name);
    expect(names).toEqual(['contents', 'pull_requests']);
    expect(read('docs/installing.md')).toMatch(/resolve a review thread only with \*\*Contents: write\*\*/);
  });

  test('is explained in docs/installing.md', () => {
    const page = read('docs/installing.md');
    for (const event of manifest.default_events) expect(page).toContain(`\`${event}\``);
    for (const [name, level] of Object.entries(manifest.default_permissions)) {
      const title = name.charAt(0).toUpperCase() + name.slice(1).replace('_', ' ');
      expect(page).toContain(`| ${title} | ${level} |`);
    }
  });
});

describe('.env.example', () => {
  const example = parseEnv(read('.env.example'));

  test('is a valid environment as it stands, without an App', () => {
    expect(readEnvironment(example as Record<string, string>).app).toBeUndefined();
  });

  test('has every variable that is read, and no other', () => {
    const source = read('src/config/environment.ts');
    const known = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name ?? '');
    const ours = known.filter((name) => !name.startsWith('XDG_'));
    expect(Object.keys(example).toSorted()).toEqual(ours.toSorted());
  });
});

/** No container runs here: test/app/stress.test.ts starts the processes that this names. */
describe('compose.yaml', () => {
  interface Service {
    readonly command?: readonly string[];
    readonly read_only?: boolean;
    readonly volumes?: readonly string[];
    readonly environment: Record<string, string>;
  }
  const { services } = parse(read('compose.yaml'), { merge: true }) as { services: Record<string, Service> };
  const adjutant = Object.values(services).filter(({ command }) => command !== undefined);

  test('runs one web and two workers by commands that there are', () => {
    expect(adjutant.map(({ command }) => command?.join(' '))).toEqual([
      'node src/cli.ts web',
      'node src/cli.ts worker',
      'node src/cli.ts worker',
    ]);
  });

  test('they share PostgreSQL and nothing else: each worker has a data directory of its own', () => {
    for (const { environment } of adjutant) expect(environment.DATABASE_URL).toMatch(/@postgres:5432\//);
    const volumes = adjutant.flatMap((service) => service.volumes ?? []);
    expect(volumes).toHaveLength(2);
    expect(new Set(volumes).size).toBe(2);
  });

  test('their root file system is read-only', () => {
    expect(adjutant.map((service) => service.read_only)).toEqual([true, true, true]);
  });
});

/** The image can't be built here: its steps are run in a folder instead, but for the system's packages. */
describe('Dockerfile', () => {
  const NOBODY = 65534;
  const isRoot = process.getuid?.() === 0;
  const lines = read('Dockerfile')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line))
    .map((line) => /^([A-Z]+) +(.*)$/.exec(line)?.slice(1) as [string, string]);
  const all = (name: string) => lines.filter(([instruction]) => instruction === name).map(([, rest]) => rest);

  test('its files and commands give an App that starts and is healthy, as a user who may write to its data alone', async () => {
    const cwd = join(scratch, 'app');
    mkdirSync(cwd);
    expect(all('USER')).toEqual(['node']);
    expect(all('FROM')[0]).toMatch(/^node:24-/);
    for (const [instruction, rest] of lines) {
      if (instruction === 'COPY') {
        const parts = rest.split(' ');
        for (const path of parts.slice(0, -1)) cpSync(join(ROOT, path), join(cwd, path), { recursive: true });
      }
      // `npm ci` comes from the network, into what is copied from here; its lock file must fit what is declared.
      if (instruction === 'RUN' && rest.startsWith('npm ')) {
        expect(rest).toBe('npm ci --omit=dev');
        execFileSync('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund'], { cwd, stdio: 'ignore' });
      }
    }
    const env = Object.fromEntries(
      all('ENV').flatMap((rest) => rest.split(/\s+/).map((pair) => pair.split('=') as [string, string])),
    );
    expect(env).toMatchObject({ HOST: '0.0.0.0', NODE_ENV: 'production', ADJUTANT_DATA_DIR: '/data' });
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    const port = String(await freePort());
    const given = {
      PATH: process.env.PATH,
      HOME: scratch,
      ...env,
      PORT: port,
      ADJUTANT_DATA_DIR: join(scratch, 'data'),
      ADJUTANT_CACHE_DIR: join(scratch, 'data/cache'),
      APP_ID: '7',
      PRIVATE_KEY: privateKey.replaceAll('\n', '\\n'),
      WEBHOOK_SECRET: 'x',
    };
    const [command = '', ...args] = JSON.parse(all('CMD')[0] ?? '[]') as string[];
    expect(command).toBe('node');
    chmodSync(scratch, 0o755);
    mkdirSync(join(scratch, 'data'));
    if (isRoot) chownSync(join(scratch, 'data'), NOBODY, NOBODY);
    // The one that was installed here: where the tests' own lies, others may not look.
    const node = join(cwd, 'node_modules/node/bin/node');
    const child = spawn(node, args, {
      cwd,
      env: given,
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    });
    const exit = once(child, 'exit');
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    await expect.poll(() => output, { timeout: 40_000 }).toMatch(/Listening on/);
    const health = /CMD (\[.*\])$/.exec(all('HEALTHCHECK')[0] ?? '')?.[1] ?? '[]';
    const [, ...check] = JSON.parse(health) as string[];
    execFileSync(process.execPath, check, { env: given });
    child.kill('SIGTERM');
    expect((await exit)[0]).toBe(0);
    if (isRoot) expect(statSync(join(scratch, 'data/database')).uid).toBe(NOBODY);
    expect(() => execFileSync(process.execPath, check, { env: given, stdio: 'ignore' })).toThrow();
  }, 180_000);
});
