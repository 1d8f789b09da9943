import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PullRequest, type StandInGitHub, startGitHub } from '../../../demo/github/index.ts';
import { appOf, refused } from './client.ts';

interface Received {
  readonly path: string | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

let github: StandInGitHub;
let pull: PullRequest;
let app: Server;
let received: Received[];
let answer: number;

beforeEach(async () => {
  received = [];
  answer = 202;
  app = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({
      path: request.url,
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    });
    if (answer === 0) return;
    response.writeHead(answer).end('read');
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
  github = await startGitHub({ events: ['pull_request', 'issue_comment'], webhookTimeout: 300 });
  const repository = await github.createRepository('owner/tree', { a: 'a\n' });
  pull = await github.createPullRequest(repository, { commits: [{ message: 'b', files: { a: 'b\n' } }] });
  await github.settled();
  github.connect(`http://127.0.0.1:${(app.address() as AddressInfo).port}`);
});
afterEach(async () => {
  await github.close();
  app.closeAllConnections();
  app.close();
});

describe('a webhook', () => {
  it('carries its event, an id and a signature of the bytes that are sent', async () => {
    github.comment(pull, 'contributor', 'ünïcödé /help');
    await github.settled();
    const [{ path, headers, body }] = received as [Received];
    const signature = createHmac('sha256', github.app.webhookSecret).update(body).digest('hex');
    expect(path).toBe('/api/github/webhooks');
    expect(headers).toMatchObject({
      'x-github-event': 'issue_comment',
      'x-hub-signature-256': `sha256=${signature}`,
      'content-type': 'application/json',
    });
    expect(JSON.parse(body)).toMatchObject({
      action: 'created',
      comment: { body: 'ünïcödé /help', user: { login: 'contributor' } },
      installation: { id: github.installation.id },
      repository: { full_name: 'owner/tree' },
    });
  });

  it('is sent for subscribed events, and always for the installation', async () => {
    await github.push(pull.repository, 'master', { commits: [{ message: 'c', files: { c: 'c\n' } }] });
    await github.announceInstalled('created');
    await github.settled();
    expect(received.map(({ headers }) => headers['x-github-event'])).toEqual(['installation']);
  });

  it('is not sent for a repository without the App', async () => {
    await github.setInstalled(pull.repository, false);
    github.comment(pull, 'contributor', '/help');
    await github.settled();
    expect(received.map(({ headers }) => headers['x-github-event'])).toEqual(['installation_repositories']);
  });

  it.each([
    ['answered with an error', 500, 500],
    ['not answered in time', 0, 502],
  ])('has failed when it is %s, and is not sent again by itself', async (_, status, recorded) => {
    answer = status;
    github.comment(pull, 'contributor', '/help');
    await github.settled();
    expect(received).toHaveLength(1);
    expect(github.deliveries.at(-1)).toMatchObject({ event: 'issue_comment', statusCode: recorded });
  });
});

describe('deliveries', () => {
  it('are listed newest first, by status and cursor', async () => {
    const rest = appOf(github).octokit.rest.apps;
    for (let count = 0; count < 3; count++) github.comment(pull, 'contributor', `comment ${count}`);
    await github.settled();
    const failed = await rest.listWebhookDeliveries({ status: 'failure' });
    expect(failed.data.map(({ event, status_code }) => [event, status_code])).toEqual([
      ['pull_request', 502],
    ]);
    const first = await rest.listWebhookDeliveries({ per_page: 2 });
    const cursor = /cursor=([^&>]+)/.exec(first.headers.link ?? '')?.[1] ?? '';
    const second = await rest.listWebhookDeliveries({ per_page: 2, cursor });
    const ids = [...first.data, ...second.data].map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
    expect(new Set(ids).size).toBe(4);
    expect((await refused(rest.listWebhookDeliveries({ cursor: 'v1_1' }))).status).toBe(422);
  });

  it('are sent again with the same id and body', async () => {
    const rest = appOf(github).octokit.rest.apps;
    const [lost] = (await rest.listWebhookDeliveries({ status: 'failure' })).data;
    if (lost === undefined) throw new Error('nothing failed');
    await rest.redeliverWebhookDelivery({ delivery_id: lost.id });
    await github.settled();
    expect(received[0]?.headers['x-github-delivery']).toBe(lost.guid);
    const all = (await rest.listWebhookDeliveries()).data.filter(({ guid }) => guid === lost.guid);
    expect(all.map(({ redelivery, status }) => [redelivery, status])).toEqual([
      [true, 'OK'],
      [false, 'failed to connect to host'],
    ]);
    const { data } = await rest.getWebhookDelivery({ delivery_id: lost.id });
    expect(data.request.payload).toMatchObject({ action: 'opened', number: 1 });
    expect((await refused(rest.redeliverWebhookDelivery({ delivery_id: 1 }))).status).toBe(404);
  });
});
