/** A repository behind git's smart HTTP protocol, which asks for a token. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface HttpRemote {
  readonly url: string;
  /** How often git asked. */
  requests: number;
  git(...args: string[]): string;
  /** Commits a file on the branch that is checked out, and returns the SHA. */
  commit(path: string, text: string, message?: string): string;
  stop(): Promise<void>;
}

export async function startHttpRemote(token: string): Promise<HttpRemote> {
  const folder = mkdtempSync(join(tmpdir(), 'adjutant-remote-'));
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ann',
    GIT_AUTHOR_EMAIL: 'ann@example.com',
    GIT_COMMITTER_NAME: 'Ann',
    GIT_COMMITTER_EMAIL: 'ann@example.com',
  };
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  git('config', 'uploadpack.allowFilter', 'true');
  const expected = `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;

  const serve = (request: IncomingMessage, response: ServerResponse) => {
    remote.requests++;
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic' }).end('no');
      return;
    }
    const { pathname, search } = new URL(request.url ?? '', 'http://x');
    const child = spawn('git', ['http-backend'], {
      env: {
        ...env,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        PATH_INFO: pathname.replace('/repo.git', '/.git'),
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    request.pipe(child.stdin).on('error', () => undefined);
    let head = '';
    child.stdout.on('data', function onData(chunk: Buffer) {
      if (response.headersSent) return void response.write(chunk);
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return;
      const headers = head
        .slice(0, end)
        .split('\r\n')
        .map((line) => line.split(': ') as [string, string]);
      response.writeHead(
        Number(headers.find(([name]) => name === 'Status')?.[1].slice(0, 3) ?? 200),
        headers.flat(),
      );
      response.write(Buffer.from(head.slice(end + 4), 'latin1'));
    });
    child.stdout.on('end', () => response.end());
  };
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const remote: HttpRemote = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/repo.git`,
    requests: 0,
    git,
    commit(path, text, message = `change ${path}`) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      git('add', '--all');
      git('commit', '--quiet', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return remote;
}
