/** The HTTP side: who calls, may they, is the request as published; then the handler, and the same for the answer. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, type Call, type Handlers, pullOf } from './call.ts';
import { checkRequest, checkResponse, type Route, route } from './contract.ts';
import { allows, type Caller, canSee, findToken, isClient, tokenOf, verifyJwt } from './credentials.ts';
import { badCredentials, notAccessible, notFound, Refusal } from './errors.ts';
import { isGitRequest, serveGit } from './git-http.ts';
import { answerGraphql } from './graphql/answer.ts';
import type { Hub } from './hub.ts';
import { authorize, exchange, findUserToken } from './oauth.ts';
import { APP_OPERATIONS, CLIENT_OPERATIONS, INSTALLATION_OPERATIONS, USER_OPERATIONS } from './operations.ts';
import { conversationPage } from './page/conversation.ts';
import { apps } from './rest/apps.ts';
import { checks } from './rest/checks.ts';
import { issues } from './rest/issues.ts';
import { pulls } from './rest/pulls.ts';
import { repos } from './rest/repos.ts';
import { users } from './rest/users.ts';
import type { Repository } from './state.ts';

const handlers: Handlers = { ...apps, ...repos, ...pulls, ...issues, ...checks, ...users };

/** One request that arrived, as a test sees it. The credentials themselves are not kept. */
export interface LoggedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** GitHub's operation id, `graphql`, `git` or `page`. */
  readonly operation: string;
  readonly caller: Caller['kind'] | 'anonymous';
  readonly body: unknown;
  readonly at: number;
  /** 0 until it is answered, and where the connection was reset. */
  status: number;
}

/** What may happen to a request on its way. */
interface Fault {
  /** Milliseconds to wait first. */
  readonly delay?: number;
  /** Cuts the connection. */
  readonly reset?: boolean;
  /** Answers this instead. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: string;
  /** The request takes effect all the same, and only the answer is lost. */
  readonly after?: boolean;
  /** It takes effect, and its answer breaks off in the middle. */
  readonly half?: boolean;
}

export type FaultHook = (request: LoggedRequest) => Fault | undefined | Promise<Fault | undefined>;

export interface ServerOptions {
  readonly port: number;
  readonly requests: LoggedRequest[];
  readonly fault: () => FaultHook | undefined;
}

export async function startServer(
  hub: Hub,
  options: ServerOptions,
): Promise<{ server: Server; url: string }> {
  const quota = createQuota(hub);
  const server = createServer((request, response) => {
    serve(hub, options, quota, request, response).catch((error) => {
      hub.violations.push(`${request.method} ${request.url}: ${String(error?.stack ?? error)}`);
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, body: { message: 'Server Error' } }, {});
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function serve(
  hub: Hub,
  options: ServerOptions,
  quota: Quota,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', hub.state.url);
  const git = isGitRequest(url.pathname);
  const raw = git ? Buffer.alloc(0) : await readBody(request);
  const path = url.pathname.replace(/^\/api\/v3/, '') || '/';
  const isApi = path !== url.pathname;
  const found = isApi ? route(request.method ?? 'GET', path) : undefined;
  const isGraphql = url.pathname === '/api/graphql' && request.method === 'POST';
  const logged: LoggedRequest = {
    method: request.method ?? 'GET',
    path: `${url.pathname}${url.search}`,
    operation: found?.operation ?? (isGraphql ? 'graphql' : git ? 'git' : isApi ? 'unknown' : 'page'),
    caller: callerKind(hub, request.headers.authorization),
    body: parseJson(raw),
    at: Date.now(),
    status: 0,
  };
  options.requests.push(logged);
  const fault = await options.fault()?.(logged);
  if (fault?.delay !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delay));
  const faulty = fault !== undefined && (fault.reset === true || fault.status !== undefined);
  if (faulty && !fault.after) return failOn(request, response, fault, logged);

  if (git) logged.status = await serveGit(hub, request, response);
  else {
    const headers: Record<string, string> = {};
    const answer = await answered(hub, async () => {
      if (isApi || isGraphql) {
        const caller = authenticate(hub, request.headers.authorization);
        Object.assign(headers, quota.spend(caller, logged));
        if (raw.length > 0 && logged.body === undefined) throw new Refusal(400, 'Problems parsing JSON');
        if (isGraphql) return answerGraphql(hub, caller, logged.body);
        if (found === undefined) {
          hub.violations.push(`${logged.method} ${path} is not served`);
          throw notFound();
        }
        return api(hub, found, caller, path, url, logged.body, request.headers.accept ?? '');
      }
      return page(hub, url, raw);
    });
    if (faulty) return failOn(request, response, fault, logged);
    logged.status = answer.status;
    if (fault?.half) sendHalf(response, answer);
    else send(response, answer, headers);
  }
  hub.changed();
}

function failOn(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault,
  logged: LoggedRequest,
): void {
  if (fault.reset) {
    request.socket.destroy();
    return;
  }
  logged.status = fault.status ?? 500;
  const body = {
    message: fault.message ?? 'Server Error',
    documentation_url: 'https://docs.github.com/rest',
  };
  send(response, { status: logged.status, body }, fault.headers ?? {});
}

async function answered(hub: Hub, work: () => Promise<Answer> | Answer): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.body, headers: error.headers };
    // A fault of the stand-in itself, said where the test's author will look first.
    hub.violations.push(String((error as Error).stack ?? error));
    return { status: 500, body: { message: `Fault of the stand-in: ${String(error)}` } };
  }
}

