import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFixes } from '../../../src/checkers/trailers/fixes-tag.ts';
import { checkTrailers } from '../../../src/checkers/trailers/index.ts';
import { parseMessage } from '../../../src/checkers/trailers/message.ts';
import { parsePerson, samePerson } from '../../../src/checkers/trailers/people.ts';
import { noHistory } from '../../../src/git/commit-lookup.ts';
import { anyMessage } from './messages.ts';

const read = (text: string) =>
  parseMessage(text).trailers.map((trailer) => `${trailer.line} ${trailer.key}: ${trailer.value}`);

describe('a message', () => {
  test('has its trailers in the last paragraph, folded as git folds them', () => {
    expect(
      read(
        'a: b\n\nText.\n\nLink: https://x.org\nReviewed-by: A B\n <a@x.org>\nSigned-off-by: C <c@x.org>\n',
      ),
    ).toEqual(['5 Link: https://x.org', '6 Reviewed-by: A B <a@x.org>', '8 Signed-off-by: C <c@x.org>']);
  });

  test('may have notes, comments and cherry-pick lines between them', () => {
    const text =
      'a: b\n\nSigned-off-by: C <c@x.org>\n[ d: changed\n  this and that ]\n# remark\n(cherry picked from commit 0123456789ab)\nSigned-off-by: D <d@x.org>\n';
    expect(read(text)).toEqual(['3 Signed-off-by: C <c@x.org>', '8 Signed-off-by: D <d@x.org>']);
  });

  test('does not take quoted trailers or prose for its own', () => {
    const text =
      'a: b\n\nThe log was:\n\n    Fixes: 0123456789ab ("x")\n    Signed-off-by: Q <q@x.org>\n\n> Acked-by: R <r@x.org>\n\nFixes the following:\n\nSigned-off-by: C <c@x.org>\n';
    expect(read(text)).toEqual(['12 Signed-off-by: C <c@x.org>']);
    expect(parseMessage(text).strays).toEqual([]);
  });

  test('may end its lines with CRLF and hold no-break spaces', () => {
    expect(read('a: b\r\n\r\nFixes:\u00a00123456789ab ("x")\r\nSigned-off-by: C <c@x.org>\r\n')).toEqual([
      '3 Fixes: 0123456789ab ("x")',
      '4 Signed-off-by: C <c@x.org>',
    ]);
  });

  test('is read without a throw, every trailer on its own lines, in order', () => {
    fc.assert(
      fc.property(fc.oneof(anyMessage, fc.string(), fc.string({ unit: 'binary' })), (text) => {
        const message = parseMessage(text);
        let last = 0;
        for (const trailer of message.trailers) {
          expect(trailer.line).toBeGreaterThan(last);
          expect(trailer.endLine).toBeGreaterThanOrEqual(trailer.line);
          expect(trailer.endLine).toBeLessThanOrEqual(message.lines.length);
          expect(message.lines[trailer.line - 1]).toContain(trailer.name);
          last = trailer.endLine;
        }
        const separate = message.paragraphs.every(
          (paragraph, index) => paragraph.line > (message.paragraphs[index - 1]?.endLine ?? 0),
        );
        expect(separate).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['brackets', '['.repeat(200_000)],
    ['open notes', '[ x\n'.repeat(30_000)],
    ['open tags', 'Fixes: 0123456789ab ("x\n'.repeat(30_000)],
    ['angles', `Signed-off-by: ${'<'.repeat(200_000)}`],
    ['one long word', `Reviewed-by: ${'a'.repeat(200_000)}`],
    ['long words', `Reviewed-by: ${'a'.repeat(900)}\n`.repeat(500)],
    ['folded lines', `Signed-off-by: A\n${' a@\n'.repeat(30_000)}`],
    ['parentheses', `Fixes: 0123456789ab ${'('.repeat(900)}\n`.repeat(500)],
    ['one tag', 'Signed-off-by: A B <a@x.org>\n'.repeat(8_000)],
    ['co-authors', 'Co-developed-by: A B <a@x.org>\nSigned-off-by: A B <a@x.org>\n'.repeat(2_000)],
    ['blanks', `x\n${' '.repeat(200_000)}x`],
  ])('of a hostile length is checked in bounded time: %s', async (_, text) => {
    const commit = {
      id: 'x',
      author: undefined,
      authorDate: undefined,
      committer: undefined,
      parents: [],
      files: [],
    };
    const findings = await checkTrailers([{ ...commit, message: `a: b\n\n${text}\n` }], noHistory);
    expect(Array.isArray(findings)).toBe(true);
  });
});

describe('a Fixes tag', () => {
  test.each([
    ['0123456789ab ("x: y")', { sha: '0123456789ab', subject: 'x: y', wellQuoted: true }],
    ['0123456789ab ("x: "y" (z)")', { subject: 'x: "y" (z)', wellQuoted: true }],
    ['0123456789ab (x: y())', { subject: 'x: y()', wellQuoted: false, closed: true }],
    ['0123456789ab ("x: y)"', { subject: 'x: y', wellQuoted: false }],
    ['0123456789ab ("x: y', { subject: 'x: y', closed: false }],
    ['commit 0123456789ab ("x: y")', { leading: 'commit', sha: '0123456789ab' }],
    ['0123456789ab("x: y")', { glued: '(', subject: 'x: y' }],
    ['9554bfe403nd ("x: y")', { sha: '9554bfe403', instead: '9554bfe403nd' }],
    ['added ("x: y")', { sha: '', instead: 'added', subject: 'x: y' }],
    ['https://x.org/1', { sha: '' }],
    ['0123456789ab ("x: y", 2020-01-02)', { subject: 'x: y', trailing: '2020-01-02' }],
    ['0123456789ab ("x: y") # 5.4', { wellQuoted: true, remark: '# 5.4', trailing: '' }],
  ])('%s', (value, expected) => {
    expect(parseFixes(value)).toMatchObject(expected);
  });
});

describe('a person', () => {
  const is = (a: string, b: string) => {
    const [left, right] = [parsePerson(a).person, parsePerson(b).person];
    return left && right ? samePerson(left, right) : undefined;
  };
  test.each([
    ['Ann <a@x.org>', 'Other <A@X.org>', 'address'],
    ['Ann Author <a@x.org>', '"Ann Author" (Work) <b@y.org>', 'name'],
    ['Jörg Müller <a@x.org>', 'Joerg Mueller <b@y.org>', 'name'],
    ['Jörg Müller <a@x.org>', 'Jorg Muller <b@y.org>', 'name'],
    ['Author, Ann <a@x.org>', 'Ann Author <b@y.org>', 'name'],
    ['Ann Author <a@x.org>', 'Ann Other <b@y.org>', 'none'],
    ['a@x.org', '<a@x.org>', 'address'],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(is(a, b)).toBe(expected);
  });
});
