import { describe, expect, test } from 'vitest';
import { textReport } from '../../src/report/text.ts';
import { finding, report } from './example-report.ts';

describe('a report as text', () => {
  test('shows place, source, trace, reason and verdict', () => {
    expect(textReport(report())).toBe(`warning[trailers/fixes-sha-too-short]: The Fixes tag has 8 digits
 --> message of 00eb617506e6 "foo: stop bar", line 3
  |
3 | Fixes: 12345678 ("foo: bar")
  |   ^^^^^^
  |
  = write: Fixes: 123456789abc ("foo: bar")

error[null-deref/known-null]: 'sub' is dereferenced where it is NULL
  --> drivers/foo/bar.c:12:3, in bar_stop()
   |
11 |         if (!sub)
   |         - 1. 'sub' is found to be NULL
12 |                 sub->x = 1;
   |                 ^^^^^^ 2. 'sub' is dereferenced
   |
   = why: It was tested in line 11.
   = introduced by: 00eb617506e6 "foo: stop bar"

1 error and 1 warning introduced (2 commits, 1 file, 4 functions, 1.2 s)
`);
  });

  test('is one line where there is nothing to say', () => {
    expect(textReport(report({ findings: [] }))).toBe(
      'nothing found (2 commits, 1 file, 4 functions, 1.2 s)\n',
    );
  });

  test('says what was fixed, and what is not known', () => {
    const parseErrors = Array.from({ length: 7 }, (_, line) => ({
      path: 'a.c',
      line,
      function: 'f',
      reason: 'too odd',
    }));
    const text = textReport(
      report({
        findings: [],
        fixed: [finding()],
        limits: ['No tree.'],
        stats: { ...report().stats, parseErrors },
      }),
    );
    expect(text).toContain("fixed[null-deref/known-null]: 'sub' is dereferenced");
    expect(text).toContain('limits: No tree.\nlimits: a.c:0: f() could not be read: too odd\n');
    expect(text).toContain('limits: 2 more could not be read\n');
    expect(text).toMatch(/\nnothing found, 1 finding fixed \(/);
  });

  test('names the file and function that a step goes to', () => {
    const trace = [
      { path: 'drivers/foo/bar.c', line: 12, function: 'bar_stop', text: 'calls stop' },
      { path: 'lib/stop.c', line: 7, function: 'stop', text: 'takes the lock' },
    ];
    expect(textReport(report({ findings: [finding({ trace })] }))).toContain(
      '  ::: lib/stop.c:7, in stop()\n   |   line 7: 2. takes the lock\n',
    );
  });

  test('colours only where asked, and ends every colour', () => {
    expect(textReport(report())).not.toContain('\x1b');
    const colored = textReport(report(), { color: true });
    expect(colored).toContain('\x1b[1;31merror[null-deref/known-null]\x1b[0m');
    expect(colored.split('\x1b[').length - 1).toBe(2 * (colored.split('\x1b[0m').length - 1));
  });

  test('shows what would move the cursor or hide instead of doing it', () => {
    const evil = 'a\x1b[2Jb\u202ec\rd\u0007';
    const excerpts = new Map([['x\u202e.c', new Map([[1, evil]])]]);
    const text = textReport(
      report({
        excerpts,
        findings: [
          finding({
            path: 'x\u202e.c',
            line: 1,
            endLine: 1,
            message: evil,
            function: evil,
            explanation: evil,
            trace: [],
          }),
        ],
      }),
    );
    expect(text).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}/u);
    expect(text).toContain('a<U+001B>[2Jb<U+202E>c<U+000D>d<U+0007>');
  });
});
