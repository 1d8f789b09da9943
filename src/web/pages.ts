/** Every page and its address. Who may see one is decided in access.ts. */
import { type Context, Hono } from 'hono';
import { paths, type Scope } from '../jobs/links.ts';
import { baseBranches } from '../store/base-branches.ts';
import { dismissalsOn } from '../store/dismissals.ts';
import { type FoundFinding, findingsOf, findRepository, reportsOn } from '../store/findings.ts';
import { type Access, byLink, bySignIn, type MayRead, missing, type Visitor, withQuery } from './access.ts';
import { findingPage } from './finding-page.ts';
import { headers } from './headers.ts';
import { type Markup, notice, stylesheet } from './layout.ts';
import { type AskLocks, locksPage } from './locks.ts';
import { createOperations, type OperationsOptions } from './operations.ts';
import { bySeverity, pullHistory } from './pull-history.ts';
import { pullPage, stateOf } from './pull-page.ts';
import { forAMinute } from './readers.ts';
import { createSessions } from './sessions.ts';
import { createSignIn, type GitHubIdentity } from './sign-in.ts';

/** Sign-in with GitHub, where it is asked for. */
export interface SignInWithGitHub {
  readonly identity: GitHubIdentity;
  readonly mayRead: MayRead;
  readonly clientSecret: string;
  /** `https://adjutant.example.com`, without a slash at its end. */
  readonly publicUrl: string;
  /** Logins, in lower case, for which the dashboard opens. */
  readonly administrators: readonly string[];
}

export interface PagesOptions extends Omit<OperationsOptions, 'signedIn'> {
  /** Undefined: a link opens its page. */
  readonly signIn: SignInWithGitHub | undefined;
  /** `https://github.com`, without a slash at its end. */
  readonly githubUrl: string;
  readonly askLocks: AskLocks;
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const NUMBER = '[1-9][0-9]{0,14}';

/** The pages as an application that answers requests of the web's own form. */
export function createPages(options: PagesOptions): Hono {
  const { database, githubUrl, root, log, signIn } = options;
  const sessions = signIn && createSessions({ ...options, clientSecret: signIn.clientSecret });
  const access =
    signIn && sessions
      ? bySignIn({ ...options, sessions, mayRead: forAMinute(signIn.mayRead) })
      : byLink(options.key, root);
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
    opened(context, access, root, pullScope(context), async (visitor) => {
      const { repository: id, number } = pullScope(context);
      const repository = await findRepository(database, id);
      if (repository === undefined) return undefined;
      const reviews = await reportsOn(database, id, number);
      const findings = await findingsOf(database, ids(reviews));
      const { owner, name } = repository;
      return pullPage({
        root,
        visitor: visitor.login,
        repository: `${owner}/${name}`,
        number,
        reviews,
        findings,
        skip: Number(/^\d{1,6}$/.exec(context.req.query('skip') ?? '')?.[0] ?? 0),
        histories: pullHistory(reviews, findings, await dismissalsOn(database, { repository, number })),
        href: {
          finding: findingHref(root, id, number, visitor),
          from: (skip) =>
            withQuery(`${root}${paths.pull(id, number)}`, {
              ...visitor.query(pullScope(context)),
              ...(skip === 0 ? {} : { skip: String(skip) }),
            }),
          locks: locksHref(root, id, visitor, reviews.at(-1)?.baseRef)(undefined),
          github: `${githubUrl}/${owner}/${name}/pull/${number}`,
        },
      });
    }),
  );

  app.get(
    `/repositories/:repository{${NUMBER}}/pulls/:number{${NUMBER}}/findings/:review{${UUID}}/:ordinal{[0-9]{1,4}}`,
    (context) =>
      opened(context, access, root, pullScope(context), async (visitor) => {
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
          visitor: visitor.login,
          repository: `${owner}/${name}`,
          number,
          found,
          report: review.report,
          state: history === undefined ? '' : stateOf(history),
          related: own
            .filter((one) => !one.fixed && one !== found)
            .toSorted(bySeverity)
            .slice(0, MAX_RELATED),
          fixed: own.filter((one) => one.fixed).slice(0, MAX_RELATED),
          href: {
            pull: withQuery(`${root}${paths.pull(id, number)}`, visitor.query(pullScope(context))),
            finding: findingHref(root, id, number, visitor),
            lock: locksHref(root, id, visitor, review.baseRef),
            github: `${githubUrl}/${owner}/${name}/pull/${number}`,
          },
        });
      }),
  );
  app.get(`/repositories/:repository{${NUMBER}}/locks`, (context) => {
    const repository = Number(context.req.param('repository'));
    return opened(context, access, root, { kind: 'locks', repository }, async (visitor) => {
      const kept = await findRepository(database, repository);
      const branches = await baseBranches(database, repository);
      return kept && locksPage(kept, branches, context.req.query(), { root, visitor, ask: options.askLocks });
    });
  });
  if (signIn && sessions) {
    const { identity, publicUrl, administrators } = signIn;
    app.route('/', createSignIn({ ...options, identity, sessions, publicUrl }));
    app.route('/', createOperations({ ...options, signedIn: { sessions, administrators } }));
  } else app.route('/', createOperations({ ...options, signedIn: undefined }));
  return app;
}

const MAX_RELATED = 20;

/** The page that somebody asks for, or the one that says why not. */
async function opened(
  context: Context,
  access: Access,
  root: string,
  scope: Scope,
  make: (visitor: Visitor) => Promise<Markup | undefined>,
): Promise<Response> {
  const visitor = await access(context, scope);
  if ('status' in visitor) return context.html(visitor.page, visitor.status);
  const made = await make(visitor);
  return made === undefined ? context.html(missing(root), 404) : context.html(made);
}

function pullScope(context: Context): Extract<Scope, { kind: 'pull' }> {
  const { repository, number } = context.req.param();
  return { kind: 'pull', repository: Number(repository), number: Number(number) };
}

function findingHref(root: string, repository: number, number: number, visitor: Visitor) {
  const query = visitor.query({ kind: 'pull', repository, number });
  return ({ review, ordinal }: FoundFinding) =>
    withQuery(`${root}${paths.finding(repository, number, review, ordinal)}`, query);
}

/** The graph of the branch that a review was against. */
function locksHref(root: string, repository: number, visitor: Visitor, branch: string | undefined) {
  const query = {
    ...visitor.query({ kind: 'locks', repository }),
    ...(branch === undefined ? {} : { branch }),
  };
  return (lock: string | undefined) =>
    withQuery(`${root}${paths.locks(repository)}`, { ...query, ...(lock === undefined ? {} : { lock }) });
}

function ids(reviews: readonly { readonly id: string }[]): string[] {
  return reviews.map(({ id }) => id);
}
