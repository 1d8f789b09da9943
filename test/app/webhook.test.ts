import { createHmac, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../../src/app/log.ts';
import { startServer } from '../../src/app/server.ts';
import { decide } from '../../src/app/webhook.ts';
import type { Queue } from '../../src/store/queue.ts';
import { freePort } from '../free-port.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
const GUID = '0c6a5b3e-9f0d-4c8b-8f5e-3d1a5a7b9c11';
const HEAD = 'ab'.repeat(20);
const payload = {
  action: 'opened',
  installation: { id: 3 },
  repository: { id: 4, name: 'linux', owner: { login: 'torvalds' } },
  pull_request: { number: 5, head: { sha: HEAD }, base: { ref: 'master' } },
};

let kept: Parameters<Queue['enqueue']>[] = [];
let outcome: () => Promise<boolean>;
let lines: string[] = [];
let server: Awaited<ReturnType<typeof startServer>>;
let url = '';
let noted: string[] = [];

beforeAll(async () => {
  const queue = {
    enqueue: (...job: Parameters<Queue['enqueue']>) => {
      kept.push(job);
      return outcome();
    },
  } as Queue;
  const credentials = { appId: 1, privateKey, webhookSecrets: ['new-secret', 'old-secret'] };
  const log = createLog('info', ['new-secret', 'old-secret'], (line) => lines.push(line));
  server = await startServer(
    { host: '127.0.0.1', port: await freePort() },
    credentials,
    queue,
    log,
    async () => false,
    (name, series) => noted.push(`${name} ${series}`),
  );
  url = `http://127.0.0.1:${server.port}`;
});
afterAll(() => server.stop());
beforeEach(() => {
  kept = [];
  lines = [];
  noted = [];
  outcome = async () => true;
});

function signed(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

async function deliver(body: string, headers: Record<string, string> = {}, path = '/api/github/webhooks') {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'pull_request',
      'x-github-delivery': GUID,
      'x-hub-signature-256': signed(body, 'new-secret'),
      ...headers,
    },
  });
  return { status: response.status, text: await response.text() };
}

describe('a delivery', () => {
  test('is answered 202 once its job is kept under its id', async () => {
    expect(await deliver(JSON.stringify(payload))).toMatchObject({ status: 202 });
    expect(kept).toEqual([
      [
        'intake',
        {
          id: GUID,
          key: '4#5',
          data: {
            kind: 'push',
            pull: { repository: { installation: 3, id: 4, owner: 'torvalds', name: 'linux' }, number: 5 },
            head: HEAD,
            baseRef: 'master',
          },
        },
        5000,
      ],
    ]);
    expect(noted).toEqual(['webhook 202']);
  });

  test('is answered 202 when it was known already', async () => {
    outcome = async () => false;
    expect(await deliver(JSON.stringify(payload))).toEqual({ status: 202, text: 'known already\n' });
  });

  test('is answered 503 when the queue does not take it, so that it is sent again', async () => {
    outcome = async () => {
      throw new Error('the database did not answer');
    };
    expect(await deliver(JSON.stringify(payload))).toMatchObject({ status: 503 });
  });

  test('may be signed with the secret before', async () => {
    const body = JSON.stringify(payload);
    expect(await deliver(body, { 'x-hub-signature-256': signed(body, 'old-secret') })).toMatchObject({
      status: 202,
    });
  });

  test('is taken at the root too, where the set-up page registers it', async () => {
    expect(await deliver(JSON.stringify(payload), {}, '/')).toMatchObject({ status: 202 });
  });

  test('of an event that means nothing here is answered 200 without a job', async () => {
    for (const [event, body] of [
      ['ping', '{}'],
      ['pull_request', JSON.stringify({ ...payload, action: 'labeled' })],
      ['pull_request', JSON.stringify({ ...payload, action: 'edited', changes: { title: { from: 'x' } } })],
    ] as const) {
      expect(await deliver(body, { 'x-github-event': event })).toMatchObject({ status: 200 });
    }
    expect(kept).toEqual([]);
  });
});

describe('refused, with no job', () => {
  const body = JSON.stringify(payload);
  test.each([
    ['a signature with another secret', 401, { 'x-hub-signature-256': signed(body, 'guess') }],
    ['a signature of another body', 401, { 'x-hub-signature-256': signed(`${body} `, 'new-secret') }],
    ['a signature that is none', 401, { 'x-hub-signature-256': 'sha256=' }],
    ['the default secret of Probot', 401, { 'x-hub-signature-256': signed(body, 'development') }],
    ['no signature', 400, { 'x-hub-signature-256': '' }],
    ['no event', 400, { 'x-github-event': '' }],
    ['no delivery', 400, { 'x-github-delivery': '' }],
  ])('%s: %i', async (_, status, headers) => {
    expect(await deliver(body, headers)).toMatchObject({ status });
    expect(kept).toEqual([]);
  });

  test('a signed payload that GitHub does not send: 400', async () => {
    for (const odd of [
      'not json',
      '{"action":"opened"}',
      JSON.stringify({ ...payload, pull_request: { number: 'x' } }),
    ]) {
      expect(await deliver(odd)).toMatchObject({ status: 400 });
    }
    expect(kept).toEqual([]);
  });

  test('a body larger than GitHub sends: 413, before it is read', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = {
        'content-length': 26 * 1024 * 1024 + 1,
        'x-github-event': 'pull_request',
        'x-github-delivery': GUID,
        'x-hub-signature-256': 'sha256=x',
      };
      const sending = request(`${url}/api/github/webhooks`, { method: 'POST', headers });
      sending.on('response', (response) => resolve(response.statusCode)).on('error', reject);
      sending.write('{');
    });
    expect(status).toBe(413);
  });

  test('another method or path is none of its', async () => {
    expect((await fetch(`${url}/api/github/webhooks`)).status).toBe(404);
    expect((await fetch(`${url}/elsewhere`, { method: 'POST' })).status).toBe(404);
    expect(await (await fetch(`${url}/ping`)).text()).toBe('PONG');
  });
});

test('the log of a refused delivery has neither secret nor body', async () => {
  await deliver('{"token":"x"}', { 'x-hub-signature-256': 'sha256=00', authorization: 'Bearer new-secret' });
  expect(lines.join('')).toMatch(/wrong signature/);
  expect(lines.join('')).not.toMatch(/new-secret|token|sha256=/);
});

test('whatever is sent, the decision is work, nothing, or "malformed"', () => {
  const events = fc.constantFrom('pull_request', 'check_run', 'check_suite', 'issue_comment', 'push', 'x');
  const actions = fc.constantFrom('opened', 'rerequested', 'created', 'closed', 'edited');
  const bodies = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .tuple(actions, fc.dictionary(fc.string(), fc.jsonValue()))
      .map(([action, rest]) => JSON.stringify({ ...rest, action })),
  );
  fc.assert(
    fc.property(events, bodies, (event, body) => {
      const decision = decide(event, body);
      expect(decision === undefined || decision === 'malformed' || typeof decision.key === 'string').toBe(
        true,
      );
    }),
  );
});

test('a port that is taken is a rejection', async () => {
  const port = await freePort();
  const taken = createServer().listen(port, '127.0.0.1');
  await once(taken, 'listening');
  const log = createLog('fatal', [], () => undefined);
  const credentials = { appId: 1, privateKey, webhookSecrets: ['x'] };
  await expect(
    startServer(
      { host: '127.0.0.1', port },
      credentials,
      {} as Queue,
      log,
      async () => false,
      () => undefined,
    ),
  ).rejects.toThrow(/already in use/);
  taken.close();
});
