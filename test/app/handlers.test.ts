import { describe, expect, test } from 'vitest';
import { decide } from '../../src/app/webhook.ts';

const HEAD = 'ab'.repeat(20);
const common = {
  installation: { id: 3 },
  repository: { id: 4, name: 'linux', owner: { login: 'torvalds' } },
  sender: { login: 'ann', type: 'User' },
};
const repository = { installation: 3, id: 4, owner: 'torvalds', name: 'linux' };
const pull = { repository, number: 5 };

function decided(event: string, payload: object) {
  return decide(event, JSON.stringify({ ...common, ...payload }));
}

describe('pull_request', () => {
  const pr = { pull_request: { number: 5, head: { sha: HEAD }, base: { ref: 'master' } } };
  const review = { queue: 'intake', key: '4#5', data: { kind: 'push', pull, head: HEAD, baseRef: 'master' } };

  test.each(['opened', 'synchronize', 'reopened', 'ready_for_review'])('%s asks for a review', (action) => {
    expect(decided('pull_request', { action, ...pr })).toEqual(review);
  });
  test('edited asks for one when the base changed, and not for a title', () => {
    const base = { ref: { from: 'next' }, sha: { from: HEAD } };
    expect(decided('pull_request', { action: 'edited', changes: { base }, ...pr })).toEqual(review);
    const title = { from: 'old' };
    expect(decided('pull_request', { action: 'edited', changes: { title }, ...pr })).toBeUndefined();
  });
  test('closed cleans up', () => {
    expect(decided('pull_request', { action: 'closed', ...pr })).toEqual({
      queue: 'intake',
      key: '4#5',
      data: { kind: 'close', pull },
    });
  });
});

describe('re-runs', () => {
  const key = `4@${HEAD}`;
  test('of one check run, also of a fork that GitHub names no pull request for', () => {
    const check_run = { name: 'adjutant / null-deref', head_sha: HEAD, pull_requests: [] };
    expect(decided('check_run', { action: 'rerequested', check_run })).toEqual({
      queue: 'intake',
      key,
      data: { kind: 'rerun', repository, head: HEAD, checker: 'null-deref' },
    });
  });
  test('of a check run that is not ours: nothing', () => {
    const check_run = { name: 'build', head_sha: HEAD };
    expect(decided('check_run', { action: 'rerequested', check_run })).toBeUndefined();
    expect(decided('check_run', { action: 'created', check_run })).toBeUndefined();
  });
  test('a button that is pressed is work; one of somebody else, or by a bot, is none', () => {
    const check_run = { name: 'adjutant / null-deref', head_sha: HEAD };
    const press = (identifier: string) => ({
      action: 'requested_action',
      check_run,
      requested_action: { identifier },
    });
    expect(decided('check_run', press('dismiss'))).toEqual({
      queue: 'intake',
      key,
      data: {
        kind: 'press',
        repository,
        head: HEAD,
        checker: 'null-deref',
        button: 'dismiss',
        by: 'ann',
      },
    });
    const other = { ...press('dismiss'), check_run: { name: 'build', head_sha: HEAD } };
    expect(decided('check_run', other)).toBeUndefined();
    const bot = { ...press('rerun'), sender: { login: 'x[bot]', type: 'Bot' } };
    expect(decided('check_run', bot)).toBeUndefined();
    expect(decided('check_run', press('launch'))).toBe('malformed');
  });
  test('of the suite', () => {
    const check_suite = { head_sha: HEAD };
    expect(decided('check_suite', { action: 'rerequested', check_suite })).toEqual({
      queue: 'intake',
      key,
      data: { kind: 'rerun', repository, head: HEAD },
    });
  });
});