/** What people and browsers open: the conversation of a pull request, and sign-in. */
function page(hub: Hub, url: URL, raw: Buffer): Answer | Promise<Answer> {
  if (url.pathname === '/login/oauth/authorize') return authorize(hub, Object.fromEntries(url.searchParams));
  if (url.pathname === '/login/oauth/access_token')
    return exchange(hub, Object.fromEntries(new URLSearchParams(raw.toString('utf8'))));
  return conversationPage(hub, url.pathname);
}

function callerKind(hub: Hub, authorization: string | undefined): LoggedRequest['caller'] {
  if (isClient(hub.state.app, authorization)) return 'client';
  const value = tokenOf(authorization);
  if (value === undefined) return 'anonymous';
  if (value.startsWith('ghu_')) return 'user';
  return value.split('.').length === 3 ? 'app' : 'installation';
}

function authenticate(hub: Hub, authorization: string | undefined): Caller {
  const kind = callerKind(hub, authorization);
  if (kind === 'client') return { kind };
  const value = tokenOf(authorization);
  if (value === undefined) throw new Refusal(401, 'Requires authentication');
  if (kind === 'user') return { kind, token: findUserToken(hub, value) };
  if (kind === 'app') {
    verifyJwt(hub.state.app, value, Date.now());
    return { kind: 'app' };
  }
  return { kind: 'installation', token: findToken(hub.tokens, value, Date.now()) };
}

async function api(
  hub: Hub,
  found: Route,
  caller: Caller,
  path: string,
  url: URL,
  body: unknown,
  accept: string,
): Promise<Answer> {
  const { operation, params } = found;
  const query = Object.fromEntries(url.searchParams);
  const repository = permitted(hub, operation, params, caller);
  const call: Call = { hub, caller, params, query, body, accept, path, repository };
  if (params.pull_number !== undefined || params.issue_number !== undefined) pullOf(call);
  const problems = checkRequest(found, query, body);
  if (problems.length > 0) {
    hub.violations.push(...problems.map((problem) => `${operation}: ${problem}`));
    throw new Refusal(422, `Invalid request.\n\n${problems.join('\n')}`);
  }
  const handler = handlers[operation];
  if (handler === undefined) throw new Error(`${operation} has no handler`);
  const answer = await handler(call);
  if (answer.type === undefined) {
    // As it will be read: without what JSON leaves out.
    const sent = answer.body === undefined ? undefined : JSON.parse(JSON.stringify(answer.body));
    const wrong = checkResponse(operation, answer.status, sent);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  }
  return answer;
}

