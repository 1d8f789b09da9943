import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StandInGitHub, startGitHub } from '../../../demo/github/index.ts';
import { appOf, clientOf, clientWith, jwt, refused, tokenFor } from './client.ts';

let github: StandInGitHub;
const at = { owner: 'owner', repo: 'tree' };

beforeAll(async () => {
  github = await startGitHub();
  await github.createRepository('owner/tree', { a: 'a\n' });
  await github.createRepository('owner/other', { a: 'a\n' });
});
afterAll(() => github.close());

const now = () => Math.floor(Date.now() / 1000);
const asApp = (token: string) => clientWith(github, token).request('GET /app');

describe('the App by its JSON web token', () => {
  it('is known by a signature of its key', async () => {
    expect((await asApp(jwt(github))).data).toMatchObject({ id: github.app.id, slug: 'adjutant' });
    expect((await appOf(github).octokit.rest.apps.getAuthenticated()).status).toBe(200);
  });

  it.each([
    [
      'a time of expiry beyond ten minutes',
      () => jwt(github, { exp: now() + 700 }),
      401,
      /too far in the future/,
    ],
    ['an expired one', () => jwt(github, { exp: now() - 1 }), 401, /exp/],
    ['one from the future', () => jwt(github, { iat: now() + 60 }), 401, /iat/],
    ['one of another App', () => jwt(github, { iss: 1 }), 404, /Integration not found/],
    ['another algorithm', () => jwt(github, {}, { alg: 'HS256', typ: 'JWT' }), 401, /could not be decoded/],
    ['a changed signature', () => `${jwt(github).slice(0, -6)}AAAAAA`, 401, /could not be decoded/],
    ['no token at all', () => '', 401, /Requires authentication/],
  ])('is refused with %s', async (_, token, status, message) => {
    const answer = await refused(asApp(token()));
    expect(answer.status).toBe(status);
    expect(answer.message).toMatch(message);
  });

  it('may not ask what an installation asks, nor the other way round', async () => {
    expect((await refused(clientWith(github, jwt(github)).rest.repos.get(at))).status).toBe(401);
    expect((await refused(asApp(await tokenFor(github)))).message).toMatch(/JSON web token/);
  });
});

describe('an installation token', () => {
  it('starts with ghs_ and has no fixed length', async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, () => tokenFor(github)));
    expect(tokens.every((token) => /^ghs_\w+$/.test(token))).toBe(true);
    expect(new Set(tokens.map((token) => token.length)).size).toBeGreaterThan(1);
  });

  it('opens every repository of the installation, or those that it is narrowed to', async () => {
    expect((await (await clientOf(github)).rest.repos.get(at)).data.full_name).toBe('owner/tree');
    const narrow = clientWith(github, await tokenFor(github, { repositories: ['tree'] }));
    expect((await narrow.rest.apps.listReposAccessibleToInstallation()).data.total_count).toBe(1);
    expect((await refused(narrow.rest.repos.get({ ...at, repo: 'other' }))).status).toBe(404);
  });

  it('carries the permissions that it is narrowed to', async () => {
    const narrow = clientWith(github, await tokenFor(github, { permissions: { contents: 'read' } }));
    expect((await narrow.rest.repos.getContent({ ...at, path: 'a' })).status).toBe(200);
    expect(await refused(narrow.rest.pulls.list(at))).toMatchObject({
      status: 403,
      message: 'Resource not accessible by integration',
    });
  });

  it('is not issued beyond what the installation has', async () => {
    expect((await refused(tokenFor(github, { permissions: { contents: 'write' } }))).status).toBe(422);
    expect((await refused(tokenFor(github, { repositories: ['unknown'] }))).status).toBe(422);
  });

  it('ends: revoked, expired, or with the installation suspended', async () => {
    const token = await tokenFor(github);
    await clientWith(github, token).rest.apps.revokeInstallationAccessToken();
    expect((await refused(clientWith(github, token).rest.repos.get(at))).message).toBe('Bad credentials');

    const expired = clientWith(github, await tokenFor(github));
    expect((await expired.rest.repos.get(at)).status).toBe(200);
    github.expireTokens();
    expect((await refused(expired.rest.repos.get(at))).status).toBe(401);

    const suspended = clientWith(github, await tokenFor(github));
    await github.announceInstalled('suspend');
    expect((await refused(suspended.rest.repos.get(at))).status).toBe(403);
    expect((await refused(tokenFor(github))).status).toBe(403);
    await github.announceInstalled('unsuspend');
    expect((await suspended.rest.repos.get(at)).status).toBe(200);
  });
});
