/** Sign-in with GitHub in the App as it is run, against the stand-in: who sees what, and what stays of it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Octokit } from 'octokit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AppProcess, startApp } from '../../demo/app-process.ts';
import { type Repository, type StandInGitHub, startGitHub } from '../../demo/github/index.ts';
import { examineSignIn } from '../../src/app/doctor/sign-in.ts';
import type { GitHubClient } from '../../src/app/github/client.ts';
import { createMayRead } from '../../src/app/github/identity.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { broken, driver, files } from './kernel-sample.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SIGN_IN = { ADJUTANT_SIGN_IN: 'on', ADJUTANT_ADMINISTRATORS: 'Root', ADJUTANT_ADMIN_TOKEN: '' };
const dir = mkdtempSync(join(tmpdir(), 'adjutant-sign-in-'));
let github: StandInGitHub;
let app: AppProcess;
let repository: Repository;
/** The page to which "Details" of a check run leads. */
let page: string;
/** Every code and state that went through a browser. */
const passed: string[] = [];

beforeAll(async () => {
  github = await startGitHub();
  repository = await github.createRepository('torvalds/linux', files, { private: true });
  github.setRole(repository, 'mara', 'read');
  github.setRole(repository, 'tova', undefined);
  github.setRole(repository, 'root', undefined);
  app = await startApp({ ...github.env, ...SIGN_IN, LOG_LEVEL: 'trace' }, dir);
  github.callbackUrls.push(`${app.url}/sign-in/callback`);
  github.connect(app.url);
  const pull = await github.createPullRequest(repository, { commits: [driver(broken)] });
  const ended = () => github.checkRuns(pull).filter(({ status }) => status === 'completed').length === 3;
  await github.waitFor(ended, 60_000);
  page = github.checkRuns(pull)[0]?.detailsUrl ?? '';
});
afterAll(async () => {
  await app?.stop();
  await github?.close();
  rmSync(dir, { recursive: true, force: true });
});

/** As a browser does: follows a redirect, and keeps the cookies of the service. */
async function signIn(login: string, to: string): Promise<Response> {
  const cookies = new Map<string, string>();
  const step = async (address: string): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, { redirect: 'manual', headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    return response;
  };
  const next = (response: Response, base: string) =>
    new URL(response.headers.get('location') ?? 'none:', base).href;
  const first = await step(`${app.url}/sign-in?to=${encodeURIComponent(to)}`);
  const asked = await step(`${next(first, app.url)}&as=${login}`);
  const back = next(asked, github.url);
  for (const name of ['code', 'state']) passed.push(new URL(back).searchParams.get(name) ?? 'none');
  const signedIn = await step(back);
  return signedIn.status === 303 ? step(next(signedIn, app.url)) : signedIn;
}

const path = () => `${new URL(page).pathname}`;

test('the page of a private repository opens for who may read it, and for nobody else', async () => {
  expect((await fetch(page)).status).toBe(401);
  const mara = await signIn('mara', path());
  expect(mara.status).toBe(200);
  expect(await mara.text()).toContain('port is dereferenced on a path');
  expect((await signIn('tova', path())).status).toBe(404);
});

test('the dashboard opens for the administrator that is named', async () => {
  expect((await signIn('mara', '/dashboard')).status).toBe(401);
  const root = await signIn('root', '/dashboard');
  expect(root.status).toBe(200);
  expect(await root.text()).toContain('torvalds/linux');
});

test('no token of a user is left, and nothing of a sign-in is in what was written', async () => {
  await signIn('mara', path());
  expect(github.violations).toEqual([]);
  expect(github.userTokens()).toEqual([]);
  const issued = github.secrets().filter((secret) => secret.startsWith('ghu_'));
  expect(issued).not.toEqual([]);
  const written = (readdirSync(dir, { recursive: true }) as string[])
    .map((name) => join(dir, name))
    .filter((name) => statSync(name).isFile())
    .map((name) => readFileSync(name, 'latin1'));
  const secrets = [...issued, ...passed, github.env.GITHUB_CLIENT_SECRET];
  expect(app.output()).toContain('somebody signed in');
  expect(app.output()).toContain('/sign-in/callback?code=[secret]&state=[secret]');
  for (const text of [app.output(), ...written])
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
});

test.each([
  ['read', 11, true],
  ['admin', 11, true],
  ['none', 11, false],
  // The login of before is somebody else's now.
  ['read', 12, false],
])('permission %j of user %i', async (permission, id, expected) => {
  const fetch = async () => Response.json({ permission, role_name: permission, user: { id } });
  const open = () => new Octokit({ request: { fetch } });
  const mayRead = createMayRead({ open } as unknown as GitHubClient);
  const place = { installation: 1, id: 2, owner: 'torvalds', name: 'linux' };
  expect(await mayRead(place, { id: 11, login: 'mara' })).toBe(expected);
});

test('the doctor knows right credentials from wrong ones', async () => {
  const right = { ...github.env, ...SIGN_IN, ADJUTANT_URL: 'https://adjutant.example.com' };
  const { GITHUB_CLIENT_ID: id } = github.env;
  const look = async (env: Record<string, string>, clientId = id) =>
    (await examineSignIn(readEnvironment(env), clientId))[0];
  const says = expect.stringContaining(
    'https://adjutant.example.com/sign-in/callback must be a callback URL',
  );
  expect(await look(right)).toMatchObject({ state: 'good', says });
  expect(await look({ ...right, ADJUTANT_URL: app.url })).toMatchObject({ state: 'doubtful' });
  expect(await look({ ...right, GITHUB_CLIENT_SECRET: 'another' })).toMatchObject({
    state: 'bad',
    says: expect.stringContaining('incorrect_client_credentials'),
  });
  expect(await look(right, 'Iv1.another')).toMatchObject({ state: 'bad' });
  expect(await look({ ...right, GHE_HOST: '127.0.0.1:1' })).toMatchObject({ state: 'bad' });
  expect(await look(github.env)).toMatchObject({ state: 'good', says: expect.stringMatching(/^off/) });
});
