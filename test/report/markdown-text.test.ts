import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  clipMarkdown,
  codeBlock,
  codeSpan,
  htmlText,
  markdownText,
  proseMarkdown,
  tableCode,
} from '../../src/report/markdown-text.ts';

const piece = fc.constantFrom(
  '@torvalds',
  '@',
  '#1',
  'GH-12',
  'a/b#3',
  'http://evil.example',
  'https://',
  'www.evil.example',
  'a@b.org',
  '[x](y)',
  '![i](u)',
  '<img src=x>',
  '<!--',
  '-->',
  '</details>',
  '&lt;',
  '`',
  '```',
  '````',
  '~~~',
  '*',
  '**',
  '_x_',
  'find_it()',
  '|',
  '\\',
  '\n',
  '\n\n',
  '\r\n',
  '\t',
  ' ',
  '    ',
  '# h',
  '- x',
  '1. x',
  '> q',
  '$x$',
  ':smile:',
  '00eb617506e66027451b65796ebd1d54c22bb2b0',
  '\u202e',
  '\u200b',
  'ü',
  'a',
  '\0',
);
const nasty = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));

/** What is left of Markdown text once escapes and entities are gone: nothing of it may be markup. */
const bare = (markdown: string) =>
  markdown.replaceAll(/\\[!-/:-@[-`{-~]/g, '\u0001').replaceAll(/&#\d+;/g, '\u0002');

describe('text as Markdown', () => {
  test.each([
    ['sub is NULL in find_it()', 'sub is NULL in find_it()'],
    ['ask @torvalds', 'ask @&#8203;torvalds'],
    ['see #12', 'see #&#8203;12'],
    ['http://x.org', 'http:&#8203;//x.org'],
    ['<b>', '&#60;b&#62;'],
    ['- item', '\\- item'],
    ['*p = [0]', '\\*p = \\[0\\]'],
    ['a\n# b', 'a #&#8203; b'],
    ['#1', '#&#8203;1'],
  ])('%j', (text, markdown) => {
    expect(markdownText(text)).toBe(markdown);
  });

  test('holds no mention, reference, address, markup or second line, whatever it says', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const left = bare(markdownText(text));
        expect(left).not.toMatch(/[\n\r<>`*[\]|~$&]/);
        expect(left).not.toMatch(/@\w/);
        expect(left).not.toMatch(/#\d/);
        expect(left).not.toMatch(/:\/\//);
        expect(left).not.toMatch(/\bwww\./i);
        expect(left).not.toMatch(/\bgh-\d/i);
        expect(left).not.toMatch(/:[\w+-]+:/);
        expect(left).not.toMatch(/\b[0-9a-f]{40}\b/);
        expect(left).not.toMatch(/^(?:[-+=]|# |\d+[.)])/);
        expect(left).not.toMatch(/(?:^|[^\p{L}\p{N}])_|_(?:$|[^\p{L}\p{N}])/u);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what a checker says', () => {
  test.each([
    ['`Reviewd-by:` is no tag', '`Reviewd-by:` is no tag'],
    ['run `git cherry-pick -x 0123456789abcdef`.', 'run `git cherry-pick -x 0123456789abcdef`.'],
    ['write `Name <a@b.org>`, with `#`', 'write `Name <a@b.org>`, with `#`'],
    ['ask @torvalds about `#12`', 'ask @&#8203;torvalds about `#12`'],
    ['one ` alone', 'one \\` alone'],
    ['`a` and ` alone', '`a` and \\` alone'],
  ])('%j', (text, markdown) => {
    expect(proseMarkdown(text)).toBe(markdown);
  });

  test('is plain text and code spans, whatever is in it', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const markdown = proseMarkdown(text);
        expect(markdown).not.toMatch(/[\n\r]/);
        const left = bare(markdown.replaceAll(/(?<![\\`])(`+)(?!`)(?:.*?[^`])??\1(?!`)/g, ''));
        expect(left).not.toMatch(/[<>`*[\]|~$&]|@\w|#\d|:\/\/|\b[0-9a-f]{40}\b/);
      }),
      { numRuns: 500 },
    );
  });

  test('keeps a cell of a table whole', () => {
    expect(proseMarkdown('`a|b` | c', tableCode)).toBe('`a\\|b` \\| c');
  });
});

describe('code', () => {
  /** The length of the code span that begins a line, by CommonMark's rule: up to the next run of as many backticks. */
  const spanLength = (markdown: string) => {
    const fence = /^`+/.exec(markdown)?.[0] ?? '';
    for (const run of markdown.slice(fence.length).matchAll(/`+/g))
      if (run[0].length === fence.length) return fence.length + run.index + run[0].length;
    return -1;
  };

  test('a span ends where we end it', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const span = codeSpan(text);
        expect(span).not.toMatch(/[\n\r]/);
        if (span !== '') expect(spanLength(span)).toBe(span.length);
        expect(tableCode(text)).not.toMatch(/(?<!\\)\|/);
      }),
      { numRuns: 500 },
    );
  });

  test('a block ends where we end it', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const [open = '', ...lines] = codeBlock(text, 'c').split('\n');
        const fence = open.slice(0, -1);
        expect(open).toMatch(/^`{3,}c$/);
        const closing = lines.findIndex((line) => line.trimStart().startsWith(fence));
        expect(closing).toBe(lines.length - 1);
      }),
      { numRuns: 500 },
    );
  });
});

test('text in a tag of ours opens no other', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      expect(htmlText(text)).not.toMatch(/[<>\n\r"@[\]`*]/);
    }),
  );
});

test('what is cut stays closed', () => {
  const text = `intro\n${codeBlock('x\n'.repeat(1000), 'c')}\nend`;
  const cut = clipMarkdown(text, 500, 'More elsewhere.');
  expect(cut.length).toBeLessThanOrEqual(500);
  expect((cut.match(/^```/gm) ?? []).length % 2).toBe(0);
  expect(cut.endsWith('More elsewhere.')).toBe(true);
});
