/**
 * Questions of `adjutant` commands to a running service that alone has the database: over a socket in its data directory,
 * which only its user can open.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { UserError } from '../errors.ts';

/** Name -> answer; what it is given and gives is JSON. */
export type Questions = Readonly<Record<string, (argument: unknown) => Promise<unknown>>>;

const MAX_ARGUMENT = 65_536;
const TIMEOUT = 30_000;

const socketPath = (dataDir: string): string => join(dataDir, 'control.sock');

/** Begins to answer. Where the system allows no socket there, the log says so and nothing else happens. */
export function startControl(dataDir: string, questions: Questions, log: Logger): { stop(): void } {
  const path = socketPath(dataDir);
  // Of a process that was killed: the data directory is ours alone.
  rmSync(path, { force: true });
  const server: Server = createServer(async (incoming, outgoing) => {
    const answer = (status: number, body: unknown) => {
      outgoing.writeHead(status, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(body ?? null));
    };
    try {
      const ask = questions[(incoming.url ?? '').slice(1)];
      if (ask === undefined) return answer(404, { message: 'This Adjutant knows no such question.' });
      let text = '';
      for await (const chunk of incoming) {
        text += String(chunk);
        if (text.length > MAX_ARGUMENT) return answer(413, { message: 'The question is too long.' });
      }
      answer(200, await ask(JSON.parse(text || 'null')));
    } catch (error) {
      log.warn({ err: error }, 'a command could not be answered');
      answer(500, { message: (error as Error).message });
    }
  });
  server.on('error', (error) =>
    log.warn({ err: error }, 'commands can not reach this service: its data directory takes no socket'),
  );
  server.listen(path, () => chmodSync(path, 0o600));
  return {
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Asks the service of that data directory; undefined where none is running. Rejects with a UserError with its words. */
export function askService(
  dataDir: string,
  question: string,
  argument: unknown,
): Promise<{ answer: unknown } | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { socketPath: socketPath(dataDir), path: `/${question}`, method: 'POST', timeout: TIMEOUT },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += String(chunk);
        const answer = JSON.parse(text) as unknown;
        if (response.statusCode === 200) resolve({ answer });
        else reject(new UserError(String((answer as { message?: string }).message)));
      },
    );
    asked.on('timeout', () => asked.destroy(new UserError('The running Adjutant does not answer.')));
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(error);
    });
    asked.end(JSON.stringify(argument ?? null));
  });
}
