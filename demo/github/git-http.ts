/** git over HTTP for the App: fetch only, with an installation token that may read the repository's contents. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { startGit } from '../../src/git/run.ts';
import { allows, canSee, findToken, tokenOf } from './credentials.ts';
import { Refusal } from './errors.ts';
import type { Hub } from './hub.ts';
import type { Repository } from './state.ts';

const PATH = /^\/([^/]+\/[^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** GitHub serves partial clones, and any commit by its name. */
const AS_GITHUB = ['-c', 'uploadpack.allowFilter=true', '-c', 'uploadpack.allowAnySHA1InWant=true'];

export function isGitRequest(path: string): boolean {
  return PATH.test(path);
}

/** Answers a request of git's smart HTTP protocol; returns the status. */
export async function serveGit(
  hub: Hub,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number> {
  const url = new URL(request.url ?? '/', hub.state.url);
  const [, name = '', service = ''] = PATH.exec(url.pathname) ?? [];
  try {
    const repository = authorize(hub, name, request.headers.authorization);
    const wanted = service === 'info/refs' ? url.searchParams.get('service') : service;
    if (wanted !== 'git-upload-pack') throw new Refusal(403, 'Write access to repository not granted.');
    return await backend(repository, `/${service}`, url.search.slice(1), request, response);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    response
      .writeHead(error.status, { 'content-type': 'text/plain', ...error.headers })
      .end(`${error.message}\n`);
    return error.status;
  }
}

function authorize(hub: Hub, name: string, authorization: string | undefined): Repository {
  const challenge = { 'www-authenticate': 'Basic realm="GitHub"' };
  const repository = hub.state.repositories.get(name.toLowerCase());
  const value = tokenOf(authorization);
  if (value === undefined) {
    if (repository !== undefined && !repository.private && authorization === undefined) return repository;
    throw new Refusal(401, 'Authentication required.', undefined, challenge);
  }
  let token: ReturnType<typeof findToken>;
  try {
    token = findToken(hub.tokens, value, Date.now());
  } catch {
    throw new Refusal(401, 'Invalid username or token.', undefined, challenge);
  }
  if (repository === undefined || !canSee(token, repository)) throw new Refusal(404, 'Repository not found.');
  if (!allows(token.permissions, 'contents', 'read')) {
    throw new Refusal(403, 'Resource not accessible by integration');
  }
  return repository;
}

async function backend(
  repository: Repository,
  service: string,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number> {
  const child = startGit([...AS_GITHUB, 'http-backend'], {
    env: {
      GIT_PROJECT_ROOT: repository.gitDir,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: service,
      REQUEST_METHOD: request.method ?? 'GET',
      QUERY_STRING: query,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
    },
  });
  child.stderr.resume();
  child.stdin.on('error', () => undefined);
  const zipped = request.headers['content-encoding'] === 'gzip';
  const feeding = zipped ? pipeline(request, createGunzip(), child.stdin) : pipeline(request, child.stdin);
  feeding.catch(() => child.stdin.destroy());
  response.on('close', () => child.kill());
  let head: Buffer | undefined = Buffer.alloc(0);
  let status = 200;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    if (head === undefined) {
      if (!response.write(chunk))
        await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) continue;
    for (const line of head.subarray(0, end).toString('latin1').split('\r\n')) {
      const colon = line.indexOf(':');
      const [key, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
      if (key.toLowerCase() === 'status') status = Number.parseInt(value, 10);
      else response.setHeader(key, value);
    }
    response.writeHead(status);
    response.write(head.subarray(end + 4));
    head = undefined;
  }
  response.end();
  return status;
}
