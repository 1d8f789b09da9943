/** What GitHub said of who may read a repository, for a while: a page has many links, and each would ask again. */
import type { MayRead } from './access.ts';

/** Milliseconds. Who loses the permission sees pages for as long. */
const FRESH = 60_000;
const MOST = 10_000;

/** The same answer for a minute, from memory; what was not answered is asked again at once. */
export function forAMinute(ask: MayRead, now: () => number = Date.now): MayRead {
  const known = new Map<string, { readonly at: number; readonly answer: Promise<boolean> }>();
  return (repository, person) => {
    const key = `${repository.id}/${person.id}/${person.login}`;
    const found = known.get(key);
    if (found !== undefined && now() - found.at < FRESH) return found.answer;
    const answer = ask(repository, person);
    known.delete(key);
    known.set(key, { at: now(), answer });
    answer.catch(() => known.delete(key));
    for (const oldest of known.keys()) {
      if (known.size <= MOST) break;
      known.delete(oldest);
    }
    return answer;
  };
}
