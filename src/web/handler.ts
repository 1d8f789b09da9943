/** The pages beside Probot's own handlers, in the form that its server takes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

const OURS = /^\/(?:repositories|assets|dashboard|sign-in|sign-out|metrics|healthz|readyz)(?:[/?]|$)/;

/** Answers what is for a page; resolves to false for all else. */
export function createPagesHandler(app: Hono) {
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (!OURS.test(request.url ?? '')) return false;
    await listener(request, response);
    return true;
  };
}
