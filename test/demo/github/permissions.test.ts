import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StandInGitHub, startGitHub } from '../../../demo/github/index.ts';
import { INSTALLATION_OPERATIONS } from '../../../demo/github/operations.ts';
import { tokenFor } from './client.ts';

let github: StandInGitHub;

interface Operation {
  readonly method: string;
  readonly path: string;
}
const description = new URL('../../../demo/github/openapi.json', import.meta.url);
const { operations } = JSON.parse(readFileSync(description, 'utf8')) as {
  operations: Record<string, Operation>;
};

beforeAll(async () => {
  const every = Object.values(INSTALLATION_OPERATIONS).flat();
  github = await startGitHub({ permissions: Object.fromEntries(every.map(([name]) => [name, 'write'])) });
  await github.createRepository('owner/tree', { a: 'a\n' });
});
afterAll(() => github.close());

const guarded = Object.entries(INSTALLATION_OPERATIONS).filter(
  ([, needed]) => needed.length > 0 && needed.every(([permission]) => permission !== 'metadata'),
);

/** The status of an operation with made-up numbers, under a token of these permissions. */
async function attempt(operation: string, permissions: Record<string, 'read' | 'write'>): Promise<Response> {
  const { method, path } = operations[operation] as Operation;
  const filled = path.replaceAll(
    /\{(\w+)\}/g,
    (_, name) => ({ owner: 'owner', repo: 'tree' })[name as string] ?? '7',
  );
  const token = await tokenFor(github, { permissions });
  const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
  return fetch(`${github.url}/api/v3${filled}`, { method, headers });
}

it.each(guarded)('%s is refused without its permission and passes with it', async (operation, needed) => {
  const [[permission, level]] = needed as [[string, 'read' | 'write']];
  const without = await attempt(operation, { administration: 'read', metadata: 'read' }).catch(() =>
    attempt(operation, { metadata: 'read' }),
  );
  expect(without.status).toBe(403);
  expect(without.headers.get('x-accepted-github-permissions')).toContain(`${permission}=${level}`);
  if (level === 'write') expect((await attempt(operation, { [permission]: 'read' })).status).toBe(403);
  // What is asked for does not exist, or is not asked for properly; but it is not forbidden.
  expect((await attempt(operation, { [permission]: level })).status).not.toBe(403);
});
