/**
 * Who may see what a page shows of a repository: who has a link to it, or, with GitHub sign-in, who may read the repository
 * there. Who may not is told the same as where there is no such page.
 */
import type { Context } from 'hono';
import { type LinkKey, readToken, type Scope, signToken } from '../jobs/links.ts';
import type { Log } from '../jobs/services.ts';
import type { Database } from '../store/database.ts';
import { findRepository, type KeptRepository } from '../store/findings.ts';
import { type Markup, notice } from './layout.ts';
import type { Person, Sessions } from './sessions.ts';
import { signInFirst, wantedPath } from './sign-in.ts';

/** Somebody who may see a page. */
export interface Visitor {
  /** Login on GitHub; undefined where a link is enough. */
  readonly login: string | undefined;
  /** What a link to a page of a scope has in its query. */
  readonly query: (scope: Scope) => Readonly<Record<string, string>>;
}

/** A page instead of the one that was asked for. */
interface Refusal {
  readonly status: 401 | 404 | 410 | 503;
  readonly page: Markup;
}

export type Access = (context: Context, scope: Scope) => Promise<Visitor | Refusal>;

/** Whether GitHub lets somebody read a repository. */
export type MayRead = (repository: KeptRepository, person: Person) => Promise<boolean>;

/** Who has a link whose token is good. Links on its page open as long as it does. */
export function byLink(key: LinkKey, root: string): Access {
  return async (context, scope) => {
    const expires = readToken(key, scope, context.req.query('token') ?? '');
    if (expires === undefined) return { status: 404, page: missing(root) };
    if (expires === 'expired') return { status: 410, page: expired(root) };
    return { login: undefined, query: (other) => ({ token: signToken(key, other, expires) }) };
  };
}

export interface SignedInOptions {
  readonly sessions: Sessions;
  readonly mayRead: MayRead;
  readonly database: Database;
  readonly root: string;
  readonly log: Log;
}

/** Who is signed in and may read the repository; tokens in addresses count for nothing. */
export function bySignIn({ sessions, mayRead, database, root, log }: SignedInOptions): Access {
  return async (context, scope) => {
    const person = sessions.person(context);
    if (person === undefined) return { status: 401, page: signInFirst(root, wantedPath(context)) };
    const repository = await findRepository(database, scope.repository);
    if (repository === undefined) return { status: 404, page: missing(root, person) };
    try {
      if (!(await mayRead(repository, person))) return { status: 404, page: missing(root, person) };
    } catch (error) {
      log.warn({ err: error }, 'GitHub does not say who may read a repository');
      return { status: 503, page: unknown(root) };
    }
    return { login: person.login, query: () => ({}) };
  };
}

/** An address with parameters, where there are any. */
export function withQuery(path: string, parameters: Readonly<Record<string, string>>): string {
  const query = String(new URLSearchParams(parameters));
  return query === '' ? path : `${path}?${query}`;
}

export function missing(root: string, person?: Person): Markup {
  const who = person === undefined ? '' : `, or ${person.login} may not read the repository on GitHub`;
  return notice(
    root,
    'There is no such page',
    `The address is not complete, or what it showed is no longer kept${who}. Follow "Details" of a check run on GitHub.`,
    person?.login,
  );
}

function expired(root: string): Markup {
  return notice(
    root,
    'This link has expired',
    'Comment /recheck in the pull request: the new check runs have new links.',
  );
}

function unknown(root: string): Markup {
  return notice(
    root,
    'GitHub does not answer',
    'Adjutant asks it whether you may read this repository. Try again in a minute.',
  );
}
