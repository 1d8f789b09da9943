/** With GitHub sign-in: pages ask who somebody is, and GitHub whether they may read the repository. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLinks } from '../../src/jobs/links.ts';
import { startQueue } from '../../src/store/queue.ts';
import { forAMinute } from '../../src/web/readers.ts';
import type { Person } from '../../src/web/sessions.ts';
import { ADMIN, FIRST, KEY, keptReviews, NUMBER, pagesOn, REPOSITORY } from './kept-reviews.ts';

const mara = { id: 11, login: 'mara' };
const PUBLIC = 'https://adjutant.example.com';
const pull = { repository: REPOSITORY, number: NUMBER };
const path = `/repositories/${REPOSITORY.id}/pulls/${NUMBER}`;

let kept: Awaited<ReturnType<typeof keptReviews>>;
let queue: Awaited<ReturnType<typeof startQueue>>;
let pages: ReturnType<typeof pagesOn>;
let mayRead = vi.fn(async (_: unknown, person: Person) => person.login === 'mara');
/** Who confirms on GitHub, and the codes that were given out with their challenges. */
let person: Person | undefined = mara;
let challenges = new Map<string, string>();

const identity = {
  authorizeUrl: (flow: { redirectUri: string; state: string; challenge: string }) =>
    `https://github.example/authorize?${new URLSearchParams(flow)}`,
  async identify({ code, verifier, redirectUri }: { code: string; verifier: string; redirectUri: string }) {
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const isRight = challenges.get(code) === challenge && redirectUri === `${PUBLIC}/sign-in/callback`;
    challenges.delete(code);
    return isRight ? person : undefined;
  },
};

beforeAll(async () => {
  kept = await keptReviews();
  queue = await startQueue(kept.database, (error) => console.error(error));
});
afterAll(async () => {
  await queue.stop(0);
  await kept.close();
});
beforeEach(() => {
  mayRead = vi.fn(async (_, { login }) => login === 'mara');
  person = mara;
  challenges = new Map();
  pages = withSignIn();
});

function withSignIn(changes: { clientSecret?: string; administrators?: string[]; adminToken?: string } = {}) {
  const { clientSecret = 'client secret', administrators = ['root'], adminToken } = changes;
  const signIn = { identity, mayRead, clientSecret, publicUrl: PUBLIC, administrators };
  return pagesOn(kept.database, { queue, signIn, adminToken, secure: true });
}

