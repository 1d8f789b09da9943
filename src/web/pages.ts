/** Every page and its address. What a page shows of a repository opens with a token in its address (jobs/links.ts). */
import { type Context, Hono } from 'hono';
import { paths, readToken, type Scope, signToken } from '../jobs/links.ts';
import { dismissalsOn } from '../store/dismissals.ts';
import { type FoundFinding, findingsOf, findRepository, reportsOn } from '../store/findings.ts';
import { findingPage } from './finding-page.ts';
import { headers } from './headers.ts';
import { type Markup, notice, stylesheet } from './layout.ts';
import { type AskLocks, locksPage } from './locks.ts';
import { createOperations, type OperationsOptions } from './operations.ts';
import { pullHistory } from './pull-history.ts';
import { pullPage, stateOf } from './pull-page.ts';

export interface PagesOptions extends OperationsOptions {
  /** `https://github.com`, without a slash at its end. */
  readonly githubUrl: string;
  readonly askLocks: AskLocks;
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const NUMBER = '[1-9][0-9]{0,14}';

/** The pages as an application that answers requests of the web's own form. */
export function createPages(options: PagesOptions): Hono {
  const { database, githubUrl, root, log } = options;
  const app = new Hono();
  app.use(headers);
  app.onError((error, context) => {
    log.error({ err: error, path: context.req.path }, 'a page could not be made');
    return context.html(notice(root, 'Something broke', 'The log of Adjutant has the details.'), 500);
  });
  app.notFound((context) => context.html(missing(root), 404));
  app.get(stylesheet.path, (context) =>
    context.body(new Uint8Array(stylesheet.bytes), 200, {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    }),
  );

  app.get(`/repositories/:repository{${NUMBER}}/pulls/:number{${NUMBER}}`, (context) =>
    opened(context, options, pullScope(context), async (sign) => {
      const { repository: id, number } = pullScope(context);
      const repository = await findRepository(database, id);
      if (repository === undefined) return undefined;
      const reviews = await reportsOn(database, id, number);
      const findings = await findingsOf(database, ids(reviews));
      const { owner, name } = repository;
      return pullPage({
        root,
        repository: `${owner}/${name}`,
        number,
        reviews,
        findings,
        histories: pullHistory(reviews, findings, await dismissalsOn(database, { repository, number })),
        href: {
          finding: findingHref(root, id, number, sign),
          locks: locksHref(root, id, sign)(undefined),
          github: `${githubUrl}/${owner}/${name}/pull/${number}`,
        },
      });
    }),
  );

  app.get(
    `/repositories/:repository{${NUMBER}}/pulls/:number{${NUMBER}}/findings/:review{${UUID}}/:ordinal{[0-9]{1,4}}`,
    (context) =>
      opened(context, options, pullScope(context), async (sign) => {
        const { repository: id, number } = pullScope(context);
        const repository = await findRepository(database, id);
        const reviews = await reportsOn(database, id, number);
        const review = reviews.find((one) => one.id === context.req.param('review'));
        if (repository === undefined || review === undefined) return undefined;
        const findings = await findingsOf(database, ids(reviews));
        const own = findings.filter((one) => one.review === review.id);
        const found = own.find(({ ordinal }) => ordinal === Number(context.req.param('ordinal')));
        if (found === undefined || found.fixed) return undefined;
        const dismissals = await dismissalsOn(database, { repository, number });
        const history = pullHistory(reviews, findings, dismissals).find(
          ({ latest }) => latest.finding.fingerprint === found.finding.fingerprint,
        );
        const { owner, name } = repository;
        return findingPage({
          root,
          repository: `${owner}/${name}`,
          number,
          found,
          report: review.report,
          state: history === undefined ? '' : stateOf(history),
          related: own.filter((one) => !one.fixed && one !== found).slice(0, MAX_RELATED),
          fixed: own.filter((one) => one.fixed).slice(0, MAX_RELATED),
          href: {
            pull: `${root}${paths.pull(id, number)}?token=${sign({ kind: 'pull', repository: id, number })}`,
            finding: findingHref(root, id, number, sign),
            lock: locksHref(root, id, sign),
            github: `${githubUrl}/${owner}/${name}/pull/${number}`,
          },
        });
      }),
  );
  app.get(`/repositories/:repository{${NUMBER}}/locks`, (context) => {
    const repository = Number(context.req.param('repository'));
    return opened(context, options, { kind: 'locks', repository }, async () => {
      const kept = await findRepository(database, repository);
      const { token = '', ...query } = context.req.query();
      return kept && locksPage(kept, query, { root, token, ask: options.askLocks });
    });
  });
  app.route('/', createOperations(options));
  return app;
}

const MAX_RELATED = 20;

type Sign = (scope: Scope) => string;

/** The page that a token opens; a page that says why not, with 404 or 410. Links on it open as long as it does. */
async function opened(
  context: Context,
  { key, root }: PagesOptions,
  scope: Scope,
  make: (sign: Sign) => Promise<Markup | undefined>,
): Promise<Response> {
  const expires = readToken(key, scope, context.req.query('token') ?? '');
  if (expires === undefined) return context.html(missing(root), 404);
  if (expires === 'expired') return context.html(expired(root), 410);
  const made = await make((other) => signToken(key, other, expires));
  return made === undefined ? context.html(missing(root), 404) : context.html(made);
}

function missing(root: string): Markup {
  return notice(
    root,
    'There is no such page',
    'The address is not complete, or what it showed is no longer kept. Follow "Details" of a check run on GitHub.',
  );
}

function expired(root: string): Markup {
  return notice(
    root,
    'This link has expired',
    'Comment /recheck in the pull request: the new check runs have new links.',
  );
}

function pullScope(context: Context): Extract<Scope, { kind: 'pull' }> {
  const { repository, number } = context.req.param();
  return { kind: 'pull', repository: Number(repository), number: Number(number) };
}

function findingHref(root: string, repository: number, number: number, sign: Sign) {
  const token = sign({ kind: 'pull', repository, number });
  return ({ review, ordinal }: FoundFinding) =>
    `${root}${paths.finding(repository, number, review, ordinal)}?token=${token}`;
}

function locksHref(root: string, repository: number, sign: Sign) {
  const token = sign({ kind: 'locks', repository });
  return (lock: string | undefined) =>
    `${root}${paths.locks(repository)}?token=${token}${lock === undefined ? '' : `&lock=${encodeURIComponent(lock)}`}`;
}

function ids(reviews: readonly { readonly id: string }[]): string[] {
  return reviews.map(({ id }) => id);
}
