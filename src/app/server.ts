/** Probot at the door: its server, its signature check, its `/ping`; with our own answer to a delivery. */
import type { Logger } from 'pino';
import { Probot, Server } from 'probot';
import type { AppCredentials, Environment } from '../config/environment.ts';
import type { NoteDuration } from '../jobs/durations.ts';
import type { Queue } from '../store/queue.ts';
import { createWebhookHandler, type RequestHandler } from './webhook.ts';

/** Starts to listen. Rejects where the port is taken. */
export async function startServer(
  { host, port }: Pick<Environment, 'host' | 'port'>,
  credentials: AppCredentials,
  queue: Queue,
  log: Logger,
  pages: RequestHandler,
  note: NoteDuration,
): Promise<Server> {
  const verify = await signatureCheck(credentials, log);
  /** Answers after the job is durable, where Probot's own middleware would not wait for it. */
  class DurableProbot extends Probot {
    override getNodeMiddleware(): Promise<never> {
      return Promise.resolve(createWebhookHandler({ verify, enqueue: queue.enqueue, log, note }) as never);
    }
  }
  const { appId, privateKey } = credentials;
  const [secret = ''] = credentials.webhookSecrets;
  const server = new Server({
    host,
    port,
    log: log.child({ name: 'http' }),
    Probot: DurableProbot.defaults({ appId, privateKey, secret, log }),
  });
  await server.load(() => undefined);
  server.addHandler(pages);
  await server.start();
  return server;
}

/** A signature counts when it is right for any of the secrets: two while one is rotated. */
async function signatureCheck({ appId, privateKey, webhookSecrets }: AppCredentials, log: Logger) {
  const probots = webhookSecrets.map((secret) => new Probot({ appId, privateKey, secret, log }).ready());
  const checks = (await Promise.all(probots)).map((probot) => probot.webhooks);
  return async (body: string, signature: string): Promise<boolean> => {
    for (const check of checks) if (await check.verify(body, signature)) return true;
    return false;
  };
}
