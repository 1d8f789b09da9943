import { expect, test } from 'vitest';
import { Gone } from '../../src/jobs/forge.ts';
import { readPullState, unlessBehind } from '../../src/jobs/pull-state.ts';

const expected = { head: 'new', baseRef: 'master' };
const state = (head: string, more = {}) => ({
  open: true,
  draft: false,
  head,
  baseRef: 'master',
  updated: '2026-11-01T00:00:00Z',
  labels: [],
  gitUrl: '',
  ...more,
});
const NO_PAUSE = [0, 0, 0];

/** Reads it from a GitHub that gives these answers, the last for good; counts how often it was asked. */
async function read(answers: readonly ReturnType<typeof state>[], newest = () => 'new') {
  let asked = 0;
  const ask = async () => answers[Math.min(asked++, answers.length - 1)] as ReturnType<typeof state>;
  const { head, baseRef } = await readPullState(ask, async () => newest(), expected, NO_PAUSE);
  return { head, baseRef, asked };
}

test('what an event named is there at once, as a rule', async () => {
  expect(await read([state('new')])).toEqual({ head: 'new', baseRef: 'master', asked: 1 });
});

test('a copy that is behind the event is asked again: a push is not taken for an old one', async () => {
  expect(await read([state('old'), state('old'), state('new')])).toMatchObject({ head: 'new', asked: 3 });
  expect(await read([state('new', { baseRef: 'next' }), state('new')])).toMatchObject({
    baseRef: 'master',
    asked: 2,
  });
});

test('a newer push is waited for no longer than until its own event comes', async () => {
  let events = 0;
  const newest = () => (++events > 1 ? 'newer' : 'new');
  expect(await read([state('newer')], newest)).toMatchObject({ head: 'newer', asked: 2 });
});

test('the review of a head that is known to be old is not held up, nor that of what is closed', async () => {
  expect(await read([state('newer')], () => 'newer')).toMatchObject({ asked: 1 });
  expect(await read([state('old', { open: false })])).toMatchObject({ asked: 1 });
});

test('what GitHub keeps saying holds', async () => {
  expect(await read([state('other')])).toMatchObject({ head: 'other', asked: 4 });
});

test('what GitHub does not know yet is asked for again, what it never knows is gone', async () => {
  let asked = 0;
  const late = async () => {
    asked += 1;
    if (asked < 3) throw new Gone('not there');
    return 'there';
  };
  expect(await unlessBehind(late, NO_PAUSE)).toBe('there');
  await expect(unlessBehind(() => Promise.reject(new Gone('never')), NO_PAUSE)).rejects.toThrow('never');
  const other = () => Promise.reject(new Error(`other ${++asked}`));
  await expect(unlessBehind(other, NO_PAUSE)).rejects.toThrow('other 4');
});
