import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { looksLikeMail, parseMailbox } from '../../src/git/mailbox.ts';
import { AUTHOR, TemporaryRepository } from './temporary-repository.ts';

const DIFF = `diff --git a/mm/x.c b/mm/x.c
index 1111111..2222222 100644
--- a/mm/x.c
+++ b/mm/x.c
@@ -1 +1 @@
-a
+b
`;

function mail(headers: string, body: string): Buffer {
  return Buffer.from(`${headers}\n\n${body}`);
}

const HEADERS = `From: Ann Author <ann@example.org>
Date: Wed, 25 Jun 2025 08:28:16 +0200
Subject: [PATCH] mm: change x`;

function only(bytes: Uint8Array) {
  const { patches } = parseMailbox(bytes, 'x.patch');
  expect(patches).toHaveLength(1);
  return patches[0] as (typeof patches)[number];
}

describe('one mail', () => {
  test('gives author, date, message and diff', () => {
    const { commit, diff } = only(
      mail(
        HEADERS,
        `Because.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\nv2: better\n\n mm/x.c | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n${DIFF}-- \n2.39.5\n`,
      ),
    );
    expect(commit).toEqual({
      id: 'x.patch',
      author: AUTHOR,
      authorDate: '2025-06-25T08:28:16+02:00',
      committer: undefined,
      message: 'mm: change x\n\nBecause.\n\nSigned-off-by: Ann Author <ann@example.org>\n',
      parents: [],
      files: ['mm/x.c'],
    });
    expect(diff).toHaveLength(1);
  });

  test.each([
    ['[PATCH] mm: x', 'mm: x'],
    ['Re: [PATCH v2 1/3] [RFC] mm: x', 'mm: x'],
    ['[PATCH net-next] mm:\n very long', 'mm: very long'],
    ['=?UTF-8?q?[PATCH]_mm:_M=C3=BCll?=\n =?UTF-8?q?er?=', 'mm: Müller'],
    ['=?utf-8?B?W1BBVENIXSBtbTogw7w=?=', 'mm: ü'],
    ['=?iso-8859-1?Q?=5BPATCH=5D_mm:_=FC?=', 'mm: ü'],
    ['=?UTF-8?q?[PATCH]_=E2=82?= =?UTF-8?q?=AC?=', '€'],
    ['[PATCH] =?unknown', '=?unknown'],
  ])('reads the subject %j', (subject, expected) => {
    const { commit } = only(mail(`From: a@b.org\nSubject: ${subject}`, `\n${DIFF}`));
    expect(commit.message.split('\n')[0]).toBe(expected);
  });

  test.each([
    ['Ann Author <ann@example.org>', AUTHOR],
    ['"Author, Ann" <ann@example.org>', { name: 'Author, Ann', email: 'ann@example.org' }],
    ['=?UTF-8?Q?Bj=C3=B6rn?= <b@example.org>', { name: 'Björn', email: 'b@example.org' }],
    ['ann@example.org (Ann Author)', AUTHOR],
    ['ann@example.org', { name: '', email: 'ann@example.org' }],
  ])('reads the sender %s', (from, author) => {
    expect(only(mail(`From: ${from}\nSubject: [PATCH] x`, DIFF)).commit.author).toEqual(author);
  });

  test('takes author, subject and date from the body where they begin it', () => {
    const { commit } = only(
      mail(HEADERS, `From: Eve Else <eve@example.org>\nSubject: mm: really\n  this\n\nBody.\n---\n${DIFF}`),
    );
    expect(commit.author).toEqual({ name: 'Eve Else', email: 'eve@example.org' });
    expect(commit.message).toBe('mm: really this\n\nBody.\n');
  });

  test('a sender named later in the text stays text', () => {
    const { commit } = only(mail(HEADERS, `Body.\n\nFrom: nobody\n---\n${DIFF}`));
    expect(commit.author).toEqual(AUTHOR);
    expect(commit.message).toBe('mm: change x\n\nBody.\n\nFrom: nobody\n');
  });

  test.each([
    [
      'quoted-printable',
      (text: string) =>
        text.replaceAll('=', '=3D').replaceAll('ü', '=C3=BC').replaceAll('because it', 'because=\n it'),
    ],
    [
      'base64',
      (text: string) =>
        (
          Buffer.from(text)
            .toString('base64')
            .match(/.{1,76}/g) ?? []
        ).join('\n'),
    ],
    ['8bit', (text: string) => text],
  ])('undoes %s', (encoding, encode) => {
    const body = `Für because it = x\n---\n${DIFF}`;
    const headers = `${HEADERS}\nContent-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: ${encoding}`;
    const { commit, diff } = only(mail(headers, encode(body)));
    expect(commit.message).toBe('mm: change x\n\nFür because it = x\n');
    expect(diff[0]?.hunks[0]?.lines).toEqual(['-a', '+b']);
  });

  test('decodes the character set of the body', () => {
    const headers = `${HEADERS}\nContent-Type: text/plain; charset=ISO-8859-1`;
    const bytes = Buffer.concat([mail(headers, 'M'), Buffer.from([0xfc]), Buffer.from(`ller\n---\n${DIFF}`)]);
    expect(only(bytes).commit.message).toBe('mm: change x\n\nMüller\n');
  });

  test('a patch that is attached', () => {
    const headers = `${HEADERS}\nContent-Type: multipart/mixed; boundary="=-=-="`;
    const body = `--=-=-=\nContent-Type: text/plain\n\nWhy.\n\n--=-=-=\nContent-Type: text/x-patch; name=x\nContent-Transfer-Encoding: base64\n\n${Buffer.from(DIFF).toString('base64')}\n--=-=-=--\n`;
    const { commit, diff } = only(mail(headers, body));
    expect(commit.message).toBe('mm: change x\n\nWhy.\n');
    expect(diff[0]?.newPath).toBe('mm/x.c');
  });

  test('CRLF line ends of the transport', () => {
    const { commit, diff } = only(
      Buffer.from(mail(HEADERS, `Why.\n---\n${DIFF}`).toString().replaceAll('\n', '\r\n')),
    );
    expect(commit.message).toBe('mm: change x\n\nWhy.\n');
    expect(diff[0]?.hunks[0]?.lines).toEqual(['-a', '+b']);
  });
});

