/**
 * The look-up of the command line's `--commits FILE.json`:
 * `{"<sha or prefix>": "subject", or null (no such commit), or {"starts": "beginning of its subject"}}`.
 * A commit that is not listed is unknown.
 */
import { UserError } from '../errors.ts';
import type { CommitAnswer, CommitLookup, KnownCommit } from './commit-lookup.ts';
import { noHistory } from './commit-lookup.ts';

/** Reads the map. Throws a UserError where the text is not of this form. */
export function readCommitMap(text: string, file: string): CommitLookup {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`${file} is not JSON; write {"<sha>": "subject of the commit"} there.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(`${file} must hold one object: {"<sha>": "subject of the commit"}.`);
  }
  return commitMap(
    Object.entries(value).map(([sha, entry]) => [sha.toLowerCase(), readEntry(sha, entry, file)]),
  );
}

function readEntry(sha: string, entry: unknown, file: string): CommitAnswer {
  if (!/^[0-9a-f]{4,64}$/i.test(sha)) throw new UserError(`${file}: "${sha}" is not a SHA1.`);
  if (entry === null) return { state: 'missing' };
  const id = sha.toLowerCase();
  if (typeof entry === 'string')
    return { state: 'found', commit: { id, subject: entry, wholeSubject: true } };
  if (typeof entry === 'object' && 'starts' in entry && typeof entry.starts === 'string') {
    return { state: 'found', commit: { id, subject: entry.starts, wholeSubject: false } };
  }
  throw new UserError(`${file}: "${sha}" must be a subject, null or {"starts": "…"}.`);
}

function commitMap(entries: readonly (readonly [string, CommitAnswer])[]): CommitLookup {
  const listed = new Map(entries);
  return {
    ...noHistory,
    commits: async (names) => new Map(names.map((name) => [name, answer(listed, name.toLowerCase())])),
    withSubjects: async (subjects) => {
      const wanted = new Set(subjects);
      const found = new Map<string, KnownCommit[]>();
      for (const [, entry] of listed) {
        if (entry.state !== 'found' || !entry.commit.wholeSubject || !wanted.has(entry.commit.subject))
          continue;
        const same = (found.get(entry.commit.subject) ?? []).filter(
          (commit) => !entry.commit.id.startsWith(commit.id),
        );
        if (!same.some((commit) => commit.id.startsWith(entry.commit.id))) same.push(entry.commit);
        found.set(entry.commit.subject, same);
      }
      return found;
    },
  };
}

function answer(listed: ReadonlyMap<string, CommitAnswer>, name: string): CommitAnswer {
  const exact = listed.get(name);
  if (exact !== undefined) return exact;
  const near = [...listed].filter(
    ([sha, entry]) =>
      (sha.startsWith(name) && entry.state !== 'missing') || (sha.length >= 10 && name.startsWith(sha)),
  );
  const [first] = near;
  if (first === undefined) return { state: 'unknown' };
  return near.length === 1 || near.every(([sha]) => sha.startsWith(first[0]) || first[0].startsWith(sha))
    ? first[1]
    : { state: 'ambiguous', ids: near.map(([sha]) => sha) };
}
