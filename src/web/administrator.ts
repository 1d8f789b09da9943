/** Who has the administrator token may see the dashboard. */
import type { Context } from 'hono';
import { isSame } from './is-same.ts';
import { createSignedCookie, type SignedCookieOptions } from './signed-cookie.ts';

const TEXT = 'administrator';

export interface AdministratorOptions extends Pick<SignedCookieOptions, 'key' | 'root' | 'secure'> {
  /** Another token ends the sessions of this one. */
  readonly token: string;
}

export interface Administrator {
  isSignedIn(context: Context): boolean;
  /** Whether the token is right; the answer then carries a session. */
  signIn(context: Context, token: string): boolean;
  signOut(context: Context): void;
}

export function createAdministrator({ token, ...place }: AdministratorOptions): Administrator {
  const cookie = createSignedCookie({
    ...place,
    name: 'adjutant_admin',
    secret: token,
    sameSite: 'Strict',
  });
  return {
    isSignedIn: (context) => cookie.read(context) === TEXT,
    signIn(context, given) {
      if (!isSame(given, token)) return false;
      cookie.set(context, TEXT);
      return true;
    },
    signOut: cookie.clear,
  };
}
