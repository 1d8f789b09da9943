/**
 * Fixtures of rules about messages: `key: value` lines that say who and where, then sections that begin with
 * `=== report LINE`, `=== corrected` (what the message before it becomes) or `=== silent`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { TrailerCheckOptions } from '../../../src/checkers/trailers/index.ts';
import type { Commit, Person } from '../../../src/git/change.ts';
import type { CommitLookup } from '../../../src/git/commit-lookup.ts';
import { readCommitMap } from '../../../src/git/commit-map.ts';

const folder = new URL('./fixtures/', import.meta.url);

export interface Fixture {
  readonly rule: string;
  readonly history: CommitLookup;
  readonly options: TrailerCheckOptions;
  readonly sections: readonly Section[];
  commit(message: string): Commit;
}

type Section =
  | { readonly kind: 'report'; readonly line: number; readonly message: string }
  | { readonly kind: 'corrected' | 'silent'; readonly message: string };

export function readFixtures(): Fixture[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => readFixture(name.slice(0, -'.txt'.length), readFileSync(new URL(name, folder), 'utf8')));
}

function readFixture(rule: string, text: string): Fixture {
  const [head = '', ...rest] = text.split(/^=== /m);
  const keys = new Map(
    head
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const json = (key: string) => JSON.parse(keys.get(key) ?? 'null') ?? undefined;
  const levels = json('levels');
  return {
    rule,
    history: {
      ...readCommitMap(keys.get('commits') ?? '{}', rule),
      misspellings: () => new Map(Object.entries(json('spelling') ?? {})),
    },
    options: {
      submitter: readPerson(keys.get('submitter')),
      ...(levels ? { levels: new Map(Object.entries(levels)) as never } : {}),
      ...(json('required') ? { required: json('required') } : {}),
      ...(json('forbidden') ? { forbidden: json('forbidden') } : {}),
      ...(json('prefixes') ? { prefixes: json('prefixes') } : {}),
      ...(keys.get('convention') === 'stable' ? { convention: 'stable' as const } : {}),
    },
    sections: rest.map(readSection),
    commit: (message) => ({
      id: rule,
      author: readPerson(keys.get('author')),
      authorDate: undefined,
      committer: readPerson(keys.get('committer')),
      message,
      parents: [],
      files: [],
    }),
  };
}

function readSection(text: string): Section {
  const end = text.indexOf('\n');
  const [kind, line] = text.slice(0, end).trim().split(' ');
  const message = text.slice(end + 1);
  if (kind === 'report') return { kind, line: Number(line), message };
  if (kind === 'corrected' || kind === 'silent') return { kind, message };
  throw new Error(`unknown section ${kind}`);
}

function readPerson(text: string | undefined): Person | undefined {
  const match = /^(.*?) <(.*)>$/.exec(text ?? '');
  return match === null ? undefined : { name: match[1] ?? '', email: match[2] ?? '' };
}
