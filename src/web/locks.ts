/** The addresses of the lock graph explorer. */

import { paths } from '../jobs/links.ts';
import type { LockAnswer, LockQuery } from '../jobs/lock-graph-query.ts';
import { shortId } from '../report/places.ts';
import type { BaseBranch } from '../store/base-branches.ts';
import type { KeptRepository } from '../store/findings.ts';
import { type Visitor, withQuery } from './access.ts';
import type { Markup } from './layout.ts';
import { type LocksFrame, lockPage, noGraphPage, orderPage, searchPage } from './locks-page.ts';

/** Answers about the graph of a repository's base branch. */
export type AskLocks = (repository: number, commit: string, query: LockQuery) => Promise<LockAnswer>;

const FOUND = 60;
/** Orders on each side of a page, which stays below 100 kB. */
const SHOWN = 30;
/** No lock, folder or text is longer. */
const LONGEST = 500;

/**
 * The page that an address of the explorer asks for.
 * @param branches the base branches whose graph may be asked for, that of the last review first
 * @param query of the address: `branch`, and `q`, or `lock` with `directory`, `least` and `skip`, or `from` and `to`
 */
export async function locksPage(
  repository: KeptRepository,
  branches: readonly BaseBranch[],
  query: Readonly<Record<string, string>>,
  { root, visitor, ask }: { root: string; visitor: Visitor; ask: AskLocks },
): Promise<Markup> {
  const text = (name: string) => (query[name] ?? '').slice(0, LONGEST);
  const latest = { ref: repository.baseRef, tip: repository.base };
  const branch = branches.find(({ ref }) => ref === text('branch')) ?? branches[0] ?? latest;
  const view = frameOf(repository, branch, branches, root, visitor);
  const answer = (about: LockQuery) => ask(repository.id, branch.tip, about);
  if (text('from') !== '' && text('to') !== '') {
    const [from, to] = [text('from'), text('to')];
    const found = await answer({ kind: 'order', from, to });
    return found.kind === 'order' ? orderPage(view, from, to, found.order) : noGraphPage(view);
  }
  if (text('lock') !== '') {
    const filter = {
      directory: text('directory').replace(/^\/+/, ''),
      least: numberIn(text('least'), 0, 1, 0),
      limit: SHOWN,
      skip: Math.floor(numberIn(text('skip'), 0, 1e6, 0)),
    };
    const found = await answer({ kind: 'lock', lock: text('lock'), filter });
    return found.kind === 'lock' ? lockPage(view, found.exploration, filter) : noGraphPage(view);
  }
  const found = await answer({ kind: 'search', text: text('q'), limit: FOUND });
  return found.kind === 'search' ? searchPage(view, text('q'), found.locks, found.total) : noGraphPage(view);
}

function frameOf(
  { id, owner, name }: KeptRepository,
  branch: BaseBranch,
  branches: readonly BaseBranch[],
  root: string,
  visitor: Visitor,
): LocksFrame {
  const opens = visitor.query({ kind: 'locks', repository: id });
  const own = { ...opens, ...(branches.length < 2 ? {} : { branch: branch.ref }) };
  const address = (parameters: Record<string, string>) =>
    withQuery(`${root}${paths.locks(id)}`, { ...own, ...parameters });
  return {
    root,
    visitor: visitor.login,
    repository: `${owner}/${name}`,
    at: `${branch.ref} at ${shortId(branch.tip)}`,
    branches: branches.filter(({ ref }) => ref !== branch.ref).map(({ ref }) => ref),
    query: own,
    href: {
      start: address({}),
      branch: (ref) => address({ branch: ref }),
      search: (text) => address({ q: text }),
      lock: (lock, { directory = '', least = 0, skip = 0 } = {}) =>
        address({
          lock,
          ...(directory === '' ? {} : { directory }),
          ...(least === 0 ? {} : { least: String(least) }),
          ...(skip === 0 ? {} : { skip: String(skip) }),
        }),
      order: (from, to) => address({ from, to }),
    },
  };
}

function numberIn(text: string, low: number, high: number, otherwise: number): number {
  const number = Number(text === '' ? Number.NaN : text);
  return number >= low && number <= high ? number : otherwise;
}
