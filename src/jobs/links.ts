/**
 * Addresses of pages, and the tokens in them. A page shows code of a repository that may be private: its address carries
 * an expiry and an HMAC over what it opens. The key is derived from the App's private key, so every process of a
 * deployment has it, nothing is stored, and a new private key ends all links.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** What a token opens: a pull request with its findings, or the lock graph of a repository. */
export type Scope =
  | { readonly kind: 'pull'; readonly repository: number; readonly number: number }
  | { readonly kind: 'locks'; readonly repository: number };

export interface Links {
  /** The page of a finding: the `ordinal`th that the report of a review introduces, 0-based. */
  finding(pull: PullPlace, review: string, ordinal: number): string;
  /** The page of a pull request with all findings over its pushes. */
  pull(pull: PullPlace): string;
  /** The lock graph of a repository's base branch, at a lock where one is given. */
  locks(repository: number, lock?: string): string;
}

interface PullPlace {
  readonly repository: { readonly id: number };
  readonly number: number;
}

export type LinkKey = Uint8Array;

/** The key of links, from the App's private key (PEM). */
export function linkKey(privateKey: string): LinkKey {
  return new Uint8Array(hkdfSync('sha256', privateKey.trim(), '', 'adjutant links', 32));
}

/** Path of a page, without its token. */
export const paths = {
  pull: (repository: number, number: number) => `/repositories/${repository}/pulls/${number}`,
  finding: (repository: number, number: number, review: string, ordinal: number) =>
    `${paths.pull(repository, number)}/findings/${review}/${ordinal}`,
  locks: (repository: number) => `/repositories/${repository}/locks`,
};

/**
 * Makes addresses below `publicUrl`.
 * @param days after which they no longer open anything
 * @param now milliseconds
 */
export function createLinks(
  publicUrl: string,
  key: LinkKey,
  days: number,
  now: () => number = Date.now,
): Links {
  const token = (scope: Scope) => signToken(key, scope, Math.ceil(now() / 1000) + days * 86_400);
  const address = (path: string, scope: Scope) => `${publicUrl}${path}?token=${token(scope)}`;
  return {
    finding: ({ repository: { id }, number }, review, ordinal) =>
      address(paths.finding(id, number, review, ordinal), { kind: 'pull', repository: id, number }),
    pull: ({ repository: { id }, number }) =>
      address(paths.pull(id, number), { kind: 'pull', repository: id, number }),
    locks: (repository, lock) =>
      `${address(paths.locks(repository), { kind: 'locks', repository })}${
        lock === undefined ? '' : `&lock=${encodeURIComponent(lock)}`
      }`,
  };
}

/** A token for a scope that ends at `expires`, in seconds since 1970. */
export function signToken(key: LinkKey, scope: Scope, expires: number): string {
  return `${expires.toString(36)}.${signature(key, scope, expires).toString('base64url')}`;
}

/** What a token is worth for a scope: until when it opens it (seconds since 1970), that its time is over, or nothing. */
export function readToken(
  key: LinkKey,
  scope: Scope,
  token: string,
  now: number = Date.now(),
): number | 'expired' | undefined {
  const [, time = '', signed = ''] = /^([0-9a-z]{1,10})\.([\w-]{43})$/.exec(token) ?? [];
  if (time === '') return undefined;
  const expires = Number.parseInt(time, 36);
  const given = Buffer.from(signed, 'base64url');
  const right = signature(key, scope, expires);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  return expires * 1000 > now ? expires : 'expired';
}

function signature(key: LinkKey, scope: Scope, expires: number): Buffer {
  const parts = [scope.kind, scope.repository, scope.kind === 'pull' ? scope.number : '', expires];
  return createHmac('sha256', key).update(parts.join('/')).digest();
}
