/**
 * Sign-in with GitHub: OAuth's web flow of the GitHub App, with PKCE. `/sign-in` leads to GitHub, which sends people back to
 * `/sign-in/callback`. Nothing is stored: a cookie ties the flow to the browser, and `state`, which GitHub hands back, is
 * signed together with it.
 */
import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import type { LinkKey } from '../jobs/links.ts';
import type { Log } from '../jobs/services.ts';
import { isSame } from './is-same.ts';
import { type Markup, notice, page } from './layout.ts';
import type { Person, Sessions } from './sessions.ts';

/** What sign-in asks of GitHub; app/ answers. */
export interface GitHubIdentity {
  /** Where people confirm; `challenge` is PKCE's, of S256. */
  authorizeUrl(flow: {
    readonly redirectUri: string;
    readonly state: string;
    readonly challenge: string;
  }): string;
  /** Whom a code is from; undefined where GitHub does not take it. Keeps no token. */
  identify(flow: {
    readonly redirectUri: string;
    readonly code: string;
    readonly verifier: string;
  }): Promise<Person | undefined>;
}

export interface SignInOptions {
  readonly identity: GitHubIdentity;
  readonly sessions: Sessions;
  readonly key: LinkKey;
  /** `https://adjutant.example.com`, without a slash at its end. */
  readonly publicUrl: string;
  readonly root: string;
  readonly secure: boolean;
  readonly log: Log;
}

const COOKIE = 'adjutant_sign_in';
/** Seconds in which somebody confirms on GitHub; its codes are good for as long. */
const CONFIRM_SECONDS = 600;
/** Pages to which sign-in leads back, below the root: no address of another site is one. */
const WANTED = /^\/(?:repositories\/[1-9]|dashboard$)[\w/.?=&%+*-]*$/;
const LONGEST = 2000;

export function createSignIn(options: SignInOptions): Hono {
  const { identity, sessions, root, secure, log } = options;
  const redirectUri = `${options.publicUrl}/sign-in/callback`;
  const flowKey = Buffer.from(hkdfSync('sha256', options.key, '', 'adjutant sign-in', 32));
  const mac = (...parts: readonly string[]) =>
    createHmac('sha256', flowKey).update(parts.join('\n')).digest('base64url');
  const verifierOf = (browser: string, state: string) => mac('verifier', browser, state);
  const browserOf = (context: Context) => /^[\w-]{22}$/.exec(getCookie(context, COOKIE) ?? '')?.[0];
  const app = new Hono();

  app.get('/sign-in', (context) => {
    const to = context.req.query('to') ?? '';
    if (!isWanted(to)) return context.html(notice(root, 'There is no such page', 'Nothing leads here.'), 404);
    // Of a flow in another tab too: each has a state of its own.
    const browser = browserOf(context) ?? randomBytes(16).toString('base64url');
    const cookie = { path: `${root}/sign-in`, httpOnly: true, secure, sameSite: 'Lax' } as const;
    setCookie(context, COOKIE, browser, { ...cookie, maxAge: CONFIRM_SECONDS });
    const expires = Math.ceil(Date.now() / 1000) + CONFIRM_SECONDS;
    const text = [randomBytes(16).toString('base64url'), expires, Buffer.from(to).toString('base64url')].join(
      '.',
    );
    const state = `${text}.${mac('state', browser, text)}`;
    const challenge = createHash('sha256').update(verifierOf(browser, state)).digest('base64url');
    return context.redirect(identity.authorizeUrl({ redirectUri, state, challenge }), 302);
  });

  app.get('/sign-in/callback', async (context) => {
    const { code = '', state = '', error = '' } = context.req.query();
    const [, text = '', expires = '', wanted = '', signature = ''] =
      /^([\w-]{22}\.(\d{1,12})\.([\w-]*))\.([\w-]{43})$/.exec(state) ?? [];
    const browser = browserOf(context);
    if (browser === undefined || !isSame(signature, mac('state', browser, text)))
      return context.html(
        failed(root, undefined, 'It was not begun in this browser, or cookies are off.'),
        400,
      );
    const to = Buffer.from(wanted, 'base64url').toString('utf8');
    const retry = signInHref(root, to);
    if (Number(expires) * 1000 <= Date.now())
      return context.html(failed(root, retry, 'It took longer than ten minutes.'), 400);
    if (error !== '' || code === '')
      return context.html(failed(root, retry, 'GitHub did not confirm it, or you declined.'), 403);
    const person = await identity.identify({ redirectUri, code, verifier: verifierOf(browser, state) });
    if (person === undefined)
      return context.html(
        failed(root, retry, 'GitHub did not take its own code: it is good for one time.'),
        403,
      );
    sessions.begin(context, person);
    log.info({ login: person.login }, 'somebody signed in');
    return context.redirect(`${root}${to}`, 303);
  });

  app.post('/sign-out', (context) => {
    if (isFromElsewhere(context))
      return context.html(notice(root, 'Not from here', 'Sign out on a page of Adjutant.'), 403);
    sessions.end(context);
    return context.html(
      notice(root, 'You are signed out', 'GitHub still knows you there: sign out of it by itself.'),
    );
  });
  return app;
}

/** Whether a browser says that a form stands on another site. */
export function isFromElsewhere(context: Context): boolean {
  const site = context.req.header('sec-fetch-site');
  return site !== undefined && site !== 'same-origin';
}

function isWanted(to: string): boolean {
  return to.length <= LONGEST && WANTED.test(to);
}

/** Where sign-in begins that leads back to a path below the root. */
function signInHref(root: string, to: string): string {
  return `${root}/sign-in?to=${encodeURIComponent(to)}`;
}

/** The path that a request asks for, to come back to; without the token of its link, which sign-in replaces. */
export function wantedPath(context: Context): string {
  const url = new URL(context.req.url);
  url.searchParams.delete('token');
  const path = `${url.pathname}${url.search}`;
  return isWanted(path) ? path : '/dashboard';
}

/** What who is not signed in sees of a page. */
export function signInFirst(root: string, to: string): Markup {
  return page({
    root,
    title: 'Sign in',
    trail: [{ text: 'Sign in' }],
    body: html`<section class="notice"><h1>Sign in to see this page</h1>
<p>It shows code of a repository. Who may read the repository on GitHub may see it here.</p>
<p>${signInButton(root, to)}</p>
<p class="small">GitHub tells Adjutant your name, and nothing else is asked or kept.</p></section>`,
  });
}

export function signInButton(root: string, to: string): Markup {
  return html`<a class="button" href="${signInHref(root, to)}">Sign in with GitHub</a>`;
}

function failed(root: string, retry: string | undefined, why: string): Markup {
  return page({
    root,
    title: 'Sign-in did not work',
    trail: [{ text: 'Sign in' }],
    body: html`<section class="notice"><h1>Sign-in did not work</h1><p>${why}</p>
<p>${retry === undefined ? 'Open the page that you wanted once more.' : html`<a class="button" href="${retry}">Try again</a>`}</p></section>`,
  });
}
