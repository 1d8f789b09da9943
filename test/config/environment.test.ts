import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { UserError } from '../../src/errors.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs1',
  format: 'pem',
}) as string;
const app = { APP_ID: '7', PRIVATE_KEY: pem, WEBHOOK_SECRET: 's3cret' };

function failure(env: Record<string, string>): string {
  try {
    readEnvironment(env);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error('accepted');
}

describe('credentials', () => {
  test('neither id nor key: no App, for the set-up page', () => {
    expect(readEnvironment({}).app).toBeUndefined();
    expect(readEnvironment({ APP_ID: '', PRIVATE_KEY: '' }).app).toBeUndefined();
  });
  test('neither id nor key in production is refused', () => {
    expect(failure({ NODE_ENV: 'production' })).toMatch(/APP_ID and PRIVATE_KEY/);
  });
  test('only one of the two is refused and the missing one is named', () => {
    expect(failure({ APP_ID: '7', WEBHOOK_SECRET: 'x' })).toMatch(/no private key/);
    expect(failure({ PRIVATE_KEY: pem, WEBHOOK_SECRET: 'x' })).toMatch(/APP_ID is not/);
  });
  test('no webhook secret is refused', () => {
    expect(failure({ APP_ID: '7', PRIVATE_KEY: pem })).toMatch(/WEBHOOK_SECRET is not set/);
    expect(failure({ ...app, WEBHOOK_SECRET: '' })).toMatch(/WEBHOOK_SECRET is not set/);
  });
  test('the key may be PEM, PEM with written-out newlines, base64, or a file', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'key-')), 'key.pem');
    writeFileSync(path, pem);
    const forms = [
      app,
      { ...app, PRIVATE_KEY: pem.replaceAll('\n', '\\n') },
      { ...app, PRIVATE_KEY: Buffer.from(pem).toString('base64') },
      { ...app, PRIVATE_KEY: '', PRIVATE_KEY_PATH: path },
    ];
    for (const form of forms) expect(readEnvironment(form).app?.privateKey.trim()).toBe(pem.trim());
  });
  test('what is no key is refused without showing it', () => {
    expect(failure({ ...app, PRIVATE_KEY: 'hunter2' })).not.toMatch(/hunter2/);
    expect(failure({ ...app, PRIVATE_KEY: '', PRIVATE_KEY_PATH: '/nowhere/key.pem' })).toMatch(/ENOENT/);
  });
  test('two secrets are accepted while one is rotated', () => {
    expect(readEnvironment({ ...app, WEBHOOK_SECRET_PREVIOUS: 'old' }).app?.webhookSecrets).toEqual([
      's3cret',
      'old',
    ]);
  });
});

describe('pages', () => {
  test('their address has no slash at its end, and is no half an address', () => {
    expect(readEnvironment({ ADJUTANT_URL: 'https://a.example/b/' }).publicUrl).toBe('https://a.example/b');
    expect(readEnvironment({ ADJUTANT_URL: '' }).publicUrl).toBeUndefined();
    expect(failure({ ADJUTANT_URL: 'a.example' })).toMatch(/^ADJUTANT_URL must be an address/);
    expect(failure({ ADJUTANT_URL: 'https://a.example/?b' })).toMatch(/^ADJUTANT_URL must be an address/);
  });
  test('sign-in is off unless it is asked for, and then nothing of it may be missing', () => {
    const credentials = { GITHUB_CLIENT_ID: 'Iv1', GITHUB_CLIENT_SECRET: 'hunter2' };
    const on = { ...credentials, ADJUTANT_SIGN_IN: 'on', ADJUTANT_URL: 'https://a.example' };
    // Probot's set-up page writes the credentials of every App.
    expect(readEnvironment(credentials).signIn).toBeUndefined();
    expect(readEnvironment(on).signIn).toEqual({ clientId: 'Iv1', clientSecret: 'hunter2' });
    expect(failure({ ...on, GITHUB_CLIENT_SECRET: '' })).toMatch(/^ADJUTANT_SIGN_IN is on but not both of/);
    expect(failure({ ...on, ADJUTANT_URL: '' })).toMatch(/^ADJUTANT_SIGN_IN is on but ADJUTANT_URL/);
    expect(readEnvironment({ ...on, ADJUTANT_ADMINISTRATORS: 'Mara, tova' }).administrators).toEqual([
      'mara',
      'tova',
    ]);
    expect(failure({ ...on, ADJUTANT_ADMINISTRATORS: 'a@b' })).toMatch(/^ADJUTANT_ADMINISTRATORS must be/);
    expect(failure({ ADJUTANT_ADMINISTRATORS: 'mara' })).toMatch(/set ADJUTANT_SIGN_IN to on/);
  });
  test('a token that could be guessed is refused without showing it', () => {
    const message = failure({ ADJUTANT_ADMIN_TOKEN: 'hunter2' });
    expect(message).toMatch(/^ADJUTANT_ADMIN_TOKEN must have at least 16 characters/);
    expect(message).not.toContain('hunter2');
  });
});

describe('the rest', () => {
  test('addresses of github.com and of an Enterprise server', () => {
    expect(readEnvironment(app)).toMatchObject({
      githubUrl: 'https://github.com',
      apiUrl: 'https://api.github.com',
    });
    expect(readEnvironment({ ...app, GHE_HOST: 'git.example:8443', GHE_PROTOCOL: 'http' })).toMatchObject({
      githubUrl: 'http://git.example:8443',
      apiUrl: 'http://git.example:8443/api/v3',
    });
    expect(failure({ ...app, GHE_HOST: 'https://git.example/' })).toMatch(/^GHE_HOST must be a host name/);
  });
  test('folders follow XDG and are absolute', () => {
    const { dataDir, cacheDir } = readEnvironment({ XDG_DATA_HOME: '/d', XDG_CACHE_HOME: '/c' });
    expect([dataDir, cacheDir]).toEqual(['/d/adjutant', '/c/adjutant']);
    expect(readEnvironment({ ADJUTANT_DATA_DIR: '/x' }).dataDir).toBe('/x');
  });
  test.each([
    [{ PORT: 'http' }, /^PORT must be a whole number from 1 to 65535/],
    [{ PORT: '70000' }, /^PORT must be/],
    [{ APP_ID: 'abc' }, /^APP_ID must be/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of/],
    [{ DATABASE_URL: 'mysql://x' }, /^DATABASE_URL must start with postgres/],
  ])('%o is refused by its name', (env, message) => {
    expect(failure(env as Record<string, string>)).toMatch(message);
  });
});