/** The repository that the caller asks about, once it is sure that the caller may do this. */
function permitted(
  hub: Hub,
  operation: string,
  params: Readonly<Record<string, string>>,
  caller: Caller,
): Repository | undefined {
  const named = params.owner === undefined ? undefined : `${params.owner}/${params.repo}`;
  const repository = named === undefined ? undefined : hub.state.repositories.get(named.toLowerCase());
  if (APP_OPERATIONS.includes(operation)) {
    if (caller.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded');
    return repository;
  }
  if (USER_OPERATIONS.includes(operation)) {
    if (caller.kind !== 'user') throw notAccessible('');
    return undefined;
  }
  if (CLIENT_OPERATIONS.includes(operation)) {
    if (caller.kind !== 'client' || params.client_id !== hub.state.app.clientId) throw notFound();
    return undefined;
  }
  if (caller.kind !== 'installation') throw badCredentials();
  const { token } = caller;
  if (named !== undefined && (repository === undefined || !canSee(token, repository))) throw notFound();
  const needed = INSTALLATION_OPERATIONS[operation] ?? [];
  if (needed.length > 0 && !needed.some(([name, level]) => allows(token.permissions, name, level))) {
    throw notAccessible(needed.map(([name, level]) => `${name}=${level}`).join('; '));
  }
  return repository;
}

interface Quota {
  /** Counts a request and gives the headers that say what is left. Throws at a limit. */
  spend(caller: Caller, request: LoggedRequest): Record<string, string>;
}

/** The primary limit of an hour, and of the secondary ones that on making content. */
function createQuota(hub: Hub): Quota {
  let used = 0;
  let until = Date.now() + 3_600_000;
  let made: number[] = [];
  return {
    spend(caller, { operation, at, body }) {
      // The App itself has a limit of its own, which nobody reaches.
      if (caller.kind !== 'installation') return {};
      if (at > until) [used, until] = [0, at + 3_600_000];
      used++;
      const { requests, contentPerMinute } = hub.limits;
      const headers = {
        'x-ratelimit-limit': String(requests),
        'x-ratelimit-remaining': String(Math.max(requests - used, 0)),
        'x-ratelimit-reset': String(Math.ceil(until / 1000)),
        'x-ratelimit-used': String(used),
        'x-ratelimit-resource': 'core',
      };
      if (used > requests) {
        const message = `API rate limit exceeded for installation ID ${caller.token.installation.id}.`;
        throw new Refusal(403, message, undefined, headers);
      }
      const comments = (body as { comments?: unknown[] } | undefined)?.comments?.length ?? 0;
      if (/\/create(-(review|comment|review-comment|reply-for-review-comment))?$/.test(operation)) {
        made = made.filter((time) => time > at - 60_000);
        if (made.length + 1 + comments > contentPerMinute) {
          const message =
            'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';
          throw new Refusal(403, message, undefined, { ...headers, 'retry-after': '60' });
        }
        // In a review each comment counts.
        for (let count = 0; count <= comments; count++) made.push(at);
      }
      return headers;
    },
  };
}

const BODY_BYTES = 20_000_000;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(raw: Buffer): unknown {
  if (raw.length === 0) return undefined;
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    return undefined;
  }
}

function sendHalf(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body) ?? '';
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text) + 1,
  });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}

function send(response: ServerResponse, answer: Answer, headers: Readonly<Record<string, string>>): void {
  const { body, type } = answer;
  const text =
    body === undefined ? '' : type === undefined ? JSON.stringify(body) : (body as string | Buffer);
  response.writeHead(answer.status, {
    ...(body === undefined ? {} : { 'content-type': type ?? 'application/json; charset=utf-8' }),
    'content-length': Buffer.byteLength(text),
    'x-github-media-type': 'github.v3; format=json',
    ...headers,
    ...answer.headers,
  });
  response.end(text);
}
