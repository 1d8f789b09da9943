import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CodeChecker } from '../../src/checkers/checker.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { defaultConfiguration } from '../../src/config/default-configuration.ts';
import { openRepository } from '../../src/git/repository.ts';
import type { Report } from '../../src/review/report.ts';
import { review } from '../../src/review/review.ts';
import { TemporaryRepository } from '../git/temporary-repository.ts';

/** A function with more than a return is a finding, another one for another length. */
const checker: CodeChecker = {
  name: 'toy',
  rules: [{ id: 'toy/long', severity: 'error', summary: 'A function is long.', source: 'This test.' }],
  audit: (program, paths) =>
    paths.flatMap((path) =>
      (program.facts(path)?.functions ?? [])
        .filter(({ line, endLine }) => endLine - line > 3)
        .map(({ name, line, endLine }) => ({
          checker: 'toy',
          rule: 'toy/long',
          severity: 'error',
          confidence: 'high',
          path,
          line,
          endLine: line,
          function: name,
          message: `${name} is long`,
          explanation: '',
          fingerprint: `${name} ${endLine - line}`,
          trace: [],
        })),
    ),
};
const configuration: Configuration = {
  ...defaultConfiguration,
  checkers: { ...defaultConfiguration.checkers, trailers: { enabled: false, paths: [], 'ignore-paths': [] } },
};
const fn = (name: string, ...body: string[]) =>
  `int ${name}(void)\n{\n${body.map((line) => `\t${line};\n`).join('')}\treturn 0;\n}\n\n`;
const OLD = fn('old', 'a()') + fn('fine');

let files: TemporaryRepository;
let base: string;

beforeEach(() => {
  files = new TemporaryRepository();
  base = files.commit('base', { 'mm/x.c': OLD, 'mm/y.c': fn('y') });
});
afterEach(() => files.remove());

/** Commits `x.c` with these functions after the ones that it has. */
const commit = (...functions: string[]) => files.commit('mm: change', { 'mm/x.c': OLD + functions.join('') });

async function reviewed(from = configuration, by = checker): Promise<Report> {
  const repository = await openRepository(files.path);
  if (!repository) throw new Error('no repository');
  try {
    const change = await repository.change(await repository.range(`${base}..HEAD`));
    return await review(change, { checkers: [by], configuration: from });
  } finally {
    repository.close();
  }
}

const between = ({ transient }: Report) =>
  transient.map(({ finding, commit: since, mendedBy }) => [
    `${finding.path}:${finding.line} ${finding.function} ${finding.severity}`,
    since,
    mendedBy,
  ]);