describe('several mails', () => {
  const separator = 'From git@z Thu Jan  1 00:00:00 1970\n';
  const patch = (subject: string, body = `x\n---\n${DIFF}`) =>
    `${separator}From: Ann Author <ann@example.org>\nSubject: ${subject}\n\n${body}\n`;

  test('cover letters and replies are skipped', () => {
    const text = `${patch('[PATCH 0/2] mm: both', 'A cover letter.\n\n mm/x.c | 2 +-')}${patch('[PATCH 1/2] mm: one')}${patch('Re: [PATCH 1/2] mm: one', '> x\nNice.')}${patch('[PATCH 2/2] mm: two')}`;
    const { patches, limits } = parseMailbox(Buffer.from(text));
    expect(patches.map(({ commit }) => commit.message.split('\n')[0])).toEqual(['mm: one', 'mm: two']);
    expect(limits).toEqual([]);
  });

  test('a line of a message that begins with From does not end it', () => {
    const text = patch('[PATCH] mm: one', `From here on it works.\n---\n${DIFF}`);
    expect(only(Buffer.from(text)).commit.message).toContain('From here on it works.');
  });

  test('says which patches of the series are not there', () => {
    const text = `${patch('[PATCH 1/3] mm: one')}${patch('[PATCH 3/3] mm: three')}`;
    expect(parseMailbox(Buffer.from(text)).limits).toEqual([
      'The mailbox holds 2 of the 3 patches of the series.',
    ]);
  });

  test.each([
    ['in a hunk', patch('[PATCH 1/1] mm: one').slice(0, -5)],
    ['before a diff', `${patch('[PATCH 1/2] mm: one')}${patch('[PATCH 2/2] mm: two', 'x\n---\n')}`],
    [
      'between two files',
      patch(
        '[PATCH] mm: one',
        `x\n---\n mm/x.c | 2 +-\n mm/y.c | 2 +-\n 2 files changed, 2 insertions(+), 2 deletions(-)\n\n${DIFF}`,
      ),
    ],
    [
      'in an attachment',
      `${HEADERS}\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nWhy.\n${DIFF}`,
    ],
  ])('a mailbox that ends %s is refused', (_where, text) => {
    expect(() => parseMailbox(Buffer.from(text))).toThrow(UserError);
    expect(() => parseMailbox(Buffer.from(text))).toThrow(/truncated/);
  });

  test('a mailbox without a patch is refused', () => {
    expect(() => parseMailbox(Buffer.from(`${separator}Subject: hello\n\nHi.\n`))).toThrow(/no patch/);
  });
});

