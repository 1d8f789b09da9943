/** A cookie whose text nobody but Adjutant can have made, good for half a day. Nothing is stored. */
import { createHmac, hkdfSync } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { LinkKey } from '../jobs/links.ts';
import { isSame } from './is-same.ts';

const HOURS = 12;

export interface SignedCookieOptions {
  readonly name: string;
  readonly key: LinkKey;
  /** Another one ends all sessions. */
  readonly secret: string;
  readonly sameSite: 'Lax' | 'Strict';
  /** Path of the cookie. */
  readonly root: string;
  /** Whether people come by https. */
  readonly secure: boolean;
}

export interface SignedCookie {
  /** The text that was set; undefined where there is none, or it is not ours, or its time is over. */
  read(context: Context): string | undefined;
  /** @param text of letters, digits and `.-_` */
  set(context: Context, text: string): void;
  clear(context: Context): void;
}

export function createSignedCookie(options: SignedCookieOptions): SignedCookie {
  const { name, key, secret, sameSite, root, secure } = options;
  // A key for each cookie: the text of one is worth nothing in another.
  const ownKey = Buffer.from(hkdfSync('sha256', key, secret, `adjutant ${name}`, 32));
  const signed = (text: string) => createHmac('sha256', ownKey).update(text).digest('base64url');
  const place = { path: root === '' ? '/' : root, httpOnly: true, secure, sameSite } as const;
  return {
    read(context) {
      const [, dated = '', text = '', expires = '', signature = ''] =
        /^(([\w.-]{1,200})\.(\d{1,15}))\.([\w-]{43})$/.exec(getCookie(context, name) ?? '') ?? [];
      return isSame(signature, signed(dated)) && Number(expires) > Date.now() ? text : undefined;
    },
    set(context, text) {
      const dated = `${text}.${Date.now() + HOURS * 3_600_000}`;
      setCookie(context, name, `${dated}.${signed(dated)}`, { ...place, maxAge: HOURS * 3600 });
    },
    clear(context) {
      setCookie(context, name, '', { ...place, maxAge: 0 });
    },
  };
}
