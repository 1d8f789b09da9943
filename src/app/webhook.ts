/**
 * One delivery: limit, signature over the raw bytes, decision, queue, answer. The answer follows the queue:
 * Octokit's own middleware says 202 after nine seconds whatever happens, and a restart then loses the event.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ZodError } from 'zod';
import { derivedId } from '../jobs/derived-id.ts';
import type { NoteDuration } from '../jobs/durations.ts';
import type { Log } from '../jobs/services.ts';
import type { Queue } from '../store/queue.ts';
import type { Decision, Handler } from './handlers/handler.ts';
import { handlers } from './handlers/index.ts';

/** GitHub delivers no larger payload. */
const MAX_BODY = 25 * 1024 * 1024;
const ENQUEUE_LIMIT = 5000;
/** The root too: the page that registers the App names it as the App's address. */
const PATHS = new Set(['/api/github/webhooks', '/']);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface WebhookOptions {
  /** Whether the signature is right for one of the secrets. */
  readonly verify: (body: string, signature: string) => Promise<boolean>;
  readonly enqueue: Queue['enqueue'];
  readonly log: Log;
  /** Hears how long each answer took. */
  readonly note: NoteDuration;
}

/** Resolves to whether the request was one for it (and is answered). */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** Answers deliveries at Probot's path. Rejects where the sender goes away in the middle. */
export function createWebhookHandler(options: WebhookOptions): RequestHandler {
  return async (request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    if (request.method !== 'POST' || !PATHS.has(path)) return false;
    const start = performance.now();
    const [status, text] = await answer(request, options);
    options.note('webhook', String(status), (performance.now() - start) / 1000);
    // What is left of a body that was not read would be taken for the next request.
    response.writeHead(status, {
      'content-type': 'text/plain',
      ...(request.complete ? {} : { connection: 'close' }),
    });
    response.end(`${text}\n`);
    return true;
  };
}

async function answer(request: IncomingMessage, options: WebhookOptions): Promise<[number, string]> {
  const event = header(request, 'x-github-event');
  const delivery = header(request, 'x-github-delivery');
  const signature = header(request, 'x-hub-signature-256');
  if (event === undefined || delivery === undefined)
    return [400, 'X-GitHub-Event or X-GitHub-Delivery is missing'];
  if (signature === undefined) return [400, 'X-Hub-Signature-256 is missing'];
  const body = await readBody(request);
  if (body === undefined) return [413, 'the payload is larger than GitHub sends'];
  if (!(await options.verify(body, signature))) {
    options.log.warn({ delivery, event }, 'a delivery with a wrong signature was refused');
    return [401, 'the signature does not match'];
  }
  const decision = decide(event, body);
  if (decision === 'malformed') return [400, 'the payload is not what GitHub sends for this event'];
  if (decision === undefined) return [200, 'nothing to do'];
  const id = UUID.test(delivery) ? delivery.toLowerCase() : derivedId(delivery);
  try {
    const { queue, ...job } = decision;
    const fresh = await options.enqueue(queue, { id, ...job }, ENQUEUE_LIMIT);
    options.log.info({ delivery, event, queue, fresh }, 'delivery accepted');
    return [202, fresh ? 'accepted' : 'known already'];
  } catch (error) {
    options.log.error(
      { err: error, delivery, event },
      'a delivery could not be kept: GitHub has to send it again',
    );
    return [503, 'the queue can not take it now: deliver it again'];
  }
}

/** Whether there may be something to do about an event. */
export function isHandled(event: string, action: string | null): boolean {
  return handlers.some((handler) => handler.event === event && actsOn(handler, action));
}

function actsOn({ actions }: Handler, action: unknown): boolean {
  if (actions.length === 0) return action === undefined || action === null;
  return typeof action === 'string' && actions.includes(action);
}

/** What to do about an event; pure. */
export function decide(event: string, body: string): Decision | 'malformed' | undefined {
  const handler = handlers.find((candidate) => candidate.event === event);
  if (handler === undefined) return undefined;
  try {
    const payload: unknown = JSON.parse(body);
    const action = (payload as { action?: unknown } | null)?.action;
    if (!actsOn(handler, action)) return undefined;
    return handler.decide(payload);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ZodError) return 'malformed';
    throw error;
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The body as text; undefined where it is too large: no more of it is read then. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