describe('what a commit breaks and a later one mends', () => {
  test('is a note with both commits, and no finding', async () => {
    const first = commit(fn('new', 'a()'));
    files.commit('mm: something else', { 'mm/y.c': fn('y', 'b()') });
    const third = commit(fn('new'));
    const report = await reviewed();
    expect(report.findings.map(({ function: name }) => name)).toEqual(['y']);
    expect(between(report)).toEqual([['mm/x.c:12 new note', first, third]]);
  });

  test('is followed through lines that move, other commits of the file, and a function that was there', async () => {
    const broken = files.commit('mm: break', { 'mm/x.c': OLD.replace(fn('fine'), fn('fine', 'a()')) });
    files.commit('mm: move', { 'mm/x.c': fn('first') + fn('old', 'a()') + fn('fine', 'a()') });
    const mended = files.commit('mm: mend', {
      'mm/x.c': fn('first') + fn('old', 'a()') + fn('fine') + fn('last'),
    });
    expect(between(await reviewed())).toEqual([['mm/x.c:7 fine note', broken, mended]]);
  });

  test('is said once where it lasts for some commits', async () => {
    const first = commit(fn('new', 'a()'));
    commit(fn('new', 'b()'), fn('more'));
    const third = commit(fn('new'), fn('more'));
    expect(between(await reviewed())).toEqual([['mm/x.c:12 new note', first, third]]);
  });

  test('is nothing in between where it comes back', async () => {
    commit(fn('new', 'a()'));
    commit(fn('new'));
    const id = commit(fn('new', 'b()'));
    const report = await reviewed();
    expect(report.transient).toEqual([]);
    expect(report.findings).toMatchObject([{ commit: id }]);
  });

  test('is nothing in between where its rule only speaks under another name', async () => {
    commit(fn('new', 'a()'));
    const id = commit(fn('new', 'a()', 'b()'));
    const report = await reviewed();
    expect(report.transient).toEqual([]);
    expect(report.findings).toMatchObject([{ commit: id }]);
  });

  test('is nothing where the base has it, or the configuration does not want it', async () => {
    commit(fn('new', 'a()'));
    commit(fn('new'));
    expect((await reviewed({ ...configuration, rules: { 'toy/long': 'off' } })).transient).toEqual([]);
    expect((await reviewed({ ...configuration, rules: { 'toy/long': 'note' } })).transient).toEqual([]);
    files.commit('mm: gone', { 'mm/x.c': fn('old') + fn('fine') + fn('new') });
    files.commit('mm: back', { 'mm/x.c': OLD + fn('new') });
    expect(between(await reviewed()).map(([place]) => place)).toEqual(['mm/x.c:12 new note']);
  });

  test('is not looked for in a file that the commits together leave as it was', async () => {
    commit(fn('new', 'a()'));
    commit();
    expect((await reviewed()).transient).toEqual([]);
  });

  test('is not looked for between commits that do not stand on each other', async () => {
    commit(fn('new', 'a()'));
    files.git('checkout', '-q', '-b', 'side', base);
    files.commit('mm: aside', { 'mm/y.c': fn('y', 'b()') });
    files.git('checkout', '-q', 'main');
    files.git('merge', '-q', '--no-edit', 'side');
    commit(fn('new'));
    expect((await reviewed()).transient).toEqual([]);
  });

  test('is looked for up to a bound, which is said', async () => {
    for (let index = 0; index < 10; index++) commit(fn('new', `a(${index})`));
    commit(fn('new'));
    const report = await reviewed();
    expect(report.transient).toEqual([]);
    expect(report.limits).toContain('2 of the commits in between were not looked at one by one.');
  });

  test('costs nothing where each commit touches functions of its own', async () => {
    for (let index = 0; index < 12; index++)
      commit(...Array.from({ length: index + 1 }, (_, other) => fn(`new${other}`, 'a()')));
    const report = await reviewed();
    expect(report.findings).toHaveLength(12);
    expect(report.limits).toEqual([]);
  });
});

describe('a finding is attributed', () => {
  test('to the commit since which it holds, not to a later one that writes its line', async () => {
    const first = commit(fn('new', 'a()'));
    commit(fn('new', 'a()').replace('(void)', '(void )'));
    expect((await reviewed()).findings).toMatchObject([{ function: 'new', commit: first }]);
  });
});

test('functions that several commits touch are asked about on both sides and in between, also where all leave them as they were', async () => {
  const asked: string[][] = [];
  const watching: CodeChecker = {
    ...checker,
    audit(program, paths, scope) {
      asked.push((scope?.touched ?? []).map(({ name }) => name));
      return checker.audit(program, paths);
    },
  };
  const other = OLD.replace('a();', 'b();');
  files.commit('mm: lengthen', { 'mm/x.c': other.replace(fn('fine'), fn('fine', 'a()')) });
  files.commit('mm: shorten again', { 'mm/x.c': other });
  files.commit('mm: touch it once more', { 'mm/x.c': OLD.replace('a();', 'c();') });
  await reviewed(configuration, watching);
  expect(asked.length).toBeGreaterThan(2);
  expect(new Set(asked.map(String))).toEqual(new Set(['old,fine']));
});
