/** A fetch whose connection fails is tried again; one that is refused is not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchPullRequest, mirrorDir } from '../../src/git/mirror.ts';
import { GitError } from '../../src/git/run.ts';
import { type HttpRemote, startHttpRemote } from './http-remote.ts';

type Fault = 'reset' | number;

let remote: HttpRemote;
let dataDir: string;
/** What happens to the next requests. */
let faults: Fault[];
let asked: number;
let url: string;
let stop: () => void;

beforeEach(async () => {
  remote = await startHttpRemote('token');
  dataDir = mkdtempSync(join(tmpdir(), 'adjutant-transient-'));
  faults = [];
  asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const fault = faults.shift();
    if (fault === 'reset') return void request.socket.destroy();
    if (fault !== undefined) return void response.writeHead(fault).end('no');
    const { method, headers } = request;
    const further = ask(
      new URL(request.url ?? '', remote.url),
      { method: method ?? 'GET', headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(further);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/repo.git`;
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(async () => {
  stop();
  await remote.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function fetchOne(): Promise<string[] | undefined> {
  const base = remote.commit('a.c', 'int a;\n');
  remote.git('checkout', '-q', '-b', 'topic');
  const head = remote.commit('a.c', 'int b;\n');
  remote.git('update-ref', 'refs/pull/1/head', head);
  const wanted = { pull: 1, base, baseTip: base, head, ahead: 1 };
  return fetchPullRequest(mirrorDir(dataDir, 1), { url, token: 'token' }, wanted);
}

test('connections that break and errors of the server are waited out, within one fetch', async () => {
  faults = [503, 'reset'];
  expect(await fetchOne()).toHaveLength(1);
  expect(faults).toEqual([]);
}, 60_000);

test('a refusal is said at once', async () => {
  faults = [403, 403, 403];
  await expect(fetchOne()).rejects.toBeInstanceOf(GitError);
  expect(asked).toBe(1);
});
