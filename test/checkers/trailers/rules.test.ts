import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { correctMessages } from '../../../src/checkers/trailers/correct.ts';
import { checkTrailers, trailers } from '../../../src/checkers/trailers/index.ts';
import { readFixtures } from './fixture.ts';

/** They compare with a repository: test/checkers/trailers/backports.test.ts has their cases. */
const BY_REPOSITORY = [
  'backport-author',
  'backport-change',
  'backport-missing-fix',
  'fixes-author-not-told',
  'fixes-not-ancestor',
];

describe.each(readFixtures())('$rule', ({ rule, history, options, sections, commit }) => {
  const id = `trailers/${rule}`;
  test.each(sections.map((section, index) => ({ ...section, index })))(
    '$kind ($index)',
    async ({ index, ...section }) => {
      if (section.kind === 'corrected') {
        const before = sections[index - 1]?.message ?? '';
        const corrected = await correctMessages([commit(before)], history, options);
        expect(corrected.get(rule)).toBe(section.message);
        const left = await checkTrailers([commit(section.message)], history, options);
        expect(left.filter((finding) => finding.rule === id)).toEqual([]);
        return;
      }
      const findings = await checkTrailers([commit(section.message)], history, options);
      const lines = findings.filter((finding) => finding.rule === id).map((finding) => finding.line);
      expect(lines).toEqual(section.kind === 'report' ? [section.line] : []);
    },
  );
});

describe('every rule', () => {
  const fixtures = new Map(readFixtures().map((fixture) => [fixture.rule, fixture]));
  const names = trailers.rules.map((rule) => rule.id.replace('trailers/', ''));

  test('has its own name', () => {
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(names.filter((name) => !BY_REPOSITORY.includes(name)))('%s has fixtures both ways', (name) => {
    const kinds = fixtures.get(name)?.sections.map((section) => section.kind) ?? [];
    expect(kinds).toContain('report');
    expect(kinds).toContain('silent');
  });

  test.each(trailers.rules)('$id has a page with its level and source', (rule) => {
    const page = readFileSync(new URL(`../../../docs/rules/${rule.id}.md`, import.meta.url), 'utf8');
    expect(page.startsWith(`# ${rule.id}\n\n${rule.summary}\n`)).toBe(true);
    expect(page).toContain(rule.source);
    expect(page).toMatch(new RegExp(`^\\| ${rule.severity}\\b`, 'm'));
    for (const heading of ['What it reports', 'Bad', 'Good', 'Limits', 'When not to use it']) {
      expect(page).toContain(`\n## ${heading}\n`);
    }
  });
});
