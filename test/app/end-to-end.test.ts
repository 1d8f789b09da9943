/** The App on real HTTP, with real signatures, a real queue and a real git server; only GitHub is a stand-in. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type CheckRun,
  type PullRequest,
  type Repository,
  type StandInGitHub,
  startGitHub,
} from '../../demo/github/index.ts';
import { type Postgres, startPostgres } from '../store/postgres.ts';
import { appManifest } from './app-manifest.ts';
import { broken, brokenAndMoved, brokenTwice, clean, driver, files } from './kernel-sample.ts';
import { type RunningApp, startApp } from './running-app.ts';
import { findSecrets } from './secret-search.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const METRICS = 'the token of the metrics';
const NAMES = ['adjutant / lock-order', 'adjutant / null-deref', 'adjutant / trailers'];
const { permissions, events } = appManifest();

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const databases = {
  PGlite: async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await postgres.createDatabase() }),
};

describe.each(Object.keys(databases) as (keyof typeof databases)[])('on %s', (kind) => {
  /** What does not depend on the database is shown on one. */
  const anyDatabase = test.runIf(kind === 'PGlite');
  let github: StandInGitHub;
  let app: RunningApp;
  let databaseEnv: { DATABASE_URL?: string } = {};
  let repository: Repository;
  let count = 0;
  /** Patient: the machine may be busy with other tests. */
  const seen = (what: () => boolean) => github.waitFor(what, 90_000);

  beforeAll(async () => {
    github = await startGitHub({ permissions, events });
    databaseEnv = await databases[kind]();
    app = await startApp(github, { ...databaseEnv, ADJUTANT_METRICS_TOKEN: METRICS });
  });
  afterAll(async () => {
    await app.remove();
    await github.close();
  });
  afterEach(() => {
    github.fault = undefined;
    expect(github.violations.splice(0)).toEqual([]);
  });

  async function newRepository(options: { private?: boolean } = {}): Promise<Repository> {
    repository = await github.createRepository(`torvalds/linux-${++count}`, files, options);
    return repository;
  }

  /** All three checks of the head, ended: the last run of each name. */
  async function reviewed(pull: PullRequest, runs = 3): Promise<Map<string, CheckRun>> {
    await seen(() => {
      const all = github.checkRuns(pull);
      return all.length >= runs && all.every((run) => run.status === 'completed');
    });
    return new Map(github.checkRuns(pull).map((run) => [run.name, run]));
  }

  const conclusions = (runs: Map<string, CheckRun>) => NAMES.map((name) => runs.get(name)?.conclusion);

  async function opened(text: string, signed = true): Promise<PullRequest> {
    await newRepository();
    const pull = await github.createPullRequest(repository, { commits: [driver(text, signed)] });
    await reviewed(pull);
    return pull;
  }

  async function push(pull: PullRequest, text: string, onto?: string): Promise<void> {
    await github.push(repository, pull.head.ref, {
      commits: [driver(text)],
      ...(onto === undefined ? {} : { onto }),
    });
  }

  /** Waits until nothing happens any more: as long as a review takes when one is asked for. */
  async function quiet(): Promise<void> {
    await github.settled();
    const before = github.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(github.requests.length).toBe(before);
  }

  test('a pull request that is opened gets three check runs and one review on the changed lines', async () => {
    await newRepository();
    const from = github.requests.length;
    const pull = await github.createPullRequest(repository, { commits: [driver(broken, false)] });
    const runs = await reviewed(pull);
    expect([...runs.keys()].sort()).toEqual(NAMES);
    expect(conclusions(runs)).toEqual(['success', 'failure', 'failure']);
    expect(runs.get('adjutant / null-deref')?.annotations).toMatchObject([
      { path: 'drivers/port/port.c', start_line: 11 },
    ]);
    expect(runs.get('adjutant / trailers')?.summary).toMatch(/Signed-off-by/);
    expect(pull.reviews).toMatchObject([{ state: 'COMMENTED', user: { login: 'adjutant[bot]' } }]);
    expect(pull.threads).toMatchObject([{ path: 'drivers/port/port.c', line: 11, side: 'RIGHT' }]);
    const statuses = github.requests
      .slice(from)
      .filter(({ operation }) => operation === 'checks/update')
      .map(({ body }) => (body as { status: string }).status);
    // A slow machine tells the steps in between.
    expect(statuses.slice(0, 3)).toEqual(Array(3).fill('in_progress'));
    expect(statuses.filter((status) => status === 'completed')).toHaveLength(3);
    expect(statuses.slice(-3)).toEqual(Array(3).fill('completed'));
  });

  test('a second delivery of the same event changes nothing', async () => {
    const pull = await opened(broken);
    await github.settled();
    const before = github.requests.length;
    for (const delivery of github.deliveries.filter((one) => one.repositoryId === repository.id)) {
      expect((await github.redeliver(delivery)).statusCode).toBeLessThan(300);
    }
    await quiet();
    expect(github.requests.length).toBe(before);
    expect(github.checkRuns(pull)).toHaveLength(3);
    expect(github.reviewComments(pull)).toHaveLength(1);
  });

  anyDatabase('a clean pull request gets green checks and not a word', async () => {
    const pull = await opened(`${clean}\nint port_count;\n`);
    expect(conclusions(await reviewed(pull))).toEqual(['success', 'success', 'success']);
    expect(pull.reviews).toEqual([]);
    expect(pull.comments).toEqual([]);
  });

  anyDatabase('a further checker has a check run where it has found something', async () => {
    const asserts =
      'static u32 slot_bit(u64 slot)\n{\n\tBUILD_BUG_ON(slot >= 32);\n\treturn 1u << slot;\n}\n';
    await newRepository();
    const pull = await github.createPullRequest(repository, { commits: [driver(`${clean}\n${asserts}`)] });
    const runs = await reviewed(pull, 4);
    expect([...runs.keys()].sort()).toEqual(['adjutant / build-assert', ...NAMES]);
    expect(runs.get('adjutant / build-assert')).toMatchObject({
      conclusion: 'success',
      annotations: [{ path: 'drivers/port/port.c', annotation_level: 'notice' }],
    });
    expect(pull.threads).toMatchObject([{ path: 'drivers/port/port.c', side: 'RIGHT' }]);
    expect(github.reviewComments(pull)[0]?.body).toContain('static __always_inline u32 slot_bit(u64 slot)');
  });

  test('over five pushes a finding is said once, retired when fixed, and comes back in its place', async () => {
    const pull = await opened(broken);
    await push(pull, brokenAndMoved);
    await reviewed(pull);
    expect(github.reviewComments(pull)).toHaveLength(1);

    await push(pull, brokenTwice);
    await reviewed(pull);
    expect(github.reviewComments(pull)).toHaveLength(2);
    expect(pull.reviews).toHaveLength(2);

    await push(pull, `${clean}\nint port_count;\n`);
    await reviewed(pull);
    const [first, second] = github.reviewComments(pull);
    expect(first?.body).toMatch(/^✅ \*\*Not found any more\*\*/);
    expect(second?.minimized).toBe('resolved');

    await push(pull, broken);
    await reviewed(pull);
    expect(github.reviewComments(pull)).toHaveLength(2);
    expect(pull.reviews).toHaveLength(2);
    expect(first?.body).not.toMatch(/Not found any more/);
    expect(first?.minimized).toBeUndefined();
    expect(second?.minimized).toBe('resolved');
  });

  anyDatabase('a thread in which a person wrote is not folded away', async () => {
    const pull = await opened(broken);
    const [comment] = github.reviewComments(pull);
    if (comment === undefined) throw new Error('no comment');
    github.reply(comment, 'contributor', 'On purpose.');
    await push(pull, `${clean}\nint port_count;\n`);
    await reviewed(pull);
    expect(comment.body).toMatch(/Not found any more/);
    expect(comment.minimized).toBeUndefined();
  });

  anyDatabase('a comment that a person deleted is not written again', async () => {
    const pull = await opened(broken);
    for (const comment of github.reviewComments(pull)) github.deleteReviewComment(comment, 'maintainer');
    await push(pull, brokenAndMoved);
    await reviewed(pull);
    expect(github.reviewComments(pull)).toEqual([]);
  });

  anyDatabase('a force-push is reviewed, and says nothing twice', async () => {
    const pull = await opened(broken);
    await push(pull, brokenAndMoved, pull.base.sha);
    expect(conclusions(await reviewed(pull))).toEqual(['success', 'failure', 'success']);
    expect(github.reviewComments(pull)).toHaveLength(1);
  });

  test('a push during a review ends that one as neutral and gets its own', async () => {
    await newRepository();
    github.fault = ({ operation }) => (operation === 'pulls/get' ? { delay: 1000 } : undefined);
    const pull = await github.createPullRequest(repository, { commits: [driver(broken)] });
    const old = pull.head.sha;
    await seen(() => github.allCheckRuns().filter((run) => run.head === old).length === 3);
    await push(pull, brokenTwice);
    expect(conclusions(await reviewed(pull))).toEqual(['success', 'failure', 'success']);
    const runs = github.allCheckRuns().filter((run) => run.head === old);
    expect(runs.map((run) => run.conclusion)).toEqual(['neutral', 'neutral', 'neutral']);
    expect(github.reviewComments(pull)).toHaveLength(2);
    expect(pull.reviews).toHaveLength(1);
  });

  anyDatabase(
    'an event that did not arrive, sent again after a later push, does not end its review',
    async () => {
      await newRepository();
      github.connect(undefined);
      const pull = await github.createPullRequest(repository, { commits: [driver(broken)] });
      const missed = github.deliveries.findLast(({ event }) => event === 'pull_request');
      if (missed === undefined) throw new Error('no delivery');
      // GitHub's times are in seconds.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      github.connect(`http://127.0.0.1:${app.port}`);
      github.fault = ({ operation }) => (operation.startsWith('repos/compare') ? { delay: 4000 } : undefined);
      await push(pull, brokenTwice);
      await seen(() => github.checkRuns(pull).filter((run) => run.status === 'in_progress').length === 3);
      expect((await github.redeliver(missed)).statusCode).toBe(202);
      expect(conclusions(await reviewed(pull))).toEqual(['success', 'failure', 'success']);
    },
  );

  anyDatabase(
    'another title, draft and ready again, closed and opened again: the review of this head stands',
    async () => {
      const pull = await opened(broken);
      await github.edit(pull, { title: 'Another title' });
      await github.setDraft(pull, true);
      await github.setDraft(pull, false);
      await github.close(pull);
      await github.reopen(pull);
      await quiet();
      expect(github.checkRuns(pull)).toHaveLength(3);
      expect(github.reviewComments(pull)).toHaveLength(1);
    },
  );

  anyDatabase('another base branch is another review', async () => {
    const pull = await opened(broken);
    await github.push(repository, 'next', { commits: [driver(broken)], onto: pull.base.sha });
    await github.edit(pull, { base: 'next' });
    const runs = await reviewed(pull, 6);
    expect(conclusions(runs)).toEqual(['success', 'failure', 'success']);
    expect(github.reviewComments(pull)).toHaveLength(1);
  });

  anyDatabase('a pull request that is closed before its review ends it', async () => {
    await newRepository();
    github.fault = ({ operation }) => (operation === 'checks/create' ? { delay: 500 } : undefined);
    const pull = await github.createPullRequest(repository, { commits: [driver(broken)] });
    await github.close(pull);
    expect(conclusions(await reviewed(pull))).toEqual(['neutral', 'neutral', 'neutral']);
    expect(github.reviewComments(pull)).toEqual([]);
  });

  anyDatabase(
    '"Re-run" of a check makes a new run of it, of all checks three; an old head is neutral',
    async () => {
      const pull = await opened(broken);
      const [old] = github.checkRuns(pull).filter((run) => run.name === 'adjutant / null-deref');
      if (old === undefined) throw new Error('no run');
      github.rerequest(old);
      await reviewed(pull, 4);
      expect(github.checkRuns(pull).filter((run) => run.name === old.name)).toHaveLength(2);
      github.rerequest(old.suite);
      await reviewed(pull, 7);
      expect(github.reviewComments(pull)).toHaveLength(1);

      await push(pull, brokenTwice);
      await reviewed(pull);
      github.rerequest(old);
      const again = () =>
        github.allCheckRuns().filter((run) => run.head === old.head && run.name === old.name);
      await seen(() => again().length === 4 && again().every((run) => run.status === 'completed'));
      expect(again().at(-1)?.conclusion).toBe('neutral');
    },
  );

  anyDatabase('a fork, also when it is gone', async () => {
    await newRepository();
    const fork = await github.fork(repository, 'contributor');
    const pull = await github.createPullRequest(repository, { from: fork, commits: [driver(broken)] });
    expect(conclusions(await reviewed(pull))).toEqual(['success', 'failure', 'success']);
    expect(github.reviewComments(pull)).toHaveLength(1);
    const [run] = github.checkRuns(pull);
    github.deleteRepository(fork);
    if (run !== undefined) github.rerequest(run.suite);
    expect(conclusions(await reviewed(pull, 6))).toEqual(['success', 'failure', 'success']);
    expect(github.reviewComments(pull)).toHaveLength(1);
    // GitHub's own description does not know that a fork can be gone.
    for (const violation of github.violations.splice(0))
      expect(violation).toMatch(/pulls\/get 200: \/head\/repo/);
  });

  describe('commands', () => {
    const reactions = (comment: { reactions: readonly { content: string }[] }) =>
      comment.reactions.map(({ content }) => content);

    anyDatabase('/recheck reviews again', async () => {
      const pull = await opened(broken);
      const comment = github.comment(pull, 'contributor', 'Please look again.\n/recheck');
      await reviewed(pull, 6);
      await seen(() => reactions(comment).length === 2);
      expect(reactions(comment)).toEqual(['eyes', 'rocket']);
      expect(github.reviewComments(pull)).toHaveLength(1);
      expect(pull.comments).toHaveLength(1);
    });

    anyDatabase('/help answers with the commands, an unknown one with the nearest', async () => {
      const pull = await opened(clean);
      github.comment(pull, 'contributor', '/help');
      await seen(() => pull.comments.length === 2);
      expect(pull.comments[1]?.user.login).toBe('adjutant[bot]');
      expect(pull.comments[1]?.body).toMatch(/\| `\/recheck` \|/);
      const slip = github.comment(pull, 'contributor', '/rechek');
      await seen(() => reactions(slip).length === 2);
      expect(pull.comments[3]?.body).toMatch(/Did you mean `\/recheck`\?\n\n```\n\/rechek\n \^\n```/);
      expect(reactions(slip)).toEqual(['eyes', 'confused']);
    });

    anyDatabase(
      'are refused to who may not read a private repository, and never taken from a bot',
      async () => {
        await newRepository({ private: true });
        const pull = await github.createPullRequest(repository, { commits: [driver(broken)] });
        await reviewed(pull);
        const comment = github.comment(pull, 'stranger', '/recheck');
        await seen(() => reactions(comment).length === 2);
        expect(reactions(comment)).toEqual(['eyes', 'confused']);
        expect(pull.comments[1]?.body).toMatch(/people with read access/);
        github.comment(pull, 'other[bot]', '/recheck');
        await quiet();
        expect(github.checkRuns(pull)).toHaveLength(3);
        expect(pull.comments).toHaveLength(3);
      },
    );
  });

  describe('the weather', () => {
    anyDatabase(
      'an answer that is lost after a review was posted, and after a check run was made, doubles nothing',
      async () => {
        const lost = new Set(['pulls/create-review', 'checks/create']);
        github.fault = ({ operation }) => (lost.delete(operation) ? { reset: true, after: true } : undefined);
        const pull = await opened(broken);
        expect(lost.size).toBe(0);
        await seen(() => github.checkRuns(pull).every((run) => run.status === 'completed'));
        expect(github.checkRuns(pull)).toHaveLength(3);
        expect(github.reviewComments(pull)).toHaveLength(1);
      },
    );

    anyDatabase('an answer that breaks off in the middle is not taken at its word', async () => {
      const lost = new Set(['pulls/get', 'checks/create', 'repos/compare-commits-with-basehead']);
      github.fault = ({ operation }) => (lost.delete(operation) ? { half: true } : undefined);
      const pull = await opened(broken);
      expect(lost.size).toBe(0);
      expect(conclusions(await reviewed(pull))).toEqual(['success', 'failure', 'success']);
      expect(github.checkRuns(pull)).toHaveLength(3);
    });

    anyDatabase('errors of the server and secondary limits are waited for', async () => {
      let left = 4;
      github.fault = ({ operation }) => {
        if (operation === 'git' || left === 0) return undefined;
        left--;
        return left % 2 === 0
          ? { status: 502 }
          : {
              status: 403,
              headers: { 'retry-after': '1' },
              message: 'You have exceeded a secondary rate limit.',
            };
      };
      const pull = await opened(broken);
      expect(left).toBe(0);
      expect(github.checkRuns(pull)).toHaveLength(3);
      expect(github.reviewComments(pull)).toHaveLength(1);
    });

    anyDatabase('an event of a repository that is gone ends, and is not tried for ever', async () => {
      await newRepository();
      github.fault = ({ operation }) => (operation === 'checks/create' ? { status: 404 } : undefined);
      const from = app.output.length;
      const pull = await github.createPullRequest(repository, { commits: [driver(broken)] });
      await expect
        .poll(() => app.output.slice(from), { timeout: 60_000 })
        .toMatch(/what a job is about is not there any more/);
      await quiet();
      expect(app.output.slice(from)).not.toMatch(/a job is put back/);
      expect(github.checkRuns(pull)).toEqual([]);
    });

    anyDatabase('a review whose base is gone under way ends its check runs, and says so', async () => {
      await newRepository();
      github.fault = ({ operation }) =>
        operation.startsWith('repos/compare') ? { status: 404, message: 'Not Found' } : undefined;
      const pull = await github.createPullRequest(repository, { commits: [driver(broken)] });
      const runs = await reviewed(pull);
      expect(conclusions(runs)).toEqual(['failure', 'failure', 'failure']);
      for (const { title, summary } of runs.values()) {
        expect(title).toBe('could not review');
        expect(summary).toMatch(/^The base branch is not there/);
      }
    });

    anyDatabase('git is cut off again and again: the review comes, and is no failure', async () => {
      let left = 3;
      github.fault = ({ operation }) => {
        if (operation !== 'git' || left === 0) return undefined;
        left -= 1;
        return left % 2 === 0 ? { reset: true } : { status: 503 };
      };
      expect(conclusions(await reviewed(await opened(broken)))).toEqual(['success', 'failure', 'success']);
      expect(left).toBe(0);
    });

    anyDatabase('a token that expired is replaced', async () => {
      await opened(broken);
      github.expireTokens();
      const pull = await opened(brokenTwice);
      expect(github.reviewComments(pull)).toHaveLength(2);
    });

    anyDatabase('a review that GitHub refuses is posted comment by comment', async () => {
      github.fault = ({ operation }) =>
        operation === 'pulls/create-review'
          ? {
              status: 422,
              message: 'Unprocessable Entity: "Pull request review thread line must be part of the diff"',
            }
          : undefined;
      const pull = await opened(brokenTwice);
      expect(github.reviewComments(pull)).toHaveLength(2);
    });
  });

  anyDatabase('the configuration of the base branch counts, not that of the pull request', async () => {
    repository = await github.createRepository(`torvalds/linux-${++count}`, {
      ...files,
      '.github/adjutant.yml': 'fail-on: never\n',
    });
    const { message, files: changed } = driver(broken);
    const commits = [
      {
        message,
        files: { ...changed, '.github/adjutant.yml': 'checkers:\n  null-deref:\n    enabled: false\n' },
      },
    ];
    const pull = await github.createPullRequest(repository, { commits });
    expect(conclusions(await reviewed(pull))).toEqual(['success', 'success', 'success']);
    expect(github.reviewComments(pull)).toHaveLength(1);
  });

  test.each([
    ['between the answer and the first check run', 'checks/create', false],
    ['after a check run was made, before that is known', 'checks/create', true],
    ['during the review', 'repos/compare-commits-with-basehead', false],
    ['while the review is being posted', 'pulls/create-review', false],
    ['after the review was posted, before that is known', 'pulls/create-review', true],
  ])(
    'killed %s, it makes exactly one review after the next start',
    async (_, operation, after) => {
      await newRepository();
      const reached = new Promise<void>((resolve) => {
        github.fault = (request) => {
          if (request.operation !== operation) return undefined;
          setTimeout(resolve, after ? 300 : 0);
          return after ? { reset: true, after: true } : { reset: true };
        };
      });
      const pull = await github.createPullRequest(repository, { commits: [driver(broken)] });
      await reached;
      await app.kill();
      github.fault = undefined;
      await app.restart();
      expect(conclusions(await reviewed(pull))).toEqual(['success', 'failure', 'success']);
      await quiet();
      expect(github.checkRuns(pull)).toHaveLength(3);
      expect(github.checkRuns(pull).every((run) => run.status === 'completed')).toBe(true);
      expect(pull.reviews).toHaveLength(1);
      expect(github.reviewComments(pull)).toHaveLength(1);
    },
    180_000,
  );

  anyDatabase('asked to stop, it ends the review that runs, and takes no other', async () => {
    await newRepository();
    github.fault = ({ operation }) => (operation === 'pulls/get' ? { delay: 700 } : undefined);
    const pull = await github.createPullRequest(repository, { commits: [driver(broken)] });
    await seen(() => github.checkRuns(pull).some((run) => run.status === 'in_progress'));
    expect(await app.terminate()).toBe(0);
    expect(github.checkRuns(pull).map((run) => run.status)).toEqual(['completed', 'completed', 'completed']);
    const later = await github.createPullRequest(repository, { commits: [driver(brokenTwice)] });
    expect(github.deliveries.at(-1)?.statusCode).not.toBe(202);
    await app.restart();
    const lost = github.deliveries.findLast(({ event }) => event === 'pull_request');
    if (lost !== undefined) await github.redeliver(lost);
    expect(conclusions(await reviewed(later))).toEqual(['success', 'failure', 'success']);
    expect(github.reviewComments(pull)).toHaveLength(1);
  });

  test('what took how long is in the metrics', async () => {
    const metrics = async () => {
      const headers = { authorization: `Bearer ${METRICS}` };
      return (await fetch(`http://127.0.0.1:${app.port}/metrics`, { headers })).text();
    };
    const count = (text: string, series: string) =>
      Number(
        new RegExp(`^adjutant_${series.replace('{', '_seconds_count{')} (\\d+)$`, 'm').exec(text)?.[1] ?? 0,
      );
    const all = [
      'step{step="fetch"}',
      'step{step="analysis"}',
      'step{step="publish"}',
      'github_request{method="GET"}',
      'github_request{method="POST"}',
      'webhook{status="202"}',
    ];
    // They are kept every five seconds.
    await vi.waitFor(
      async () => {
        const text = await metrics();
        expect(all.filter((series) => count(text, series) === 0)).toEqual([]);
      },
      { timeout: 30_000, interval: 500 },
    );
  });

  test('no secret is in anything that was written', async () => {
    const written = { output: app.output, dataDir: app.dataDir, databaseUrl: databaseEnv.DATABASE_URL };
    const { found, places } = await findSecrets(github, written, ['pw-of-the-test', METRICS]);
    expect(found).toEqual([]);
    expect(places).toBeGreaterThan(100);
    expect(app.output).toMatch(/delivery accepted/);
    // What is looked for would be found.
    const [secret = ''] = github.secrets();
    for (const leak of [secret, github.app.webhookSecret, github.app.privateKey.split('\n')[5] ?? ''])
      expect((await findSecrets(github, { ...written, output: `a ${leak} b` })).found).toEqual(['output']);
  });
});

test('an analysis that needs more memory than it may is stopped, twice, and the checks say so', async () => {
  const github = await startGitHub({ permissions, events });
  const app = await startApp(github, { ADJUTANT_REVIEW_MEMORY: '64' });
  try {
    const repository = await github.createRepository('torvalds/linux', files);
    const pull = await github.createPullRequest(repository, { commits: [driver(broken)] });
    await github.waitFor(() => {
      const runs = github.checkRuns(pull);
      return runs.length === 3 && runs.every((run) => run.status === 'completed');
    }, 90_000);
    for (const run of github.checkRuns(pull)) {
      expect(run).toMatchObject({ conclusion: 'failure', title: 'could not review' });
      expect(run.summary).toMatch(/needed more than 64 MiB of memory/);
    }
    expect(github.reviewComments(pull)).toEqual([]);
    expect(github.violations).toEqual([]);
  } finally {
    await app.remove();
    await github.close();
  }
});
