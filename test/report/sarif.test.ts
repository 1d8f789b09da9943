import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/checkers/checker.ts';
import { codeScanningReport, sarifReport } from '../../src/report/sarif.ts';
import { finding, report } from './example-report.ts';

const validate = schemaOfSarif();

/**
 * OASIS's JSON schema of SARIF 2.1.0, as Microsoft publishes it on npm: its last release before the final one, which says
 * another name for a suppression's state (there is none here) and has a slip less in a language's pattern.
 */
function schemaOfSarif() {
  const path = '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';
  const { $schema: _, id: $id, ...schema } = createRequire(import.meta.url)(path);
  const ajv = new Ajv({ strict: false, unicodeRegExp: false });
  ajv.addFormat('uri', (text) => URL.canParse(text));
  ajv.addFormat('uri-reference', /^(?!\/)(?![a-z]+:)[^\s<>"{}|\\^`]*$/);
  ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)));
  return ajv.compile({ $id, ...schema });
}

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

test('what is no SARIF is told from it', () => {
  const log = JSON.parse(sarifReport(report()));
  log.runs[0].results[0].colour = 'red';
  expect(validate(log)).toBe(false);
});

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

  test('of more findings than code scanning takes has the gravest', () => {
    const notes = Array.from({ length: 25_000 }, () => finding({ severity: 'note', trace: [] }));
    const run = read(sarifReport(report({ findings: [...notes, finding({ trace: [] })] })));
    expect(run.results).toHaveLength(25_000);
    expect(run.results[0].level).toBe('error');
    expect(run.invocations[0].toolExecutionNotifications[0].message.text).toBe('1 finding did not fit.');
  });

  test('of a trace that is longer than code scanning shows has its beginning', () => {
    const trace = Array.from({ length: 1001 }, (_, line) => ({
      path: 'a.c',
      line: line + 1,
      function: 'f',
      text: 'x',
    }));
    const { results } = read(sarifReport(report({ findings: [finding({ trace })] })));
    expect(results[0].codeFlows[0].threadFlows[0].locations).toHaveLength(1000);
  });

  test('for code scanning has findings in files alone, each with its place, and rules that are described', () => {
    const run = read(codeScanningReport(report(), [RULE]));
    expect(run.results).toHaveLength(1);
    expect(run.results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('drivers/foo/bar.c');
    const [rule] = run.tool.driver.rules;
    expect(Object.keys(rule)).toEqual(
      expect.arrayContaining(['id', 'shortDescription', 'fullDescription', 'help']),
    );
    expect(run.invocations[0].toolExecutionNotifications.at(-1).message.text).toMatch(
      /^1 finding on commit messages/,
    );
  });
});
