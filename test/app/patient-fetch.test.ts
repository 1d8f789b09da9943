/** Servers that keep a request waiting, and what becomes of it. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Octokit } from 'octokit';
import { afterEach, expect, test } from 'vitest';
import { createFetch } from '../../src/app/github/patient-fetch.ts';
import { troubleOf } from '../../src/jobs/trouble.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function octokitOf(listener: RequestListener, limit?: number): Promise<Octokit> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const request = { fetch: createFetch(silent, () => undefined, limit) };
  return new Octokit({ baseUrl, request, retry: { enabled: false } });
}

test('one that accepts and then says nothing is left at the limit, and that is weather', async () => {
  const octokit = await octokitOf(() => undefined, 100);
  const asked = octokit.rest.repos.get({ owner: 'torvalds', repo: 'linux' });
  expect(troubleOf(await asked.catch((error: unknown) => error))).toBe('weather');
});

test('one that begins an answer and does not end it too', async () => {
  const octokit = await octokitOf((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":');
  }, 200);
  const asked = octokit.rest.repos.get({ owner: 'torvalds', repo: 'linux' });
  expect(troubleOf(await asked.catch((error: unknown) => error))).toBe('weather');
});

test('one that breaks off in the middle is not taken at its word', async () => {
  const octokit = await octokitOf((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"id":1', () => response.destroy());
  });
  const asked = octokit.rest.repos.get({ owner: 'torvalds', repo: 'linux' });
  expect(troubleOf(await asked.catch((error: unknown) => error))).toBe('weather');
});

test('what it answers in whole arrives, with its address and its headers, and nothing where there is nothing', async () => {
  const octokit = await octokitOf((request, response) => {
    if (request.method === 'DELETE') response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'application/json', link: 'x' }).end('{"id":1}');
  });
  const place = { owner: 'torvalds', repo: 'linux' };
  const { data, url, headers } = await octokit.rest.repos.get(place);
  expect([data.id, new URL(url).pathname, headers.link]).toEqual([1, '/repos/torvalds/linux', 'x']);
  expect((await octokit.rest.repos.delete(place)).status).toBe(204);
});

test('one that wants an hour of patience is not waited for in memory', async () => {
  let asked = 0;
  const octokit = await octokitOf((_, response) => {
    asked += 1;
    response.writeHead(429, { 'retry-after': '3600', 'content-type': 'application/json' }).end('{}');
  });
  const error = await octokit.rest.repos
    .get({ owner: 'torvalds', repo: 'linux' })
    .catch((refusal: unknown) => refusal);
  expect(troubleOf(error)).toBe('weather');
  expect(asked).toBe(1);
});
