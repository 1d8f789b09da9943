import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COMMIT_MESSAGE } from '../../src/checkers/checker.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { defaultConfiguration } from '../../src/config/default-configuration.ts';
import { openRepository } from '../../src/git/repository.ts';
import { audit } from '../../src/review/audit.ts';
import type { Report } from '../../src/review/report.ts';
import { review } from '../../src/review/review.ts';
import { AUTHOR, COMMITTER, TemporaryRepository } from '../git/temporary-repository.ts';
import { toyChecker } from './toy-checker.ts';

const SIGNED = `Why.\n\nSigned-off-by: ${AUTHOR.name} <${AUTHOR.email}>\nSigned-off-by: ${COMMITTER.name} <${COMMITTER.email}>`;
const quiet: Configuration = {
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

async function reviewed(configuration = quiet): Promise<Report> {
  const repository = await openRepository(files.path);
  if (!repository) throw new Error('no repository');
  try {
    const change = await repository.change(await repository.range(`${base}..HEAD`));
    return await review(change, { checkers: [toyChecker], configuration });
  } finally {
    repository.close();
  }
}

const told = (findings: Report['findings']) =>
  findings.map(({ path, line, function: name }) => `${path}:${line} ${name}`);

describe('what a change introduces and fixes', () => {
  test('old findings are not told, new ones are', async () => {
    files.commit('mm: new', { 'mm/x.c': fn('old_bad') + fn('fine') + fn('new_bad') });
    const report = await reviewed();
    expect(told(report.findings)).toEqual(['mm/x.c:11 new_bad']);
    expect(report.fixed).toEqual([]);
    expect(report.stats).toMatchObject({ files: 1, functions: 3, commits: 1 });
  });

  test('one that goes is fixed', async () => {
    files.commit('mm: fix', { 'mm/x.c': fn('old_good') + fn('fine') });
    const report = await reviewed();
    expect(report.findings).toEqual([]);
    expect(told(report.fixed)).toEqual(['mm/x.c:1 old_bad']);
  });

  test('moving lines, moving code to another file and renaming the file say nothing', async () => {
    files.commit('mm: move lines', { 'mm/x.c': fn('first') + fn('old_bad') + fn('fine') });
    expect(await reviewed()).toMatchObject({ findings: [], fixed: [] });
    files.commit('mm: move code', { 'mm/x.c': fn('fine'), 'mm/y.c': fn('y') + fn('old_bad') });
    expect(await reviewed()).toMatchObject({ findings: [], fixed: [] });
    files.commit('mm: rename', { 'mm/y.c': undefined, 'mm/z.c': fn('y') + fn('old_bad') });
    expect(await reviewed()).toMatchObject({ findings: [], fixed: [] });
  });

  test('of two of a kind, the one on added lines is the new one', async () => {
    files.commit('mm: twice', { 'mm/w.c': fn('old_bad'), 'mm/x.c': `${fn('old_bad')}${fn('fine')}/* */\n` });
    expect(told((await reviewed()).findings)).toEqual(['mm/w.c:1 old_bad']);
  });

  test('what no C file changes is a review of messages alone', async () => {
    files.commit('doc', { README: 'x\n' });
    expect(await reviewed()).toMatchObject({ findings: [], stats: { files: 0, functions: 0 } });
  });

  test('a function that can not be read is counted', async () => {
    files.commit('mm: broken', {
      'mm/x.c': `${fn('old_bad')}int broken(void)\n{\n\tif (((\n}\n\n${fn('new_bad')}`,
    });
    const report = await reviewed();
    expect(told(report.findings)).toEqual(['mm/x.c:11 new_bad']);
    expect(report.stats.parseErrors).toMatchObject([{ path: 'mm/x.c', function: 'broken' }]);
  });
});

describe('attribution', () => {
  test('each finding belongs to the commit that wrote its line', async () => {
    const first = files.commit('mm: one', { 'mm/x.c': fn('old_bad') + fn('fine') + fn('one_bad') });
    const second = files.commit('mm: two', {
      'mm/x.c': fn('two_bad') + fn('old_bad') + fn('fine') + fn('one_bad'),
    });
    files.commit('mm: three', { 'mm/y.c': fn('y') + fn('three') });
    const { findings } = await reviewed();
    expect(findings.map(({ function: name, commit }) => [name, commit])).toEqual([
      ['two_bad', second],
      ['one_bad', first],
    ]);
  });

  test('through a rename of the file', async () => {
    const first = files.commit('mm: one', { 'mm/x.c': fn('old_bad') + fn('fine') + fn('one_bad') });
    files.commit('mm: two', { 'mm/x.c': undefined, 'mm/z.c': fn('old_bad') + fn('fine') + fn('one_bad') });
    const { findings } = await reviewed();
    expect(findings.map(({ path, commit }) => [path, commit])).toEqual([['mm/z.c', first]]);
  });
});

describe('the configuration', () => {
  beforeEach(() => {
    files.commit('mm: new', { 'mm/x.c': fn('old_bad') + fn('new_bad'), 'mm/y.c': fn('y_bad') });
  });

  test.each<[string, Partial<Configuration>, number]>([
    ['nothing', {}, 2],
    ['the rule off', { rules: { 'toy/bad': 'off' } }, 0],
  ])('%s', async (_name, changes, count) => {
    expect((await reviewed({ ...quiet, ...changes })).findings).toHaveLength(count);
  });

  test('another severity', async () => {
    const { findings } = await reviewed({ ...quiet, rules: { 'toy/bad': 'note' } });
    expect(findings.map(({ severity }) => severity)).toEqual(['note', 'note']);
  });

  test('paths that a checker does not look at', async () => {
    const own = { enabled: true, paths: ['mm/**'], 'ignore-paths': ['**/y.c'] };
    const checkers = { ...quiet.checkers, toy: own } as Configuration['checkers'];
    expect(told((await reviewed({ ...quiet, checkers })).findings)).toEqual(['mm/x.c:6 new_bad']);
    const off = { ...quiet.checkers, toy: { ...own, enabled: false } } as Configuration['checkers'];
    expect((await reviewed({ ...quiet, checkers: off })).findings).toEqual([]);
  });
});

describe('messages', () => {
  test('of all commits are checked, first, in their order', async () => {
    const first = files.commit('mm: one', { 'mm/x.c': fn('old_bad') + fn('new_bad') });
    files.commit(`mm: two\n\n${SIGNED}`, { 'mm/y.c': fn('y2') });
    const third = files.commit('mm: three', { 'mm/y.c': fn('y3') });
    const { findings, excerpts } = await reviewed(defaultConfiguration);
    const unsigned = findings.filter(({ rule }) => rule === 'trailers/signoff-missing');
    expect(unsigned.map(({ path, commit }) => [path, commit])).toEqual([
      [COMMIT_MESSAGE, first],
      [COMMIT_MESSAGE, third],
    ]);
    expect(findings.at(-1)?.function).toBe('new_bad');
    expect(excerpts.get(`${first}${COMMIT_MESSAGE}`)?.get(1)).toBe('mm: one');
  });
});

test('the lines of findings and traces are quoted from head', async () => {
  files.commit('mm: new', { 'mm/x.c': fn('old_bad') + fn('fine') + fn('new_worse', '\tx();\r\n') });
  const { excerpts } = await reviewed();
  expect([...(excerpts.get('mm/x.c') ?? [])]).toEqual([
    [8, '\treturn 0;'],
    [9, '}'],
    [10, ''],
    [11, 'int new_worse(void)'],
    [12, '{'],
    [13, '\tx();'],
    [14, '\treturn 0;'],
    [15, '}'],
    [16, ''],
    [17, ''],
  ]);
});

test('a signal ends a review', async () => {
  files.commit('mm: new', { 'mm/x.c': fn('new_bad') });
  const repository = await openRepository(files.path);
  const change = await repository?.change(await repository.range('HEAD'));
  repository?.close();
  if (!change) throw new Error('no change');
  const reason = new Error('a newer push');
  await expect(review(change, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

describe('an audit', () => {
  test('tells all findings of the files', async () => {
    const repository = await openRepository(files.path);
    if (!repository) throw new Error('no repository');
    const tree = await repository.tree(base);
    const report = await audit({ base: tree, head: tree, diff: [], name: 'base' }, ['mm/x.c', 'mm/y.c'], {
      checkers: [toyChecker],
    });
    expect(told(report.findings)).toEqual(['mm/x.c:1 old_bad']);
    await expect(
      audit({ base: tree, head: tree, diff: [], name: 'base' }, ['mm/nope.c'], { checkers: [toyChecker] }),
    ).rejects.toThrow(/no file mm\/nope\.c/);
    repository.close();
  });

  test('what has been in use weighs as that, unless the patch touches it', async () => {
    files.commit('mm: odd', { 'mm/x.c': fn('first_odd') + fn('second_odd') });
    files.commit('mm: touch', { 'mm/x.c': fn('first_odd') + fn('second_odd', '\tint n;\n') });
    const repository = await openRepository(files.path);
    if (!repository) throw new Error('no repository');
    const { base: before, head, diff } = await repository.change(await repository.range('HEAD~1..HEAD'));
    if (!before || !head) throw new Error('no trees');
    const { findings } = await audit({ base: before, head, diff, name: 'HEAD' }, ['mm/x.c'], {
      checkers: [toyChecker],
    });
    expect(findings.map(({ function: name, confidence }) => `${name} ${confidence}`)).toEqual([
      'first_odd low',
      'second_odd high',
    ]);
    expect(findings.some((finding) => 'confidenceInUse' in finding)).toBe(false);
    repository.close();
  });

  test('a review tells what it introduces as it is', async () => {
    files.commit('mm: odd', { 'mm/x.c': fn('old_bad') + fn('fine') + fn('new_odd') });
    const { findings } = await reviewed();
    expect(findings).toMatchObject([{ function: 'new_odd', confidence: 'high' }]);
    expect(findings.some((finding) => 'confidenceInUse' in finding)).toBe(false);
  });
});
