import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Configuration } from '../../src/config/configuration.ts';
import { defaultConfiguration } from '../../src/config/default-configuration.ts';
import { openRepository } from '../../src/git/repository.ts';
import type { Report } from '../../src/review/report.ts';
import { review } from '../../src/review/review.ts';
import { TemporaryRepository } from '../git/temporary-repository.ts';
import { toyChecker } from './toy-checker.ts';

const configuration: Configuration = {
  ...defaultConfiguration,
  checkers: { ...defaultConfiguration.checkers, trailers: { enabled: false, paths: [], 'ignore-paths': [] } },
};
const fn = (name: string, body = '') => `int ${name}(void)\n{\n${body}\treturn 0;\n}\n\n`;

let files: TemporaryRepository;
let base: string;

beforeEach(() => {
  files = new TemporaryRepository();
  base = files.commit('base', { 'mm/x.c': fn('old_bad') + fn('fine'), 'mm/y.c': fn('y') });
});
afterEach(() => files.remove());

/** Commits `x.c` with these functions after the ones that it has. */
const commit = (...functions: string[]) =>
  files.commit('mm: change', { 'mm/x.c': fn('old_bad') + fn('fine') + functions.join('') });

async function reviewed(from = configuration): Promise<Report> {
  const repository = await openRepository(files.path);
  if (!repository) throw new Error('no repository');
  try {
    const change = await repository.change(await repository.range(`${base}..HEAD`));
    return await review(change, { checkers: [toyChecker], configuration: from });
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
    const first = commit(fn('new_bad'));
    files.commit('mm: something else', { 'mm/y.c': fn('y', '\ty = 1;\n') });
    const third = commit(fn('new_good'));
    const report = await reviewed();
    expect(report.findings).toEqual([]);
    expect(between(report)).toEqual([['mm/x.c:11 new_bad note', first, third]]);
  });

  test('is said once where it lasts for some commits', async () => {
    const first = commit(fn('new_bad'));
    commit(fn('new_bad'), fn('more'));
    const third = commit(fn('more'));
    expect(between(await reviewed())).toEqual([['mm/x.c:11 new_bad note', first, third]]);
  });

  test.each([
    ['comes back', [fn('new_bad')]],
    ['only gets another name', [fn('other_bad')]],
  ])('is nothing in between where it %s', async (_, last) => {
    commit(fn('new_bad'));
    if (last[0] === fn('new_bad')) commit(fn('new_good'));
    const id = commit(...last);
    const report = await reviewed();
    expect(report.transient).toEqual([]);
    expect(report.findings).toMatchObject([{ commit: id }]);
  });

  test('is nothing where the base has it, or the configuration does not want it', async () => {
    commit(fn('new_bad'));
    commit(fn('new_good'));
    expect((await reviewed({ ...configuration, rules: { 'toy/bad': 'off' } })).transient).toEqual([]);
    expect((await reviewed({ ...configuration, rules: { 'toy/bad': 'note' } })).transient).toEqual([]);
    files.commit('mm: gone', { 'mm/x.c': fn('fine') });
    files.commit('mm: back, and more', { 'mm/x.c': fn('old_bad') + fn('fine') + fn('more') });
    const told = between(await reviewed()).map(([place]) => place);
    expect(told).toEqual(['mm/x.c:11 new_bad note']);
  });

  test('is not looked for in a file that the commits together leave as it was', async () => {
    commit(fn('new_bad'));
    commit();
    expect((await reviewed()).transient).toEqual([]);
  });

  test('is not looked for between commits that do not stand on each other', async () => {
    commit(fn('new_bad'));
    files.git('checkout', '-q', '-b', 'side', base);
    files.commit('mm: aside', { 'mm/y.c': fn('y', '\ty = 2;\n') });
    files.git('checkout', '-q', 'main');
    files.git('merge', '-q', '--no-edit', 'side');
    commit(fn('new_good'));
    expect((await reviewed()).transient).toEqual([]);
  });

  test('is looked for up to a bound, which is said', async () => {
    for (let index = 0; index < 15; index++) commit(fn('new_bad', `\tx = ${index};\n`));
    commit(fn('new_good'));
    const report = await reviewed();
    expect(report.transient).toEqual([]);
    expect(report.limits).toContain('3 of the commits in between were not looked at one by one.');
  });
});

describe('a finding is attributed', () => {
  test('to the commit since which it holds, not to a later one that writes its line', async () => {
    const first = commit(fn('new_bad'));
    files.commit('mm: style', {
      'mm/x.c': fn('old_bad') + fn('fine') + fn('new_bad').replace('(void)', '(void )'),
    });
    expect((await reviewed()).findings).toMatchObject([{ function: 'new_bad', commit: first }]);
  });
});
