import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/checkers/checker.ts';
import { sarifReport } from '../../src/report/sarif.ts';
import { finding, report } from './example-report.ts';
import { sarifLog } from './sarif-2.1.0-parts.ts';

const validate = new Ajv().compile(sarifLog);

function read(text: string) {
  const log = JSON.parse(text);
  expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
  return log.runs[0];
}

const RULE: Rule = {
  id: 'null-deref/known-null',
  severity: 'error',
  summary: 'A summary.',
  source: 'A source.',
};

describe('a report as SARIF', () => {
  test('has each finding with its rule, place and fingerprint', () => {
    const run = read(sarifReport(report(), [RULE]));
    expect(run.results).toMatchObject([
      {
        ruleId: 'trailers/fixes-sha-too-short',
        level: 'warning',
        locations: [
          { logicalLocations: [{ fullyQualifiedName: expect.stringContaining('message of 00eb617506e6') }] },
        ],
      },
      {
        ruleId: 'null-deref/known-null',
        level: 'error',
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'drivers/foo/bar.c' },
              region: { startLine: 12, startColumn: 3, endColumn: 9 },
            },
          },
        ],
        partialFingerprints: { 'adjutant/v1': 'a1b2c3' },
      },
    ]);
    for (const result of run.results) expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    expect(run.tool.driver.rules[0]).toMatchObject({
      shortDescription: { text: 'A summary.' },
      defaultConfiguration: { level: 'error' },
    });
  });

  test('has the trace as a code flow', () => {
    const { results } = read(sarifReport(report()));
    const steps = results[1].codeFlows[0].threadFlows[0].locations;
    expect(steps).toHaveLength(2);
    expect(steps[0].location).toMatchObject({
      physicalLocation: { region: { startLine: 11 } },
      message: { text: "'sub' is found to be NULL" },
      logicalLocations: [{ name: 'bar_stop' }],
    });
  });

  test('has a suggestion as a fix of whole lines', () => {
    const suggestion = { path: 'drivers/foo/bar.c', startLine: 11, endLine: 12, lines: ['\tx();'] };
    const { results } = read(sarifReport(report({ findings: [finding({ suggestion })] })));
    expect(results[0].fixes[0].artifactChanges[0].replacements[0]).toEqual({
      deletedRegion: { startLine: 11, endLine: 13, startColumn: 1, endColumn: 1 },
      insertedContent: { text: '\tx();\n' },
    });
  });

  test('says what was left out', () => {
    const parseErrors = [{ path: 'a.c', line: 3, function: 'f', reason: 'odd' }];
    const run = read(
      sarifReport(report({ limits: ['No index.'], stats: { ...report().stats, parseErrors } })),
    );
    expect(
      run.invocations[0].toolExecutionNotifications.map(
        (note: { message: { text: string } }) => note.message.text,
      ),
    ).toEqual(['No index.', 'f could not be read: odd']);
  });

  test('is valid whatever a change is named and says', () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    fc.assert(
      fc.property(text, text, text, (path, name, message) => {
        const one = finding({
          path,
          function: name,
          message,
          trace: [{ path, line: 1, function: name, text: message }],
        });
        read(sarifReport(report({ findings: [one], limits: [message] })));
      }),
    );
  });
});
