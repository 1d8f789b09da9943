/** Sign-in at the stand-in is as strict as GitHub's: each step is refused where one of its parts is wrong. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StandInGitHub, startGitHub } from '../../../demo/github/index.ts';

const CALLBACK = 'https://adjutant.example.com/sign-in/callback';
const VERIFIER = 'v'.repeat(43);
const challenge = createHash('sha256').update(VERIFIER).digest('base64url');

let github: StandInGitHub;
beforeAll(async () => {
  github = await startGitHub();
  github.callbackUrls.push(CALLBACK);
});
afterAll(() => github.close());

function authorize(changes: Record<string, string> = {}): Promise<Response> {
  const query = new URLSearchParams({
    client_id: github.env.GITHUB_CLIENT_ID,
    redirect_uri: CALLBACK,
    state: 'a state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    as: 'maintainer',
    ...changes,
  });
  return fetch(`${github.url}/login/oauth/authorize?${query}`, { redirect: 'manual' });
}

async function code(): Promise<string> {
  const back = new URL((await authorize()).headers.get('location') ?? 'none:');
  expect(back.searchParams.get('state')).toBe('a state');
  return back.searchParams.get('code') ?? 'none';
}

async function exchange(fields: Record<string, string>): Promise<Record<string, unknown>> {
  const { GITHUB_CLIENT_ID: client_id, GITHUB_CLIENT_SECRET: client_secret } = github.env;
  const asked = { client_id, client_secret, redirect_uri: CALLBACK, code_verifier: VERIFIER, ...fields };
  const response = await fetch(`${github.url}/login/oauth/access_token`, {
    method: 'POST',
    body: new URLSearchParams(asked),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

const user = (token: string) =>
  fetch(`${github.url}/api/v3/user`, { headers: { authorization: `token ${token}` } });

test('a code becomes a token once, which tells whose it is until it is revoked', async () => {
  const given = await code();
  const token = String((await exchange({ code: given })).access_token);
  expect(await (await user(token)).json()).toMatchObject({ login: 'maintainer' });
  expect(await exchange({ code: given })).toMatchObject({ error: 'bad_verification_code' });
  const { GITHUB_CLIENT_ID: id, GITHUB_CLIENT_SECRET: secret } = github.env;
  const revoke = (password: string) =>
    fetch(`${github.url}/api/v3/applications/${id}/token`, {
      method: 'DELETE',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}` },
      body: JSON.stringify({ access_token: token }),
    });
  expect((await revoke('another')).status).toBe(401);
  expect((await revoke(secret)).status).toBe(204);
  expect((await user(token)).status).toBe(401);
});

test.each([
  [{ code_verifier: 'w'.repeat(43) }, 'bad_verification_code'],
  [{ redirect_uri: `${CALLBACK}/other` }, 'redirect_uri_mismatch'],
  [{ client_secret: 'another' }, 'incorrect_client_credentials'],
  [{ code: 'made up' }, 'bad_verification_code'],
])('with %o there is no token', async (wrong, error) => {
  expect(await exchange({ code: await code(), ...wrong })).toMatchObject({ error });
});

test('nobody is sent to an address that is not registered, or for an App that is not there', async () => {
  const elsewhere = await authorize({ redirect_uri: 'https://evil.example/' });
  expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([200, null]);
  expect((await authorize({ client_id: 'another' })).status).toBe(404);
});

test("a user's token reads no repository, and an installation's is no user's", async () => {
  const token = String((await exchange({ code: await code() })).access_token);
  await github.createRepository('maintainer/linux', { Makefile: 'all:\n' });
  const headers = { authorization: `token ${token}` };
  expect((await fetch(`${github.url}/api/v3/repos/maintainer/linux`, { headers })).status).toBe(401);
  expect((await user('ghs_1_madeup')).status).toBe(401);
});

test('a flow without a state or PKCE is a violation', async () => {
  await authorize({ code_challenge_method: 'plain' });
  expect(github.violations.splice(0)).toEqual([expect.stringContaining('code_challenge')]);
});
