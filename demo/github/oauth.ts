/**
 * OAuth's web flow of a GitHub App: `/login/oauth/authorize`, where somebody says who they are by a click instead of a
 * password, and `/login/oauth/access_token`. Source: "Generating a user access token for a GitHub App".
 */
import { createHash, randomBytes } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { Answer } from './call.ts';
import { badCredentials, notFound } from './errors.ts';
import type { Hub } from './hub.ts';
import { STYLE } from './page/style.ts';
import { type User, userNamed } from './state.ts';

/** What GitHub gave out for somebody to change into a token: once, within ten minutes. */
export interface Code {
  readonly user: User;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly expiresAt: number;
}

/** A user access token of the App. */
export interface UserToken {
  readonly value: string;
  readonly user: User;
  readonly expiresAt: number;
}

const CODE_LIFE = 600_000;
const TOKEN_LIFE = 8 * 3_600_000;

type Fields = Readonly<Record<string, string | undefined>>;

/** The page that asks who somebody is; with `as` the way back. GitHub takes no address that the App did not register. */
export function authorize(hub: Hub, query: Fields): Answer {
  const { app } = hub.state;
  if (query.client_id !== app.clientId) throw notFound();
  const redirectUri = query.redirect_uri ?? app.callbackUrls[0] ?? '';
  if (!app.callbackUrls.includes(redirectUri))
    return shown('Be careful!', 'The redirect_uri is not associated with this application.', []);
  if (query.state === undefined || query.code_challenge_method !== 'S256' || !query.code_challenge)
    hub.violations.push('authorize: without state, or without a code_challenge of S256');
  const back = (fields: Record<string, string>): Answer => {
    const location = new URL(redirectUri);
    for (const [name, value] of Object.entries({ ...fields, state: query.state ?? '' }))
      location.searchParams.set(name, value);
    return { status: 302, body: '', type: 'text/html; charset=utf-8', headers: { location: location.href } };
  };
  if (query.as === '') {
    const description = 'The user has denied your application access.';
    return back({ error: 'access_denied', error_description: description });
  }
  if (query.as !== undefined) {
    const code = randomBytes(10).toString('hex');
    const user = userNamed(hub.state, query.as);
    const expiresAt = Date.now() + CODE_LIFE;
    hub.codes.set(code, { user, redirectUri, challenge: query.code_challenge ?? '', expiresAt });
    return back({ code });
  }
  const choices = [...hub.state.users.values()]
    .filter(({ type }) => type === 'User')
    .map(({ login }) => login);
  const address = (as: string) => `?${new URLSearchParams({ ...(query as Record<string, string>), as })}`;
  return shown(`Authorize ${app.slug}`, 'Who are you?', [
    ...choices.map((login) => [login, address(login)] as const),
    ['Cancel', address('')] as const,
  ]);
}

function shown(
  title: string,
  text: string,
  links: readonly (readonly [text: string, href: string])[],
): Answer {
  const body = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${raw(STYLE)}</style></head>
<body><main><h1>${title}</h1><p>${text}</p><ul>${links.map(([name, href]) => html`<li><a href="${href}">${name}</a></li>`)}</ul></main></body></html>`;
  return { status: 200, body: String(body), type: 'text/html; charset=utf-8' };
}

/** A token for a code. What is wrong is said with status 200, as GitHub does. */
export function exchange(hub: Hub, fields: Fields): Answer {
  const { app } = hub.state;
  const wrong = (error: string, error_description: string): Answer => ({
    status: 200,
    body: { error, error_description, error_uri: 'https://docs.github.com/apps/oauth' },
  });
  if (fields.client_id !== app.clientId || fields.client_secret !== app.clientSecret)
    return wrong('incorrect_client_credentials', 'The client_id and/or client_secret passed are incorrect.');
  const code = hub.codes.get(fields.code ?? '');
  hub.codes.delete(fields.code ?? '');
  const challenge = createHash('sha256')
    .update(fields.code_verifier ?? '')
    .digest('base64url');
  if (code === undefined || code.expiresAt <= Date.now() || code.challenge !== challenge)
    return wrong('bad_verification_code', 'The code passed is incorrect or expired.');
  if (fields.redirect_uri !== code.redirectUri)
    return wrong('redirect_uri_mismatch', 'The redirect_uri MUST match the registered callback URL.');
  const value = `ghu_${randomBytes(27).toString('base64url').replaceAll(/[-_]/g, 'x')}`;
  hub.userTokens.set(value, { value, user: code.user, expiresAt: Date.now() + TOKEN_LIFE });
  hub.issued.push(value);
  return {
    status: 200,
    body: {
      access_token: value,
      expires_in: TOKEN_LIFE / 1000,
      refresh_token: `ghr_${randomBytes(40).toString('hex')}`,
      refresh_token_expires_in: 15_811_200,
      scope: '',
      token_type: 'bearer',
    },
  };
}

export function findUserToken(hub: Hub, value: string): UserToken {
  const token = hub.userTokens.get(value);
  if (token === undefined || token.expiresAt <= Date.now()) throw badCredentials();
  return token;
}
