import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeCheckerNames } from '../../src/checkers/registry.ts';
import { trailerOptions } from '../../src/checkers/trailers/configured-options.ts';
import { defaultTrailerOptions } from '../../src/checkers/trailers/options.ts';
import { configurationSchema } from '../../src/config/configuration.ts';
import { defaultConfiguration } from '../../src/config/default-configuration.ts';
import { configurationJsonSchema } from '../../src/config/json-schema.ts';
import { readConfiguration, requireConfiguration } from '../../src/config/read-configuration.ts';
import { UserError } from '../../src/errors.ts';

const EXAMPLE = `
checkers:
  lock-order: { enabled: false }
  null-deref:
    fail-on: warning
    paths: [drivers/**]
    ignore-paths: ['drivers/staging/**']
rules:
  trailers/tag-order: off
  null-deref/known-null: warning
fail-on: warning
confidence: medium
comment-limit: 5
trailers:
  convention: stable
  required: [Bug]
  forbidden: [Change-Id]
  prefixes: [net, drm/i915]
  upstream: linus/master
  known: [Upstream-Status]
  tag-order: tip
  subject-length: 75
  line-length: 80
advisory: true
skip-labels: [wip]
drafts: skip
on-error: neutral
upload-sarif: true
`;

describe('a configuration', () => {
  test('is read, with defaults for what it does not say', () => {
    const { configuration, problems } = readConfiguration(EXAMPLE, codeCheckerNames);
    expect(problems).toEqual([]);
    expect(configuration).toMatchObject({
      checkers: {
        'lock-order': { enabled: false, paths: [] },
        'null-deref': { enabled: true, 'fail-on': 'warning', paths: ['drivers/**'] },
        trailers: { enabled: true },
      },
      rules: { 'trailers/tag-order': 'off', 'null-deref/known-null': 'warning' },
      'comment-limit': 5,
      trailers: { convention: 'stable', required: ['Bug'], upstream: 'linus/master' },
    });
  });

  test('says everything to the trailer checker that it can be told', () => {
    expect(trailerOptions(requireConfiguration(EXAMPLE, 'adjutant.yml', codeCheckerNames))).toEqual({
      convention: 'stable',
      levels: new Map([['trailers/tag-order', 'off']]),
      required: ['Bug'],
      forbidden: ['Change-Id'],
      known: ['Upstream-Status'],
      prefixes: ['net', 'drm/i915'],
      order: 'tip',
      subjectLength: 75,
      lineLength: 80,
    });
  });

  test('that says nothing leaves the trailer checker its own defaults', () => {
    const { submitter: _, ...own } = defaultTrailerOptions;
    expect(trailerOptions(defaultConfiguration)).toEqual(own);
  });

  test('may name any checker of code, and no other', () => {
    const read = (name: string) => readConfiguration(`checkers:\n  ${name}: {}\n`, ['toy']);
    expect(read('toy').configuration?.checkers.toy).toEqual({
      enabled: true,
      paths: [],
      'ignore-paths': [],
    });
    expect(read('toi').problems).toEqual([{ line: 2, column: 3, message: 'unknown key "toi"' }]);
  });

  test.each(['', '# nothing\n', '{}\n'])('that says nothing is the default: %j', (text) => {
    expect(readConfiguration(text, codeCheckerNames).configuration).toEqual(defaultConfiguration);
  });

  test.each([
    ['fail-on: fatal\n', 1, 10, /fail-on must be one of error, warning, note, never/],
    ['advisory: true\nfailon: error\n', 2, 1, /unknown key "failon"/],
    ['checkers:\n  null-deref:\n    enable: true\n', 3, 5, /unknown key "enable"/],
    ['checkers:\n  nullderef: {}\n', 2, 3, /unknown key "nullderef"/],
    ['comment-limit: many\n', 1, 16, /comment-limit must be/],
    ['comment-limit: 41\n', 1, 16, /comment-limit/],
    ['rules:\n  known-null: off\n', 2, 3, /checker\/rule/],
    ['rules:\n  a/b: loud\n', 2, 8, /must be one of off, error, warning, note/],
    ['skip-labels: wip\n', 1, 14, /must be a list/],
    ['trailers:\n  upstream: ":/anything"\n', 2, 13, /a branch or tag is wanted/],
    ['trailers:\n  upstream: --all\n', 2, 13, /a branch or tag is wanted/],
    ['trailers:\n  subject-length: 0\n', 2, 19, /subject-length/],
    ['trailers:\n  known: ["not a tag"]\n', 2, 11, /./],
    ['- a\n', 1, 1, /must be a mapping/],
    ['a: [1\nb: 2\n', 2, 1, /./],
    ['a: 1\na: 2\n', 2, 1, /unique/],
  ])('%j is refused at line %i, column %i', (text, line, column, message) => {
    const { configuration, problems } = readConfiguration(text, codeCheckerNames);
    expect(configuration).toBeUndefined();
    expect(problems[0]).toMatchObject({ line, column, message: expect.stringMatching(message) });
  });

  test('all problems are told, up to a bound', () => {
    const text = Array.from({ length: 100 }, (_, index) => `key${index}: 1`).join('\n');
    expect(readConfiguration(text, codeCheckerNames).problems).toHaveLength(20);
  });

  test('a bomb of aliases and a huge file are refused', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, index) => {
        const before = 'abcdefgh'[index];
        return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`;
      }),
    ].join('\n');
    expect(readConfiguration(bomb, codeCheckerNames).configuration).toBeUndefined();
    expect(readConfiguration(`# ${'x'.repeat(200_000)}`, codeCheckerNames).problems[0]?.message).toMatch(
      /larger/,
    );
  });

  test('one that is nested for ever is refused', () => {
    for (const text of ['a: '.repeat(20_000), '['.repeat(50_000), '- '.repeat(40_000), '? '.repeat(40_000)]) {
      const { configuration, problems } = readConfiguration(text, codeCheckerNames);
      expect(configuration).toBeUndefined();
      expect(problems.length).toBeGreaterThan(0);
    }
  });

  test('where it must be right, the first problem is one line with its place', () => {
    expect(() => requireConfiguration('advisory: maybe\n', 'adjutant.yml', codeCheckerNames)).toThrow(
      UserError,
    );
    expect(() => requireConfiguration('advisory: maybe\n', 'adjutant.yml', codeCheckerNames)).toThrow(
      /^adjutant\.yml:1:11: advisory must be boolean$/,
    );
  });

  test('any text is read or refused, never a fault', () => {
    const piece = fc.constantFrom(
      'checkers',
      'rules',
      ':',
      ' ',
      '\n',
      '  ',
      '-',
      '[',
      ']',
      '{',
      '}',
      '"',
      '&a',
      '*a',
      '!!js',
      'true',
      '1',
      '?',
      '|',
      '\t',
      '__proto__',
      '<<',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
        (text) => {
          const { configuration, problems } = readConfiguration(text, codeCheckerNames);
          expect(configuration === undefined).toBe(problems.length > 0);
          for (const { line, column } of problems) expect([line, column].every((n) => n >= 1)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the published schema', () => {
  const published = readFileSync(new URL('../../docs/adjutant.schema.json', import.meta.url), 'utf8');

  test('is the one of the code (npm run schema)', () => {
    expect(published).toBe(configurationJsonSchema(codeCheckerNames));
  });

  test('accepts what is accepted and refuses unknown keys', () => {
    const validate = new Ajv({ strict: false }).compile(JSON.parse(published));
    expect(validate({})).toBe(true);
    expect(validate({ checkers: { 'null-deref': { enabled: false } }, rules: { 'a/b': 'off' } })).toBe(true);
    expect(validate({ failon: 'error' })).toBe(false);
    expect(validate({ 'fail-on': 'fatal' })).toBe(false);
  });

  test('every key says what it means', () => {
    for (const [key, value] of Object.entries(configurationSchema(codeCheckerNames).shape))
      expect([key, value.description]).toEqual([key, expect.any(String)]);
  });
});

test('the example of docs/configuration.md is valid', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  expect(example).toContain('dismissed:');
  expect(readConfiguration(example, codeCheckerNames).problems).toEqual([]);
});
