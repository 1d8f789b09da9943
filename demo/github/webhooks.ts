/** Signed deliveries to the App, as GitHub makes them, and the record of how each was answered. */
import { createHmac, randomUUID } from 'node:crypto';
import { checkWebhook } from './contract.ts';
import { repositoryJson, userJson } from './present/repository.ts';
import { type Delivery, type Json, nodeId, type Repository, type State, type User } from './state.ts';

/** Events that every App gets, subscribed or not. */
const ALWAYS = new Set(['ping', 'installation', 'installation_repositories']);

interface Event {
  readonly event: string;
  readonly action: string | null;
  readonly repository: Repository | undefined;
  readonly sender: User;
  /** What the payload has beside repository, sender and installation; taken when the event happens. */
  readonly fields: Json | Promise<Json>;
}

export interface Webhooks {
  /** The App's address, without a path; undefined while the App is down. */
  target: string | undefined;
  /** Sends an event, if the App is subscribed to it and installed there. Resolves when it is answered. */
  send(event: Event): Promise<Delivery | undefined>;
  redeliver(delivery: Delivery): Promise<Delivery>;
  /** Resolves when no delivery is under way. */
  settled(): Promise<void>;
}

export interface WebhookOptions {
  /** Milliseconds that the App has to answer: GitHub's ten seconds. */
  readonly timeout: number;
  readonly violations: string[];
  readonly changed: () => void;
}

export function createWebhooks(state: State, options: WebhookOptions): Webhooks {
  const underWay = new Set<Promise<unknown>>();

  async function attempt(
    parts: Pick<Delivery, 'guid' | 'event' | 'action' | 'repositoryId' | 'payload' | 'rawBody'>,
    redelivery: boolean,
  ): Promise<Delivery> {
    const signature = createHmac('sha256', state.app.webhookSecret).update(parts.rawBody).digest('hex');
    const requestHeaders = {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/demo',
      'x-github-delivery': parts.guid,
      'x-github-event': parts.event,
      'x-github-hook-id': String(state.app.id),
      'x-github-hook-installation-target-id': String(state.app.id),
      'x-github-hook-installation-target-type': 'integration',
      'x-hub-signature-256': `sha256=${signature}`,
    };
    const started = Date.now();
    const answer = await post(webhooks.target, requestHeaders, parts.rawBody, options.timeout);
    const delivery: Delivery = {
      ...parts,
      ...answer,
      id: state.nextId('delivery'),
      redelivery,
      deliveredAt: state.now(),
      duration: (Date.now() - started) / 1000,
      requestHeaders,
    };
    state.deliveries.push(delivery);
    options.changed();
    return delivery;
  }

  function track<T>(work: Promise<T>): Promise<T> {
    const settled = work.catch(() => undefined).finally(() => underWay.delete(settled));
    underWay.add(settled);
    return work;
  }

  async function send({ event, action, repository, sender, ...rest }: Event): Promise<Delivery | undefined> {
    if (!ALWAYS.has(event) && !state.app.events.includes(event)) return undefined;
    const { installation } = state;
    const installed = repository === undefined || installation.repositories.has(repository);
    if (!installed || (installation.suspendedAt !== null && !ALWAYS.has(event))) return undefined;
    const fields = await rest.fields;
    const payload: Json = {
      ...(action === null ? {} : { action }),
      ...(repository === undefined ? {} : { repository: repositoryJson(state, repository) }),
      sender: userJson(state, sender),
      ...(event === 'ping' || 'installation' in fields
        ? {}
        : { installation: { id: installation.id, node_id: nodeId('IN', installation.id) } }),
      ...fields,
    };
    options.violations.push(...checkWebhook(event, action, payload));
    const parts = {
      guid: randomUUID(),
      event,
      action,
      repositoryId: repository?.id ?? null,
      payload,
      rawBody: JSON.stringify(payload),
    };
    return attempt(parts, false);
  }

  const webhooks: Webhooks = {
    target: undefined,
    send: (event) => track(send(event)),
    redeliver: (delivery) => track(attempt(delivery, true)),
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
  return webhooks;
}

type Answer = Pick<Delivery, 'status' | 'statusCode' | 'responseHeaders' | 'responseBody'>;

async function post(
  target: string | undefined,
  headers: Record<string, string>,
  body: string,
  timeout: number,
): Promise<Answer> {
  const failed = (status: string): Answer => ({
    status,
    statusCode: 502,
    responseHeaders: {},
    responseBody: '',
  });
  if (target === undefined) return failed('failed to connect to host');
  try {
    const url = `${target}/api/github/webhooks`;
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(timeout),
    });
    return {
      status: response.ok ? 'OK' : response.statusText || 'Invalid HTTP Response',
      statusCode: response.status,
      responseHeaders: Object.fromEntries(response.headers),
      responseBody: await response.text(),
    };
  } catch (error) {
    return failed((error as Error).name === 'TimeoutError' ? 'timed out' : 'failed to connect to host');
  }
}
