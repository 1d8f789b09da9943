/** Who has the administrator token may see the dashboard. A session is a signed cookie; nothing is stored. */
import { createHmac, hkdfSync } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { LinkKey } from '../jobs/links.ts';
import { isSame } from './is-same.ts';

const COOKIE = 'adjutant_admin';
const HOURS = 12;

export interface AdministratorOptions {
  readonly token: string;
  readonly key: LinkKey;
  /** Path of the cookie. */
  readonly root: string;
  /** Whether people come by https. */
  readonly secure: boolean;
}

export interface Administrator {
  isSignedIn(context: Context): boolean;
  /** Whether the token is right; the answer then carries a session. */
  signIn(context: Context, token: string): boolean;
  signOut(context: Context): void;
}

export function createAdministrator({ token, key, root, secure }: AdministratorOptions): Administrator {
  // Another token ends the sessions of this one.
  const sessionKey = Buffer.from(hkdfSync('sha256', key, token, 'adjutant administrator', 32));
  const signed = (expires: string) => createHmac('sha256', sessionKey).update(expires).digest('base64url');
  const options = { path: root === '' ? '/' : root, httpOnly: true, secure, sameSite: 'Strict' } as const;
  return {
    isSignedIn(context) {
      const [expires = '', signature = ''] = (getCookie(context, COOKIE) ?? '').split('.');
      return isSame(signature, signed(expires)) && Number(expires) > Date.now();
    },
    signIn(context, given) {
      if (!isSame(given, token)) return false;
      const expires = String(Date.now() + HOURS * 3_600_000);
      setCookie(context, COOKIE, `${expires}.${signed(expires)}`, { ...options, maxAge: HOURS * 3600 });
      return true;
    },
    signOut(context) {
      setCookie(context, COOKIE, '', { ...options, maxAge: 0 });
    },
  };
}
