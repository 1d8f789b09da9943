/** What is for administrators and their machines: the dashboard, `/metrics`, `/healthz`, `/readyz`. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { jobLines, retryDeadLetters } from '../jobs/dead-letter.ts';
import type { Delivery } from '../jobs/deliveries.ts';
import { type LinkKey, paths, signToken } from '../jobs/links.ts';
import type { Log } from '../jobs/services.ts';
import { budgets } from '../store/budget.ts';
import type { Database } from '../store/database.ts';
import { repositories } from '../store/findings.ts';
import type { Queue } from '../store/queue.ts';
import { queueFigures, reviewsPerDay, ruleFigures, verdictTimes } from '../store/statistics.ts';
import { withQuery } from './access.ts';
import { createAdministrator } from './administrator.ts';
import { dashboardPage, signInPage } from './dashboard-page.ts';
import { isSame } from './is-same.ts';
import { metricsText } from './metrics.ts';
import type { Sessions } from './sessions.ts';
import { isFromElsewhere } from './sign-in.ts';

export interface OperationsOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly key: LinkKey;
  /** Path below which people reach the pages: '' or `/adjutant`. */
  readonly root: string;
  /** Whether people come by https. */
  readonly secure: boolean;
  readonly adminToken: string | undefined;
  /** Who is signed in with GitHub, and the logins of administrators among them; undefined without sign-in. */
  readonly signedIn: { readonly sessions: Sessions; readonly administrators: readonly string[] } | undefined;
  readonly metricsToken: string | undefined;
  /** Deliveries of the last 24 hours that did not arrive. */
  readonly failedDeliveries: () => Promise<readonly Delivery[]>;
  readonly log: Log;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const READY_LIMIT = 2000;
const LISTED = 25;
/** Milliseconds that a wrong token costs. */
const WRONG_TOKEN = 500;

export function createOperations(options: OperationsOptions): Hono {
  const { database, adminToken, metricsToken, signedIn, log } = options;
  const app = new Hono();
  app.use(bodyLimit({ maxSize: 16_384 }));
  app.get('/healthz', (context) => context.text('ok\n'));
  app.get('/readyz', async (context) => {
    try {
      await within(database.query('SELECT 1'), READY_LIMIT);
      return context.text('ready\n');
    } catch (error) {
      log.warn({ err: error }, 'not ready: the database does not answer');
      return context.text('the database does not answer\n', 503);
    }
  });
  if (metricsToken !== undefined) {
    app.get('/metrics', async (context) => {
      const given = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
      if (!isSame(given, metricsToken))
        return context.text('a bearer token is needed\n', 401, { 'www-authenticate': 'Bearer' });
      return context.body(await metricsText(database), 200, {
        'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      });
    });
  }
  if (adminToken !== undefined || (signedIn?.administrators.length ?? 0) > 0) dashboard(app, options);
  return app;
}

function dashboard(app: Hono, options: OperationsOptions): void {
  const { root, adminToken, signedIn, log } = options;
  const holder =
    adminToken === undefined ? undefined : createAdministrator({ ...options, token: adminToken });
  const person = (context: Context) => signedIn?.sessions.person(context);
  const isAdministrator = (context: Context) =>
    holder?.isSignedIn(context) === true ||
    signedIn?.administrators.includes(person(context)?.login.toLowerCase() ?? '') === true;
  const refused = (context: Context, wrong = false) => {
    const login = person(context)?.login;
    const ways = { token: adminToken !== undefined, gitHub: (signedIn?.administrators.length ?? 0) > 0 };
    return context.html(signInPage(root, { ...ways, wrong, login }), 401);
  };

  app.get('/dashboard', async (context) =>
    isAdministrator(context)
      ? context.html(dashboardPage(await dashboardView(options, person(context)?.login)))
      : refused(context),
  );
  app.post('/dashboard/sign-in', async (context) => {
    const { token: given } = await form(context, 'token');
    if (holder?.signIn(context, given)) return context.redirect(`${root}/dashboard`, 303);
    log.warn({}, 'somebody gave a wrong administrator token');
    await new Promise((resolve) => setTimeout(resolve, WRONG_TOKEN));
    return refused(context, true);
  });
  app.post('/dashboard/sign-out', (context) => {
    holder?.signOut(context);
    signedIn?.sessions.end(context);
    return context.redirect(`${root}/dashboard`, 303);
  });
  app.post('/dashboard/retry', async (context) => {
    // The cookies are not sent from another site; a browser that says where a form stands is believed too.
    if (!isAdministrator(context) || isFromElsewhere(context)) return refused(context);
    const { job } = await form(context, 'job');
    const count = UUID.test(job) ? await retryDeadLetters(options, job) : 0;
    if (count > 0) log.info({ job, login: person(context)?.login }, 'the administrator has a job done again');
    return context.redirect(`${root}/dashboard`, 303);
  });
}

async function dashboardView(options: OperationsOptions, visitor: string | undefined) {
  const { database, root, key, signedIn, failedDeliveries, log } = options;
  const expires = Math.ceil(Date.now() / 1000) + 12 * 3600;
  const [queues, given, days, verdicts, rules, known, left, failed] = await Promise.all([
    queueFigures(database),
    jobLines(database),
    reviewsPerDay(database, 30),
    verdictTimes(database, 30),
    ruleFigures(database, 90),
    repositories(database),
    budgets(database),
    failedDeliveries().catch((error) => {
      log.warn({ err: error }, 'GitHub does not say which deliveries failed');
      return undefined;
    }),
  ]);
  const givenUp = given.filter(({ state }) => state === 'given up');
  return {
    root,
    visitor,
    queues,
    givenUp: givenUp.slice(0, LISTED),
    allGivenUp: givenUp.length,
    days,
    verdicts,
    rules,
    repositories: known,
    budgets: left,
    failedDeliveries: failed?.slice(0, LISTED),
    href: {
      locks: (repository: number) =>
        withQuery(
          `${root}${paths.locks(repository)}`,
          signedIn ? {} : { token: signToken(key, { kind: 'locks', repository }, expires) },
        ),
    },
    now: Date.now(),
  };
}

async function form<Name extends string>(context: Context, name: Name): Promise<Record<Name, string>> {
  const value = (await context.req.parseBody())[name];
  return { [name]: typeof value === 'string' ? value : '' } as Record<Name, string>;
}

async function within<T>(promise: Promise<T>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limit} ms`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
