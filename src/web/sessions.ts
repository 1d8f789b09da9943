/** Who somebody is, once GitHub has said so. */
import type { Context } from 'hono';
import { createSignedCookie, type SignedCookieOptions } from './signed-cookie.ts';

/** A user of GitHub. The id is for good, a login may become somebody else's. */
export interface Person {
  readonly id: number;
  readonly login: string;
}

export interface SessionOptions extends Pick<SignedCookieOptions, 'key' | 'root' | 'secure'> {
  /** Another one ends all sessions. */
  readonly clientSecret: string;
}

export interface Sessions {
  /** Who asks; undefined where nobody is signed in. */
  person(context: Context): Person | undefined;
  begin(context: Context, person: Person): void;
  end(context: Context): void;
}

export function createSessions({ clientSecret, ...place }: SessionOptions): Sessions {
  const cookie = createSignedCookie({
    ...place,
    name: 'adjutant_session',
    secret: clientSecret,
    // Not Strict: people come by links from GitHub. What changes anything is a POST, with which Lax sends no cookie.
    sameSite: 'Lax',
  });
  return {
    person(context) {
      const [, id, login] = /^(\d{1,15})\.([\w-]{1,100})$/.exec(cookie.read(context) ?? '') ?? [];
      return id === undefined || login === undefined ? undefined : { id: Number(id), login };
    },
    begin: (context, { id, login }) => cookie.set(context, `${id}.${login}`),
    end: cookie.clear,
  };
}
