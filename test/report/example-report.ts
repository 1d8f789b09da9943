/** A report with one of everything, written by somebody who wishes harm. */
import { COMMIT_MESSAGE, type Finding } from '../../src/checkers/checker.ts';
import type { Report } from '../../src/review/report.ts';

const COMMIT = '00eb617506e66027451b65796ebd1d54c22bb2b0';

export function finding(changes: Partial<Finding> = {}): Finding {
  return {
    checker: 'null-deref',
    rule: 'null-deref/known-null',
    severity: 'error',
    confidence: 'high',
    path: 'drivers/foo/bar.c',
    line: 12,
    endLine: 12,
    column: 3,
    endColumn: 9,
    function: 'bar_stop',
    message: "'sub' is dereferenced where it is NULL",
    explanation: 'It was tested in line 11.',
    fingerprint: 'a1b2c3',
    trace: [
      { path: 'drivers/foo/bar.c', line: 11, function: 'bar_stop', text: "'sub' is found to be NULL" },
      { path: 'drivers/foo/bar.c', line: 12, function: 'bar_stop', text: "'sub' is dereferenced" },
    ],
    commit: COMMIT,
    ...changes,
  };
}

export const messageFinding = finding({
  checker: 'trailers',
  rule: 'trailers/fixes-sha-too-short',
  severity: 'warning',
  path: COMMIT_MESSAGE,
  line: 3,
  endLine: 3,
  function: '',
  message: 'The Fixes tag has 8 digits',
  explanation: '',
  fingerprint: 'd4e5f6',
  trace: [],
  suggestion: { path: COMMIT_MESSAGE, startLine: 3, endLine: 3, lines: ['Fixes: 123456789abc ("foo: bar")'] },
});

export function report(changes: Partial<Report> = {}): Report {
  return {
    base: 'e65293797f6b8bba70ec4163af9cbbe25c14b766',
    head: COMMIT,
    findings: [messageFinding, finding()],
    fixed: [],
    transient: [],
    limits: [],
    excerpts: new Map([
      [
        'drivers/foo/bar.c',
        new Map([
          [11, '\tif (!sub)'],
          [12, '\t\tsub->x = 1;'],
        ]),
      ],
      [
        `${COMMIT}${COMMIT_MESSAGE}`,
        new Map([
          [1, 'foo: stop bar'],
          [3, 'Fixes: 12345678 ("foo: bar")'],
        ]),
      ],
    ]),
    stats: { files: 1, functions: 4, parseErrors: [], commits: 2, elapsed: 1234 },
    ...changes,
  };
}
