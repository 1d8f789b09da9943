/** What an App asks about itself: installations, tokens, deliveries of its webhook. */
import { type Answer, type Call, type Handlers, list, noContent, ok, page, repositoryOf } from '../call.ts';
import { canSee, issueToken, type Token, type TokenRequest } from '../credentials.ts';
import { notFound, Refusal } from '../errors.ts';
import { appJson, installationJson, repositoryJson } from '../present/repository.ts';
import type { Delivery, Installation, Json } from '../state.ts';

const HOUR = 3_600_000;

function installationOf(call: Call): Installation {
  const { installation } = call.hub.state;
  if (Number(call.params.installation_id) !== installation.id) throw notFound();
  return installation;
}

function tokenOfCall(call: Call): Token {
  if (call.caller.kind !== 'installation') throw notFound();
  return call.caller.token;
}

function deliveryItem(delivery: Delivery, installation: number): Json {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: installation,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

function deliveryOf(call: Call): Delivery {
  const id = Number(call.params.delivery_id);
  const found = call.hub.state.deliveries.find((delivery) => delivery.id === id);
  if (found === undefined) throw notFound();
  return found;
}

/** Newest first, a page at a time by a cursor; there are no page numbers here. */
function listDeliveries(call: Call): Answer {
  const { state } = call.hub;
  const { status, cursor } = call.query;
  const wanted = [...state.deliveries].reverse().filter(({ statusCode }) => {
    const success = statusCode >= 200 && statusCode < 400;
    return status === undefined || (status === 'success') === success;
  });
  const from = cursor === undefined ? 0 : wanted.findIndex(({ id }) => `v1_${id}` === cursor);
  if (from === -1) throw new Refusal(422, 'Invalid cursor');
  const per = Math.min(Number(call.query.per_page ?? 30), 100);
  const shown = wanted.slice(from, from + per);
  const next = wanted[from + per];
  const query = new URLSearchParams({ ...call.query, cursor: `v1_${next?.id}` });
  const link = `<${state.url}/api/v3${call.path}?${query}>; rel="next"`;
  const items = shown.map((delivery) => deliveryItem(delivery, state.installation.id));
  return ok(items, next === undefined ? {} : { link });
}

export const apps: Handlers = {
  'apps/get-authenticated': ({ hub }) => ok({ ...appJson(hub.state), installations_count: 1 }),
  'apps/list-installations': (call) =>
    list(call, [call.hub.state.installation], (one) => installationJson(call.hub.state, one)),
  'apps/get-installation': (call) => ok(installationJson(call.hub.state, installationOf(call))),
  'apps/get-repo-installation': (call) => {
    const { state } = call.hub;
    if (!state.installation.repositories.has(repositoryOf(call))) throw notFound();
    return ok(installationJson(state, state.installation));
  },
  'apps/create-installation-access-token': (call) => {
    const { hub } = call;
    const { state } = hub;
    const installation = installationOf(call);
    if (installation.suspendedAt !== null) throw new Refusal(403, 'This installation has been suspended');
    const asked = (call.body ?? {}) as TokenRequest;
    const expires = Math.floor((Date.now() + HOUR) / 1000) * 1000;
    const token = issueToken(state.app, installation, asked, expires);
    hub.tokens.set(token.value, token);
    return {
      status: 201,
      body: {
        token: token.value,
        expires_at: new Date(expires).toISOString().replace('.000', ''),
        permissions: token.permissions,
        repository_selection: 'selected',
        ...(token.repositories === undefined
          ? {}
          : { repositories: [...token.repositories].map((one) => repositoryJson(state, one)) }),
      },
    };
  },
  'apps/revoke-installation-access-token': (call) => {
    tokenOfCall(call).expiresAt = 0;
    return noContent;
  },
  'apps/list-repos-accessible-to-installation': (call) => {
    const { state } = call.hub;
    const token = tokenOfCall(call);
    const all = [...state.installation.repositories].filter((one) => canSee(token, one));
    const shown = page(call, all);
    const repositories = shown.items.map((one) => repositoryJson(state, one));
    return ok({ total_count: all.length, repository_selection: 'selected', repositories }, shown.headers);
  },
  'apps/get-webhook-config-for-app': ({ hub }) =>
    ok({
      content_type: 'json',
      insecure_ssl: '0',
      secret: '********',
      url: `${hub.webhooks.target ?? 'http://localhost:3000'}/api/github/webhooks`,
    }),
  'apps/list-webhook-deliveries': listDeliveries,
  'apps/get-webhook-delivery': (call) => {
    const delivery = deliveryOf(call);
    return ok({
      ...deliveryItem(delivery, call.hub.state.installation.id),
      url: `${call.hub.webhooks.target ?? call.hub.state.url}/api/github/webhooks`,
      request: { headers: delivery.requestHeaders, payload: delivery.payload },
      response: { headers: delivery.responseHeaders, payload: delivery.responseBody },
    });
  },
  'apps/redeliver-webhook-delivery': (call) => {
    const delivery = deliveryOf(call);
    call.hub.webhooks.redeliver(delivery).catch((error) => call.hub.violations.push(String(error)));
    return { status: 202, body: {} };
  },
};
