import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Plan, type Remark, reconcile, type Said } from '../../src/jobs/reconcile.ts';
import { dismissedBody, retiredBody, type Standing, standingOf } from '../../src/jobs/standing.ts';
import { findingMark, readFindingMark } from '../../src/report/github.ts';

const remark = (fingerprint: string): Remark<string> => ({ fingerprint, comment: `about ${fingerprint}` });
const said = (fingerprint: string, standing: Standing = 'live'): Said => ({
  fingerprint,
  standing,
  comment: { id: fingerprint.length, node: `n${fingerprint}`, body: '', answered: false },
});
const names = (plan: Plan<string>) => ({
  post: plan.post.map((r) => r.fingerprint),
  left: plan.left.map((r) => r.fingerprint),
  change: plan.change.map(({ said, to }) => `${said.fingerprint}: ${to}`),
});
const of = (...all: string[]) => new Set(all);
/** Standings where these hold, and these of them are dismissed. */
const holding =
  (live: readonly string[], dismissed: readonly string[] = []) =>
  (fingerprint: string): Standing =>
    !live.includes(fingerprint) ? 'retired' : dismissed.includes(fingerprint) ? 'dismissed' : 'live';

describe('a push', () => {
  test('says what is new, leaves what stands, retires what is gone, restores what is back', () => {
    const plan = reconcile(
      [remark('new'), remark('stands'), remark('back')],
      holding(['new', 'stands', 'back']),
      [said('stands'), said('gone'), said('back', 'retired'), said('gone before', 'retired')],
      of('stands', 'gone', 'back', 'gone before'),
      20,
    );
    expect(names(plan)).toEqual({ post: ['new'], left: [], change: ['gone: retired', 'back: live'] });
  });
  test('does not repeat what a person deleted', () => {
    expect(names(reconcile([remark('a')], holding(['a']), [], of('a'), 20)).post).toEqual([]);
  });
  test('says a finding once that stands at two lines', () => {
    expect(names(reconcile([remark('a'), remark('a')], holding(['a']), [], of(), 20)).post).toEqual(['a']);
  });
  test('does not retire what is still true but can no longer stand inline', () => {
    expect(names(reconcile([], holding(['a']), [said('a')], of('a'), 20)).change).toEqual([]);
  });
  test('restores one of two comments about a finding', () => {
    const both = [said('a', 'retired'), said('a', 'retired')];
    expect(names(reconcile([remark('a')], holding(['a']), both, of('a'), 20)).change).toEqual(['a: live']);
  });
  test('stops at the limit, the first ones first', () => {
    const plan = reconcile(['a', 'b', 'c'].map(remark), holding(['a', 'b', 'c']), [], of(), 2);
    expect(names(plan)).toMatchObject({ post: ['a', 'b'], left: ['c'] });
  });
  test('sets aside what was dismissed, and never says it for the first time', () => {
    const plan = reconcile([remark('b')], holding(['a', 'b'], ['a', 'b']), [said('a')], of('a'), 20);
    expect(names(plan)).toEqual({ post: [], left: [], change: ['a: dismissed'] });
  });
});

test('over any sequence of pushes and dismissals nothing is said twice, and what stands is what is true', () => {
  const some = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));
  const step = fc.record({ found: some, dismissed: some });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const github = new Map<string, Standing>();
      const ever = new Set<string>();
      for (const { found, dismissed } of steps) {
        const standing = holding(found, dismissed);
        const actual = [...github].map(([fingerprint, is]) => said(fingerprint, is));
        const plan = reconcile(found.map(remark), standing, actual, new Set(ever), 20);
        for (const { fingerprint } of plan.post) {
          expect(ever.has(fingerprint)).toBe(false);
          ever.add(fingerprint);
          github.set(fingerprint, 'live');
        }
        for (const { said: one, to } of plan.change) github.set(one.fingerprint, to);
        for (const [fingerprint, is] of github) expect(is).toBe(standing(fingerprint));
        const live = found.filter((fingerprint) => !dismissed.includes(fingerprint));
        for (const fingerprint of live) expect(github.get(fingerprint)).toBe('live');
      }
    }),
  );
});

test('a folded comment says why, keeps its words and its mark, and can be folded anew', () => {
  const body = `**Something** is wrong\n\n${findingMark('rule:a -- b')}`;
  expect(standingOf(body)).toBe('live');
  const retired = retiredBody(body, 'ab'.repeat(20));
  const dismissed = dismissedBody(retired, { by: 'ann', reason: 'see @bob <b>' });
  expect(standingOf(retired)).toBe('retired');
  expect(standingOf(dismissed)).toBe('dismissed');
  expect(dismissed).not.toMatch(/@bob|<b>|Not found any more/);
  expect(retiredBody(dismissed, 'ab'.repeat(20))).toBe(retired);
  for (const folded of [retired, dismissed]) {
    expect(folded).toContain('**Something** is wrong');
    expect(readFindingMark(folded)).toBe('rule:a -- b');
  }
});
