import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { looksLikeMail, parseMailbox } from '../../src/git/mailbox.ts';
import { b4Am, b4Thread } from './b4-mailbox.ts';
import { AUTHOR, TemporaryRepository } from './temporary-repository.ts';

const SIGNED = `Signed-off-by: ${AUTHOR.name} <${AUTHOR.email}>`;
let repository: TemporaryRepository;
let base: string;

beforeAll(() => {
  repository = new TemporaryRepository();
  base = repository.commit('base', { 'lib/foo.c': 'one\n', 'lib/other.c': 'int other;\n' });
  repository.git('tag', 'base');
  repository.commit(`foo: look again\n\nThe caller knows.\n\n${SIGNED}`, { 'lib/foo.c': 'two\n' });
  repository.commit(`foo: and once more\n\n--- is no end here.\n\n${SIGNED}`, { 'lib/foo.c': 'three\n' });
});
afterAll(() => repository.remove());

/** Messages and tree that git am makes of a mailbox. */
function applied(text: string): { messages: string[]; tree: string } {
  using other = new TemporaryRepository();
  other.git('fetch', '-q', repository.path, 'base');
  other.git('reset', '-q', '--hard', 'FETCH_HEAD');
  const file = join(other.path, '.git/series.mbx');
  writeFileSync(file, text);
  other.git('am', '-q', file);
  const messages = other.git('log', '--reverse', '--format=%B%x00', `${base}..HEAD`).split('\0');
  return {
    messages: messages.map((message) => message.trim()).filter((message) => message !== ''),
    tree: other.git('rev-parse', 'HEAD^{tree}').trim(),
  };
}

const messagesOf = (text: string) =>
  parseMailbox(Buffer.from(text)).patches.map(({ commit }) => commit.message.trim());

describe('what b4 am saves', () => {
  test('is read as git am reads it: authors, messages with the added trailers, diffs', () => {
    const text = b4Am(repository, 'base');
    const { messages, tree } = applied(text);
    expect(tree).toBe(repository.git('rev-parse', 'HEAD^{tree}').trim());
    expect(messagesOf(text)).toEqual(messages);
    expect(messages[0]).toContain('\nReviewed-by: Rita Reviewer <rita@example.org>\nLink: https://');
    const { patches, limits } = parseMailbox(Buffer.from(text));
    expect(limits).toEqual([]);
    expect(patches.map(({ commit }) => commit.author)).toEqual([AUTHOR, AUTHOR]);
    expect(patches.map(({ commit }) => commit.id)).toEqual([
      '20250625-foo-v2-1-b4-series@example.org',
      '20250625-foo-v2-2-b4-series@example.org',
    ]);
    expect(patches.map(({ commit }) => commit.files)).toEqual([['lib/foo.c'], ['lib/foo.c']]);
  });

  test('names the commit that it was made on, and is a mail from its first line on', () => {
    const text = b4Am(repository, 'base');
    expect(parseMailbox(Buffer.from(text)).baseCommit).toBe(base);
    expect(looksLikeMail(Buffer.from(text))).toBe(true);
  });
});

describe('the thread of b4 mbox', () => {
  test('gives the patches: the cover letter and replies are skipped, also one with a diff, which is said', () => {
    const text = b4Thread(repository, 'base');
    expect(messagesOf(text)).toEqual(messagesOf(b4Am(repository, 'base')));
    const { limits, baseCommit } = parseMailbox(Buffer.from(text));
    expect(limits).toEqual(['A reply with a diff is left out.']);
    expect(baseCommit).toBe(base);
  });

  test('a patch that was sent as a reply and stands alone is one', () => {
    const reply = b4Thread(repository, 'base')
      .split(/^(?=From git@z )/m)
      .find((part) => part.includes('long other'));
    expect(parseMailbox(Buffer.from(reply ?? '')).patches).toHaveLength(1);
  });
});

test('git format-patch --base with a cover letter names its base too', () => {
  const out = execFileSync(
    'git',
    ['format-patch', '--stdout', '--cover-letter', '--base=base', 'base..HEAD'],
    {
      cwd: repository.path,
    },
  );
  const { patches, baseCommit, limits } = parseMailbox(out);
  expect(patches).toHaveLength(2);
  expect(baseCommit).toBe(base);
  expect(limits).toEqual([]);
});