test('a diff alone is not taken for a mail', () => {
  expect(looksLikeMail(Buffer.from(DIFF))).toBe(false);
  expect(looksLikeMail(Buffer.from('--- a/x.c\n+++ b/x.c\n'))).toBe(false);
  expect(looksLikeMail(Buffer.from(`From: x\n\n${DIFF}`))).toBe(true);
  expect(looksLikeMail(Buffer.from(`From ${'0'.repeat(40)} Mon Sep 17 00:00:00 2001\n`))).toBe(true);
});

describe('against git', () => {
  const word = fc.constantFrom(
    'mm:',
    'fix',
    'Müller',
    '=?x?=',
    '[brackets]',
    'a/b',
    '€uro',
    '"quoted"',
    'long'.repeat(20),
  );
  const subject = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => `x: ${words.join(' ')}`);
  const paragraph = fc.array(
    fc.constantFrom('Text.', ' indented', 'ünïcode', '-- dashes', '=3D', '> quote', '@@ x @@'),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  const body = fc
    .array(paragraph, { maxLength: 3 })
    .map((all) => all.map((lines) => lines.join('\n')).join('\n\n'));

  test('what format-patch writes is read back as it was committed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(subject, body), { minLength: 1, maxLength: 3 }), (messages) => {
        using repository = new TemporaryRepository();
        const base = repository.commit('base', { 'a.c': 'one\n' });
        const ids = messages.map(([title, text], index) =>
          repository.commit(`${title}\n\n${text}`, {
            'a.c': `one\n${'x\n'.repeat(index + 1)}`,
            [`f${index}.c`]: 'ü\n',
          }),
        );
        const out = repository.git('format-patch', '--stdout', '--cover-letter', `${base}..HEAD`);
        const { patches } = parseMailbox(Buffer.from(out, 'latin1'));
        expect(patches.map(({ commit }) => commit.id)).toEqual(ids);
        for (const [index, { commit }] of patches.entries()) {
          const message = Buffer.from(
            repository.git('log', '-1', '--format=%B', ids[index] as string),
            'latin1',
          ).toString('utf8');
          // Leading blanks of a first line are lost in a mail, by git am too.
          expect(commit.message.replaceAll(/\s+/g, ' ').trim()).toBe(message.replaceAll(/\s+/g, ' ').trim());
          expect(commit.author).toEqual(AUTHOR);
          expect(commit.authorDate).toBe(
            repository.git('log', '-1', '--format=%aI', ids[index] as string).trim(),
          );
        }
      }),
      { numRuns: 8 },
    );
  });

  test('a mailbox cut anywhere is read in part or refused, never a fault', () => {
    using repository = new TemporaryRepository();
    const base = repository.commit('base', { 'a.c': 'one\n' });
    repository.commit('x: one\n\nWhy ü.', { 'a.c': 'two\n', 'b.c': 'x\n' });
    repository.commit('x: two', { 'a.c': 'three\n' });
    const out = Buffer.from(
      repository.git('format-patch', '--stdout', '--attach', `${base}..HEAD`),
      'latin1',
    );
    fc.assert(
      fc.property(fc.nat(out.length), (length) => {
        try {
          parseMailbox(out.subarray(0, length));
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });

  test('any bytes are read or refused, never a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          parseMailbox(
            Buffer.concat([Buffer.from('Subject: [PATCH] x\n'), bytes, Buffer.from(`\n\n${DIFF}`)]),
          );
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });

  test('git mailsplit sees the same mails', () => {
    using repository = new TemporaryRepository();
    const base = repository.commit('base', { 'a.c': 'one\n' });
    repository.commit('x: one\n\nFrom the start\n\nFrom x@y Thu Jan 1 1970', { 'a.c': 'two\n' });
    repository.commit('x: two', { 'a.c': 'three\n' });
    const folder = mkdtempSync(join(tmpdir(), 'adjutant-split-'));
    try {
      const out = repository.git('format-patch', '--stdout', `${base}..HEAD`);
      execFileSync('git', ['mailsplit', `-o${folder}`], { input: Buffer.from(out, 'latin1') });
      const theirs = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
      expect(parseMailbox(Buffer.from(out, 'latin1')).patches).toHaveLength(theirs.length);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
