/** The commits that messages name: what a repository has to be asked for before the rules look. */
import type { Commit } from '../../git/change.ts';
import { type BackportLine, backportLines } from './backport.ts';
import { referredCommits } from './commit-reference.ts';
import { type FixesTag, parseFixes } from './fixes-tag.ts';
import { type Message, parseMessage, type Trailer } from './message.ts';
import { prerequisites } from './stable-prerequisite.ts';

/** A forged message must not make the look-up long. */
const MOST_NAMES = 200;

/** A message that was read, before the repository was asked. */
export interface Draft {
  readonly commit: Commit;
  readonly message: Message;
  readonly fixes: readonly { readonly trailer: Trailer; readonly tag: FixesTag }[];
  readonly backports: readonly BackportLine[];
}

export interface NamedCommits {
  /** SHA1s as they are quoted, whole or abbreviated, in lower case. */
  readonly names: readonly string[];
  /** A Fixes tag has no SHA1, and perhaps a subject to search for. */
  readonly bySubject: boolean;
  /** Those of `names` that a message says it was taken from. */
  readonly sources: readonly string[];
}

export function readDraft(commit: Commit): Draft {
  const message = parseMessage(commit.message);
  const fixes = [...message.strays, ...message.trailers]
    .filter((trailer) => trailer.key === 'Fixes')
    .map((trailer) => ({ trailer, tag: parseFixes(trailer.value) }));
  return { commit, message, fixes, backports: backportLines(message) };
}

/** What these commits name, by their messages alone. */
export function namedCommits(commits: readonly Commit[]): NamedCommits {
  const drafts = commits.map(readDraft);
  return {
    names: [...new Set(drafts.flatMap(namesIn))],
    bySubject: drafts.some(({ fixes }) => fixes.some(({ tag }) => tag.sha === '')),
    sources: [...new Set(drafts.flatMap(({ backports }) => backports.map(({ sha }) => sha)))].filter(
      (sha) => sha !== '',
    ),
  };
}

/** The SHA1s in one message. */
export function namesIn({ message, fixes, backports }: Draft): string[] {
  const named = [
    ...fixes.map(({ tag }) => tag.sha),
    ...backports.map((line) => line.sha),
    ...message.trailers
      .filter((trailer) => trailer.key === 'Cc')
      .flatMap((trailer) => prerequisites(trailer.value)),
    ...referredCommits(message.heads),
  ];
  return named
    .filter((sha) => sha !== '')
    .map((sha) => sha.toLowerCase())
    .slice(0, MOST_NAMES);
}
