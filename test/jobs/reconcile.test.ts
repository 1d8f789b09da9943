import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Plan, type Remark, reconcile, type Said } from '../../src/jobs/reconcile.ts';
import { isRetired, retiredBody } from '../../src/jobs/retired.ts';
import { findingMark, readFindingMark } from '../../src/report/github.ts';

const remark = (fingerprint: string): Remark<string> => ({ fingerprint, comment: `about ${fingerprint}` });
const said = (fingerprint: string, retired = false): Said => ({
  fingerprint,
  retired,
  comment: { id: fingerprint.length, node: `n${fingerprint}`, body: '', answered: false },
});
const names = (plan: Plan<string>) => ({
  post: plan.post.map((r) => r.fingerprint),
  left: plan.left.map((r) => r.fingerprint),
  retire: plan.retire.map((s) => s.fingerprint),
  restore: plan.restore.map((r) => r.said.fingerprint),
});
const of = (...all: string[]) => new Set(all);

describe('a push', () => {
  test('says what is new, leaves what stands, retires what is gone, restores what is back', () => {
    const plan = reconcile(
      [remark('new'), remark('stands'), remark('back')],
      of('new', 'stands', 'back'),
      [said('stands'), said('gone'), said('back', true), said('gone before', true)],
      of('stands', 'gone', 'back', 'gone before'),
      20,
    );
    expect(names(plan)).toEqual({ post: ['new'], left: [], retire: ['gone'], restore: ['back'] });
  });
  test('does not repeat what a person deleted', () => {
    expect(names(reconcile([remark('a')], of('a'), [], of('a'), 20)).post).toEqual([]);
  });
  test('says a finding once that stands at two lines', () => {
    expect(names(reconcile([remark('a'), remark('a')], of('a'), [], of(), 20)).post).toEqual(['a']);
  });
  test('does not retire what is still true but can no longer stand inline', () => {
    expect(names(reconcile([], of('a'), [said('a')], of('a'), 20)).retire).toEqual([]);
  });
  test('stops at the limit, the first ones first', () => {
    const plan = reconcile(['a', 'b', 'c'].map(remark), of('a', 'b', 'c'), [], of(), 2);
    expect(names(plan)).toMatchObject({ post: ['a', 'b'], left: ['c'] });
  });
});

test('over any sequence of pushes nothing is said twice, and what stands is what is true', () => {
  const head = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));
  fc.assert(
    fc.property(fc.array(head, { maxLength: 8 }), (heads) => {
      const github = new Map<string, boolean>();
      const ever = new Set<string>();
      for (const findings of heads) {
        const actual = [...github].map(([fingerprint, retired]) => said(fingerprint, retired));
        const plan = names(reconcile(findings.map(remark), of(...findings), actual, new Set(ever), 20));
        for (const fingerprint of plan.post) {
          expect(ever.has(fingerprint)).toBe(false);
          ever.add(fingerprint);
          github.set(fingerprint, false);
        }
        for (const fingerprint of plan.retire) github.set(fingerprint, true);
        for (const fingerprint of plan.restore) github.set(fingerprint, false);
        const standing = [...github].filter(([, retired]) => !retired).map(([fingerprint]) => fingerprint);
        expect(standing.sort()).toEqual([...findings].sort());
      }
    }),
  );
});

test('a retired comment says so, keeps its words and its mark', () => {
  const body = `**Something** is wrong\n\n${findingMark('rule:a -- b')}`;
  const retired = retiredBody(body, 'ab'.repeat(20));
  expect(isRetired(body)).toBe(false);
  expect(isRetired(retired)).toBe(true);
  expect(retired).toContain('**Something** is wrong');
  expect(readFindingMark(retired)).toBe('rule:a -- b');
});
