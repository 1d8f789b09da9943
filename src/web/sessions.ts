/** Who somebody is, once GitHub has said so. A session is a signed cookie; nothing is stored. */
import { createHmac, hkdfSync } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { LinkKey } from '../jobs/links.ts';
import { isSame } from './is-same.ts';

const COOKIE = 'adjutant_session';
const HOURS = 12;

/** A user of GitHub. The id is for good, a login may become somebody else's. */
export interface Person {
  readonly id: number;
  readonly login: string;
}

export interface SessionOptions {
  readonly key: LinkKey;
  /** Another one ends all sessions. */
  readonly clientSecret: string;
  /** Path of the cookie. */
  readonly root: string;
  /** Whether people come by https. */
  readonly secure: boolean;
}

export interface Sessions {
  /** Who asks; undefined where nobody is signed in. */
  person(context: Context): Person | undefined;
  begin(context: Context, person: Person): void;
  end(context: Context): void;
}

export function createSessions({ key, clientSecret, root, secure }: SessionOptions): Sessions {
  const sessionKey = Buffer.from(hkdfSync('sha256', key, clientSecret, 'adjutant session', 32));
  const signed = (text: string) => createHmac('sha256', sessionKey).update(text).digest('base64url');
  // Not Strict: people come by links from GitHub. What changes anything is a POST, with which Lax sends no cookie.
  const options = { path: root === '' ? '/' : root, httpOnly: true, secure, sameSite: 'Lax' } as const;
  return {
    person(context) {
      const [, text = '', id = '', login = '', expires = '', signature = ''] =
        /^((\d{1,15})\.([\w-]{1,100})\.(\d{1,15}))\.([\w-]{43})$/.exec(getCookie(context, COOKIE) ?? '') ??
        [];
      if (!isSame(signature, signed(text)) || Number(expires) <= Date.now()) return undefined;
      return { id: Number(id), login };
    },
    begin(context, { id, login }) {
      const text = `${id}.${login}.${Date.now() + HOURS * 3_600_000}`;
      setCookie(context, COOKIE, `${text}.${signed(text)}`, { ...options, maxAge: HOURS * 3600 });
    },
    end(context) {
      setCookie(context, COOKIE, '', { ...options, maxAge: 0 });
    },
  };
}
