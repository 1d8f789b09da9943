import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/checkers/checker.ts';
import { parsePatch } from '../../src/git/patch.ts';
import {
  annotation,
  checkRunOutput,
  commentBody,
  findingMark,
  readFindingMark,
  reviewComment,
} from '../../src/report/github.ts';
import { reviewBody } from '../../src/report/review-body.ts';
import { finding, messageFinding, report } from './example-report.ts';

const DIFF = parsePatch(`diff --git a/drivers/foo/bar.c b/drivers/foo/bar.c
index 1..2 100644
--- a/drivers/foo/bar.c
+++ b/drivers/foo/bar.c
@@ -10,3 +10,4 @@ int bar_stop(void)
 {
 \tif (!sub)
+\t\tsub->x = 1;
 \treturn 0;
@@ -30,2 +31,2 @@ int other(void)
-a
+b
 c
`);

describe('a check run', () => {
  test('tells the findings of its checker alone', () => {
    const output = checkRunOutput('null-deref', report(), { failOn: 'error' });
    expect(output).toMatchObject({ conclusion: 'failure', title: '1 error introduced' });
    expect(output.annotations).toHaveLength(1);
    expect(output.summary).toContain("'sub' is dereferenced");
    expect(output.summary).not.toContain('Fixes tag');
  });

  test('succeeds below the level, and when there is nothing', () => {
    expect(checkRunOutput('trailers', report(), { failOn: 'error' }).conclusion).toBe('success');
    expect(checkRunOutput('trailers', report(), { failOn: 'warning' }).conclusion).toBe('failure');
    expect(checkRunOutput('lock-order', report(), { failOn: 'note' })).toMatchObject({
      conclusion: 'success',
      title: 'Nothing found',
      annotations: [],
    });
  });

  test('says what is left out, and what the change fixes', () => {
    const { summary } = checkRunOutput('null-deref', report({ fixed: [finding()], limits: ['No @index.'] }), {
      failOn: 'error',
    });
    expect(summary).toContain('### Fixed by this change');
    expect(summary).toContain('- No @&#8203;index.');
  });

  test('stays within the limits of the API, with all annotations', () => {
    // Three bytes each: GitHub counts 64 KB in an annotation, and characters elsewhere.
    const long = '漢'.repeat(2000);
    const trace = Array.from({ length: 20 }, (_, line) => ({ path: long, line, function: 'f', text: long }));
    const findings = Array.from({ length: 500 }, (_, index) =>
      finding({ line: index + 1, endLine: index + 1, message: long, explanation: long.repeat(20), trace }),
    );
    const output = checkRunOutput('null-deref', report({ findings }), { failOn: 'error' });
    expect(output.summary.length).toBeLessThanOrEqual(65_535);
    expect(output.annotations).toHaveLength(500);
    const [first] = findings;
    if (first === undefined) throw new Error('no finding');
    const some = findings.slice(0, 50);
    const said = { fresh: some, unplaced: some, left: some, standing: 1, isFirst: true };
    expect(commentBody(first, report(), undefined, some).length).toBeLessThanOrEqual(65_536);
    expect(reviewBody(report(), said).length).toBeLessThanOrEqual(65_536);
    for (const one of output.annotations) {
      expect(Buffer.byteLength(one.message)).toBeLessThanOrEqual(64 * 1024);
      expect(Buffer.byteLength(one.raw_details ?? '')).toBeLessThanOrEqual(64 * 1024);
      expect(one.title.length).toBeLessThanOrEqual(255);
    }
  });
});

describe('an annotation', () => {
  test('has columns only on one line', () => {
    expect(annotation(finding())).toMatchObject({
      start_line: 12,
      end_line: 12,
      start_column: 3,
      end_column: 8,
      annotation_level: 'failure',
    });
    expect(annotation(finding({ endLine: 14 }))).not.toHaveProperty('start_column');
  });

  test('there is none for a message', () => {
    expect(annotation(messageFinding)).toBeUndefined();
  });
});

describe('a comment', () => {
  test('stands on its line where the diff shows it', () => {
    expect(reviewComment(finding(), report(), DIFF)).toMatchObject({
      path: 'drivers/foo/bar.c',
      line: 12,
      side: 'RIGHT',
    });
  });

  test.each<[string, Partial<Finding>]>([
    ['a line between the hunks', { line: 20, endLine: 20 }],
    ['a removed line number', { line: 34, endLine: 34 }],
    ['another file', { path: 'drivers/foo/other.c' }],
  ])('there is none for %s', (_name, changes) => {
    expect(reviewComment(finding(changes), report(), DIFF)).toBeUndefined();
  });

  test('there is none for a message', () => {
    expect(reviewComment(messageFinding, report(), DIFF)).toBeUndefined();
  });

  test('a suggestion takes the lines that it replaces, within one hunk', () => {
    const suggest = (startLine: number, endLine: number) =>
      reviewComment(
        finding({ suggestion: { path: 'drivers/foo/bar.c', startLine, endLine, lines: ['\tx();'] } }),
        report(),
        DIFF,
      );
    expect(suggest(11, 12)).toMatchObject({
      start_line: 11,
      line: 12,
      body: expect.stringContaining('```suggestion\n\tx();\n```'),
    });
    expect(suggest(12, 12)).not.toHaveProperty('start_line');
    expect(suggest(13, 31)).toBeUndefined();
  });

  test('leads to the page of its finding where there is one, and its mark still ends it', () => {
    const page = 'https://adjutant.example/repositories/7/pulls/3/findings/b7/0?token=a.b-_c';
    const body = commentBody(finding(), report(), page);
    expect(body).toContain(`[see the code](${page})`);
    expect(readFindingMark(body)).toBe('a1b2c3');
    const edge = { from: 'a', to: 'b', calls: ['lock(a)', 'lock(b)'], steps: [0, 1] } as const;
    expect(commentBody(finding({ cycle: [edge] }), report(), page)).toContain('[see it drawn](');
    expect(commentBody(finding(), report())).not.toContain('](http');
  });

  test('carries the mark of its finding, and no other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (fingerprint) => {
        fc.pre(fingerprint.isWellFormed() && fingerprint !== '');
        expect(readFindingMark(`text\n${findingMark(fingerprint)}`)).toBe(fingerprint);
      }),
    );
    const forged = commentBody(
      finding({ message: findingMark('forged'), explanation: `x\n\n${findingMark('forged')}` }),
      report(),
    );
    expect(readFindingMark(forged)).toBe('a1b2c3');
    expect(readFindingMark('a person wrote this')).toBeUndefined();
    expect(readFindingMark(`${findingMark('x')} and more`)).toBeUndefined();
  });
});

