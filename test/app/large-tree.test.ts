/** The App on a tree that is too large to read at each review: it is indexed once, and then known whole. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  type PullRequest,
  type Repository,
  type StandInGitHub,
  startGitHub,
} from '../../demo/github/index.ts';
import { type RunningApp, startApp } from './running-app.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

/** More files than a small tree has. */
const filler = Object.fromEntries(
  Array.from({ length: 2100 }, (_, n) => [
    `lib/part${n % 50}/file${n}.c`,
    `int file${n}(int x)\n{\n\treturn x;\n}\n`,
  ]),
);
/** What sleeps is in a folder that the change knows nothing of. */
const far = `#include <linux/mutex.h>

static DEFINE_MUTEX(far_mutex);

void far_update(void)
{
	mutex_lock(&far_mutex);
	mutex_unlock(&far_mutex);
}
`;
const driver = (call: string) => `#include <linux/spinlock.h>

static DEFINE_SPINLOCK(near_lock);

void near_update(void)
{
	spin_lock(&near_lock);
${call}	spin_unlock(&near_lock);
}
`;
const commit = (call: string) => ({
  message: 'near: change the driver\n\nIt was time.\n\nSigned-off-by: Some Body <somebody@example.org>\n',
  files: { 'drivers/near/near.c': driver(call) },
});

let github: StandInGitHub;
let app: RunningApp;
let repository: Repository;
beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github);
  repository = await github.createRepository('torvalds/large', {
    ...filler,
    'kernel/far/far.c': far,
    'drivers/near/near.c': driver(''),
  });
});
afterAll(async () => {
  await app.remove();
  await github.close();
});

async function lockOrder(pull: PullRequest): Promise<string | undefined> {
  await github.waitFor(() => {
    const runs = github.checkRuns(pull);
    return runs.length === 3 && runs.every((run) => run.status === 'completed');
  }, 120_000);
  return github.checkRuns(pull).find((run) => run.name === 'adjutant / lock-order')?.conclusion ?? undefined;
}

test('the first review waits for the index, says so, and sees a callee far away', async () => {
  const pull = await github.createPullRequest(repository, { commits: [commit('\tfar_update();\n')] });
  expect(await lockOrder(pull)).toBe('failure');
  expect(pull.threads).toMatchObject([{ path: 'drivers/near/near.c', line: 8 }]);
  const titles = github.requests.flatMap(({ operation, body }) =>
    operation === 'checks/update' ? [(body as { output: { title: string } }).output.title] : [],
  );
  expect(titles).toContain('Indexing the tree');
});

test('later ones find the index, its effects too, and wait for nothing', async () => {
  const from = github.requests.length;
  const pull = await github.createPullRequest(repository, { commits: [commit('\tfar_update();\n')] });
  expect(await lockOrder(pull)).toBe('failure');
  const titles = github.requests.slice(from).map(({ body }) => JSON.stringify(body ?? {}));
  expect(titles.join()).not.toContain('Indexing the tree');
  const trees = join(app.dataDir, 'cache/trees');
  const [version = ''] = readdirSync(trees);
  const [tree = ''] = readdirSync(join(trees, version)).filter((name) => !name.endsWith('.tree'));
  expect(readdirSync(join(trees, version, tree)).length).toBeGreaterThan(1);
});

test('when the base branch has moved, its index follows by itself', async () => {
  await github.push(repository, 'master', {
    commits: [{ message: 'far: more\n', files: { 'kernel/far/more.c': far.replaceAll('far_', 'more_') } }],
  });
  const pull = await github.createPullRequest(repository, { commits: [commit('\tmore_update();\n')] });
  expect(await lockOrder(pull)).toBe('failure');
  await expect
    .poll(() => app.output.match(/the index of a base branch is up to date/g)?.length, { timeout: 60_000 })
    .toBe(2);
});