const cookieOf = (response: Response) => (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';

/** Goes to GitHub: what the browser keeps, and what GitHub is told. */
async function begin(to: string) {
  const response = await pages.request(`/sign-in?to=${encodeURIComponent(to)}`);
  const location = new URL(response.headers.get('location') ?? 'none:');
  return { response, cookie: cookieOf(response), sent: location.searchParams };
}

/** Comes back from GitHub with a code for it. */
function comeBack(sent: URLSearchParams, cookie: string, code = 'code') {
  challenges.set(code, sent.get('challenge') ?? '');
  const query = new URLSearchParams({ code, state: sent.get('state') ?? '' });
  return pages.request(`/sign-in/callback?${query}`, { headers: { cookie } });
}

/** The cookie of a session of somebody. */
async function session(who: Person): Promise<string> {
  person = who;
  const { cookie, sent } = await begin(path);
  return cookieOf(await comeBack(sent, cookie));
}

describe('a page of a repository', () => {
  const addresses = [
    path,
    `${path}/findings/${FIRST}/0`,
    `/repositories/${REPOSITORY.id}/locks`,
    createLinks('', KEY, 1).finding(pull, FIRST, 0),
  ];

  test.each(addresses)('%s asks who is not signed in, and does not ask GitHub', async (address) => {
    for (const cookie of ['', 'adjutant_session=11.mara.99999999999999.x']) {
      const response = await pages.request(address, { headers: { cookie } });
      expect(response.status).toBe(401);
      const text = await response.text();
      expect(text).toContain('Sign in with GitHub');
      expect(text).not.toMatch(/line_12|struct x|token=/);
    }
    expect(mayRead).not.toHaveBeenCalled();
  });

  test.each(addresses)('%s opens for who may read the repository', async (address) => {
    const response = await pages.request(address, { headers: { cookie: await session(mara) } });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain('<span>mara</span>');
    expect(text).not.toContain('token=');
    expect(mayRead).toHaveBeenCalledWith(expect.objectContaining(REPOSITORY), mara);
  });

  test.each(addresses)('%s is not there for who may not, as if there were none', async (address) => {
    const cookie = await session({ id: 12, login: 'tova' });
    const known = await pages.request(address, { headers: { cookie } });
    const unknown = await pages.request('/repositories/99/pulls/1', { headers: { cookie } });
    expect([known.status, unknown.status]).toEqual([404, 404]);
    expect(await known.text()).toBe(await unknown.text());
  });

  test('is closed, and says why, while GitHub does not answer', async () => {
    mayRead.mockRejectedValueOnce(new Error('no'));
    const headers = { cookie: await session(mara) };
    expect((await pages.request(path, { headers })).status).toBe(503);
    expect((await pages.request(path, { headers })).status).toBe(200);
  });
});

describe('a session', () => {
  test('is seen by no script, and is sent by other sites with links alone', async () => {
    const { cookie, sent } = await begin(path);
    const set = (await comeBack(sent, cookie)).headers.get('set-cookie') ?? '';
    expect(set).toMatch(
      /^adjutant_session=11\.mara\.\d+\.[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  test('ends after twelve hours, with another client secret, and where a letter of it is changed', async () => {
    const cookie = await session(mara);
    const status = async (by: ReturnType<typeof pagesOn>, value: string) =>
      (await by.request(path, { headers: { cookie: value } })).status;
    expect(await status(pages, cookie)).toBe(200);
    expect(await status(withSignIn({ clientSecret: 'another' }), cookie)).toBe(401);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 12 * 3_600_000 + 1 });
    expect(await status(pages, cookie)).toBe(401);
    vi.useRealTimers();
    await fc.assert(
      fc.asyncProperty(fc.nat(cookie.length - 1), fc.constantFrom(...'0aA.-_1'), async (at, letter) => {
        const changed = cookie.slice(0, at) + letter + cookie.slice(at + 1);
        // The last letter of a signature has bits that count for nothing.
        if (changed === cookie) return;
        expect(await status(pages, changed)).toBe(401);
      }),
      { numRuns: 50 },
    );
  });

  test('ends when somebody signs out, and not by a form of another site', async () => {
    const cookie = await session(mara);
    const out = (site: string) =>
      pages.request('/sign-out', { method: 'POST', headers: { cookie, 'sec-fetch-site': site } });
    expect((await out('cross-site')).headers.get('set-cookie')).toBeNull();
    expect((await out('same-origin')).headers.get('set-cookie')).toMatch(/^adjutant_session=; Max-Age=0/);
  });
});

describe('the way to GitHub and back', () => {
  test('ends at the page that was asked for, without the token of its link', async () => {
    const asked = createLinks('', KEY, 1).locks(REPOSITORY.id, 'struct x.a');
    const text = await (await pages.request(asked)).text();
    const to = decodeURIComponent(/href="\/sign-in\?to=([^"]+)"/.exec(text)?.[1] ?? '');
    expect(to).toBe(`/repositories/${REPOSITORY.id}/locks?lock=struct+x.a`);
    const { cookie, sent, response } = await begin(to);
    expect(response.headers.get('set-cookie')).toMatch(/Path=\/sign-in; HttpOnly; Secure; SameSite=Lax/);
    expect(sent.get('redirectUri')).toBe(`${PUBLIC}/sign-in/callback`);
    const back = await comeBack(sent, cookie);
    expect([back.status, back.headers.get('location')]).toEqual([303, to]);
  });

  test.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/repositories/../..//evil',
    '/healthz',
    '',
    '/repositories/1/\r\nx: y',
  ])('never leads to %j', async (to) => {
    const { response, cookie } = await begin(to);
    expect([response.status, cookie]).toEqual([404, '']);
  });

  test('of another browser, a changed one, or one without its cookie comes to nothing', async () => {
    const mine = await begin(path);
    const other = await begin(path);
    for (const cookie of ['', other.cookie]) {
      const back = await comeBack(mine.sent, cookie);
      expect([back.status, back.headers.get('set-cookie')]).toEqual([400, null]);
    }
    const changed = new URLSearchParams(mine.sent);
    changed.set('state', (mine.sent.get('state') ?? '').replace('.', 'x.'));
    expect((await comeBack(changed, mine.cookie)).status).toBe(400);
    // A code that was given to somebody else's flow does not fit this one's verifier.
    challenges.set('theirs', other.sent.get('challenge') ?? '');
    const query = new URLSearchParams({ code: 'theirs', state: mine.sent.get('state') ?? '' });
    const back = await pages.request(`/sign-in/callback?${query}`, { headers: { cookie: mine.cookie } });
    expect([back.status, back.headers.get('set-cookie')]).toEqual([403, null]);
  });

  test('works from two tabs at once', async () => {
    const first = await begin(path);
    const response = await pages.request('/sign-in?to=/dashboard', { headers: { cookie: first.cookie } });
    const second = new URL(response.headers.get('location') ?? '').searchParams;
    expect((await comeBack(second, cookieOf(response), 'b')).headers.get('location')).toBe('/dashboard');
    expect((await comeBack(first.sent, cookieOf(response), 'a')).headers.get('location')).toBe(path);
  });

  test('has ten minutes', async () => {
    const { cookie, sent } = await begin(path);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 602_000 });
    const back = await comeBack(sent, cookie);
    vi.useRealTimers();
    expect(back.status).toBe(400);
    expect(await back.text()).toContain('longer than ten minutes');
  });

  test('says that somebody declined, and offers to try again', async () => {
    const { cookie, sent } = await begin(path);
    const query = new URLSearchParams({ error: 'access_denied', state: sent.get('state') ?? '' });
    const back = await pages.request(`/sign-in/callback?${query}`, { headers: { cookie } });
    expect(back.status).toBe(403);
    expect(await back.text()).toContain(`href="/sign-in?to=${encodeURIComponent(path)}"`);
  });
});