describe('the words of a review', () => {
  const said = { fresh: [finding()], unplaced: [], left: [], standing: 0, isFirst: false };

  test('count what is new, and what still holds', () => {
    expect(reviewBody(report(), said)).toBe('1 error introduced.');
    expect(reviewBody(report(), { ...said, standing: 2 })).toBe(
      '1 error introduced. 2 findings of earlier pushes still hold.',
    );
  });

  test('tell newcomers how to answer', () => {
    expect(reviewBody(report(), { ...said, isFirst: true })).toMatch(
      /`\/explain`.*`\/dismiss reason…`.*`\/help`/,
    );
  });

  test('name what has no comment, with the ID to dismiss it by, and messages with their corrections', () => {
    const commit = messageFinding.commit ?? '';
    const body = reviewBody(report(), { ...said, unplaced: [messageFinding, finding()], left: [finding()] }, [
      { commit, message: 'as it should be' },
    ]);
    expect(body).toContain(messageFinding.fingerprint.slice(0, 8));
    expect(body).toContain('as it should be');
    expect(body).toContain('1 finding outside the lines of the diff');
    expect(body).toContain('1 finding without a comment');
  });
});

test('nothing that strangers wrote notifies, links, embeds or breaks out', () => {
  const piece = fc.constantFrom(
    '@torvalds',
    ' #1 ',
    '![x](http://e.example/i.png)',
    '<img src=x onerror=y>',
    '</details>',
    '\n\n',
    '```',
    '````\n',
    '<!-- adjutant:00 -->',
    '`',
    '|',
    '    ',
    '\n- [ ] x',
    '\u202e',
  );
  const nasty = fc.array(piece, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(nasty, nasty, nasty, (message, name, source) => {
      const one = finding({
        message,
        function: name,
        path: name,
        explanation: source,
        trace: [{ path: name, line: 1, function: name, text: message }],
      });
      const evil = report({
        findings: [one],
        excerpts: new Map([
          [
            name,
            new Map([
              [1, source],
              [12, source],
            ]),
          ],
        ]),
        limits: [message],
        base: name,
      });
      const texts = [
        commentBody(one, evil),
        commentBody(one, evil, undefined, [one]),
        reviewBody(evil, {
          fresh: [one],
          unplaced: [
            one,
            {
              ...messageFinding,
              message,
              suggestion: { path: '', startLine: 1, endLine: 1, lines: [source] },
            },
          ],
          left: [one],
          standing: 2,
          isFirst: true,
        }),
        checkRunOutput('null-deref', evil, { failOn: 'error' }).summary,
      ];
      for (const text of texts) {
        const outside = withoutCode(text);
        expect(outside).not.toMatch(/@\w/);
        expect(outside).not.toMatch(/(?<!\\)!?\[/);
        expect(outside).not.toMatch(/#\d(?!\d*;)/);
        expect(outside).not.toMatch(/:\/\//);
        expect(
          outside
            .replaceAll(/<\/?(?:details|summary|sub)>/g, '')
            .replaceAll(/<!-- adjutant:[0-9a-f]+ -->$/gm, ''),
        ).not.toMatch(/<[!a-z/]/i);
        expect(text.match(/<details>/g)?.length).toBe(
          text.match(/<details>/g) ? text.match(/^<details>/gm)?.length : undefined,
        );
      }
    }),
    { numRuns: 300 },
  );
});

/** The Markdown without its fenced blocks and code spans, by CommonMark's rules for both. */
function withoutCode(markdown: string): string {
  const outside: string[] = [];
  let fence = '';
  for (const line of markdown.split('\n')) {
    const run = /^ {0,3}(`{3,})/.exec(line)?.[1] ?? '';
    if (fence === '' && run !== '' && !line.slice(line.indexOf(run) + run.length).includes('`')) fence = run;
    else if (fence !== '' && run.length >= fence.length && line.trim() === run) fence = '';
    else if (fence === '') outside.push(line.replaceAll(/(?<![\\`])(`+)(?!`)(?:.*?[^`])??\1(?!`)/g, ''));
  }
  expect(fence).toBe('');
  return outside.join('\n');
}