describe('issue_comment', () => {
  const comment = (body: string, user: object | null = { login: 'ann', type: 'User' }) => ({
    action: 'created',
    issue: { number: 5, user: { login: 'bob' }, pull_request: { url: 'x' } },
    comment: { id: 9, body, updated_at: '2026-11-01T00:00:00Z', user },
    sender: user ?? { login: 'ann', type: 'User' },
  });

  test('with a command is work', () => {
    expect(decided('issue_comment', comment('please\n/recheck'))).toEqual({
      queue: 'comment',
      key: '4#5',
      turn: { installation: 3, repository: 4 },
      data: {
        pull,
        comment: 9,
        invocations: [{ name: 'recheck', args: '', text: '/recheck', column: 1 }],
        author: 'ann',
        written: '2026-11-01T00:00:00Z',
        pullAuthor: 'bob',
      },
    });
  });
  test.each([
    ['without a command', comment('nice work')],
    ["with another bot's command", comment('/lgtm')],
    ['on an issue that is no pull request', { ...comment('/recheck'), issue: { number: 5, user: null } }],
    ['of a bot', comment('/recheck', { login: 'adjutant[bot]', type: 'Bot' })],
    ['of a deleted account', comment('/recheck', null)],
    [
      'that was edited and had it before',
      { ...comment('Hm.\n/recheck'), action: 'edited', changes: { body: { from: '/recheck' } } },
    ],
    ['that a bot edited', { ...comment('/recheck'), sender: { login: 'other[bot]', type: 'Bot' } }],
  ])('%s is none', (_, payload) => {
    expect(decided('issue_comment', payload)).toBeUndefined();
  });
  test('a slip of a command, or an unknown one that says Adjutant, is answered', () => {
    expect(decided('issue_comment', comment('/rechek'))).toMatchObject({
      data: { invocations: [{ name: 'rechek' }] },
    });
    expect(decided('issue_comment', comment('/adjutant lgtm'))).toMatchObject({
      data: { invocations: [{ name: 'lgtm' }] },
    });
  });
});

describe('pull_request_review_comment', () => {
  const reply = {
    action: 'created',
    pull_request: { number: 5, user: { login: 'bob' } },
    comment: {
      id: 12,
      in_reply_to_id: 9,
      body: '/explain',
      updated_at: '2026-11-01T00:00:00Z',
      user: { login: 'ann', type: 'User' },
    },
    sender: { login: 'ann', type: 'User' },
  };
  test('in a thread is answered there', () => {
    expect(decided('pull_request_review_comment', reply)).toMatchObject({
      queue: 'comment',
      key: '4#5',
      data: { comment: 12, thread: 9, author: 'ann', pullAuthor: 'bob' },
    });
  });
  test("of Adjutant's own is none", () => {
    const own = { ...reply, sender: { login: 'adjutant[bot]', type: 'Bot' } };
    expect(decided('pull_request_review_comment', own)).toBeUndefined();
  });
});

describe('what a repository does', () => {
  test('a merge queue asks for the checks of a commit, or gives it up', () => {
    const merge_group = {
      head_sha: HEAD,
      head_ref: 'refs/heads/gh-readonly-queue/master/pr-5-cd',
      base_sha: 'cd'.repeat(20),
      base_ref: 'refs/heads/master',
    };
    expect(decided('merge_group', { action: 'checks_requested', merge_group })).toEqual({
      queue: 'intake',
      key: `4@${HEAD}`,
      data: {
        kind: 'group',
        repository,
        head: HEAD,
        baseRef: 'master',
        group: { base: merge_group.base_sha, ref: merge_group.head_ref },
      },
    });
    expect(decided('merge_group', { action: 'destroyed', merge_group })).toMatchObject({
      data: { kind: 'group-gone', head: HEAD },
    });
  });
  test('a push to a branch is looked at, a tag and a branch that is gone are not', () => {
    const push = { ref: 'refs/heads/for/next', after: HEAD, deleted: false };
    expect(decided('push', push)).toMatchObject({ data: { kind: 'refresh', branch: 'for/next', tip: HEAD } });
    expect(decided('push', { ...push, ref: 'refs/tags/v6.12' })).toBeUndefined();
    expect(decided('push', { ...push, deleted: true, after: '0'.repeat(40) })).toBeUndefined();
  });
  test('the App is taken away', () => {
    const gone = { repositories_removed: [{ id: 4 }, { id: 6 }], repositories_added: [] };
    expect(decided('installation_repositories', { action: 'removed', ...gone })).toMatchObject({
      data: { kind: 'forget', repositories: [4, 6] },
    });
    expect(decided('installation', { action: 'deleted', repositories: [{ id: 4 }] })).toMatchObject({
      data: { kind: 'forget', repositories: [4] },
    });
    expect(decided('installation', { action: 'created', repositories: [{ id: 4 }] })).toBeUndefined();
  });
});