describe('the dashboard', () => {
  test('opens for the administrators that are named, and for nobody else', async () => {
    const open = async (cookie: string, by = pages) => by.request('/dashboard', { headers: { cookie } });
    expect((await open('')).status).toBe(401);
    const tova = await open(await session({ id: 12, login: 'tova' }));
    expect(tova.status).toBe(401);
    expect(await tova.text()).toContain('tova is not among them');
    const root = await session({ id: 1, login: 'Root' });
    expect((await open(root)).status).toBe(200);
    // Without names there is none.
    expect((await open(root, withSignIn({ administrators: [] }))).status).toBe(404);
  });

  test('opens with the administrator token as before, where there is one', async () => {
    const both = withSignIn({ adminToken: ADMIN });
    const text = await (await both.request('/dashboard')).text();
    expect(text).toContain('Sign in with GitHub');
    expect(text).toContain('Administrator token');
    const body = new URLSearchParams({ token: ADMIN });
    const cookie = cookieOf(await both.request('/dashboard/sign-in', { method: 'POST', body }));
    expect((await both.request('/dashboard', { headers: { cookie } })).status).toBe(200);
    // It is no permission to read a repository.
    expect((await both.request(path, { headers: { cookie } })).status).toBe(401);
    expect(await (await pages.request('/dashboard')).text()).not.toContain('Administrator token');
  });

  test('retries for an administrator, not by a form of another site', async () => {
    const cookie = await session({ id: 1, login: 'root' });
    const press = (headers: Record<string, string>) =>
      pages.request('/dashboard/retry', { method: 'POST', body: new URLSearchParams({ job: 'x' }), headers });
    expect((await press({ cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(401);
    expect((await press({ cookie: await session(mara) })).status).toBe(401);
    expect((await press({ cookie })).status).toBe(303);
  });
});

test('GitHub is asked once a minute for each person and repository, and again at once where it did not answer', async () => {
  let time = 0;
  const ask = vi.fn(async () => true);
  const asked = forAMinute(ask, () => time);
  const repository = { ...REPOSITORY } as Parameters<typeof asked>[0];
  await Promise.all([asked(repository, mara), asked(repository, mara)]);
  expect(ask).toHaveBeenCalledTimes(1);
  await asked(repository, { id: 12, login: 'tova' });
  await asked({ ...repository, id: 8 }, mara);
  expect(ask).toHaveBeenCalledTimes(3);
  time = 60_000;
  ask.mockRejectedValueOnce(new Error('no'));
  await expect(asked(repository, mara)).rejects.toThrow('no');
  expect(await asked(repository, mara)).toBe(true);
  expect(ask).toHaveBeenCalledTimes(5);
});

test('without sign-in there is nothing of it', async () => {
  const plain = pagesOn(kept.database);
  for (const address of ['/sign-in?to=/dashboard', '/sign-in/callback', '/sign-out'])
    expect((await plain.request(address)).status).toBe(404);
});
