/** GitHub for one repository: octokit with a token that reaches no other, and the waiting that GitHub asks for. */
import { App, Octokit } from 'octokit';
import type { Logger } from 'pino';
import type { AppCredentials, Environment } from '../../config/environment.ts';
import type { Repository } from '../../jobs/job.ts';
import { paceGroups } from './pace.ts';

const REQUEST_LIMIT = 60_000;
/** Longer than this a job does not wait in memory for a rate limit: the queue has it again later. */
const MAX_WAIT = 120;
/** What reviews need; `app.yml` asks for the same. */
const API_PERMISSIONS = {
  checks: 'write',
  contents: 'read',
  metadata: 'read',
  pull_requests: 'write',
  issues: 'read',
};

export interface GitHubClient {
  /** REST and GraphQL for this repository alone. */
  open(repository: Repository): Octokit;
  /** A token that may read this repository's contents and nothing else. */
  gitToken(repository: Repository): Promise<string>;
  /** Adjutant's own login: `name[bot]`. */
  login(): Promise<string>;
  readonly appId: number;
  /** `https://github.com/owner/name.git`. */
  gitUrl(fullName: string): string;
}

export function createGitHubClient(
  { appId, privateKey }: AppCredentials,
  { apiUrl, githubUrl }: Pick<Environment, 'apiUrl' | 'githubUrl'>,
  log: Logger,
): GitHubClient {
  const wait =
    (what: string) =>
    (seconds: number, options: { method?: string; url?: string }, _: unknown, tries: number) => {
      log.warn({ method: options.method, url: options.url, seconds }, what);
      return tries < 3 && seconds <= MAX_WAIT;
    };
  const throttle = {
    onRateLimit: wait('rate limit reached'),
    onSecondaryRateLimit: wait('secondary rate limit reached'),
    // The plugin's own pace is one write a second and one comment in three: see pace.ts.
    write: paceGroups(20, 1000) as never,
    notifications: paceGroups(5, 3000) as never,
  };
  const Client = Octokit.defaults({
    baseUrl: apiUrl,
    userAgent: 'adjutant',
    log: { debug: () => undefined, info: () => undefined, warn: warnTo(log), error: warnTo(log) },
    request: { fetch: limitedFetch },
    throttle,
  });
  const app = new App({ appId, privateKey, Octokit: Client });
  let login: Promise<string> | undefined;

  const token = async (repository: Repository, permissions: Record<string, string>): Promise<string> => {
    const { installation: installationId, id } = repository;
    const options = { type: 'installation', installationId, repositoryIds: [id], permissions };
    return ((await app.octokit.auth(options)) as { token: string }).token;
  };
  return {
    appId,
    open(repository) {
      const octokit = new Client({ throttle: { ...throttle, id: String(repository.installation) } });
      octokit.hook.before('request', async (options) => {
        options.headers.authorization = `token ${await token(repository, API_PERMISSIONS)}`;
      });
      return octokit;
    },
    gitToken: (repository) => token(repository, { contents: 'read' }),
    login() {
      login ??= app.octokit.rest.apps.getAuthenticated().then(({ data }) => `${data?.slug}[bot]`);
      login.catch(() => {
        login = undefined;
      });
      return login;
    },
    gitUrl: (fullName) => `${githubUrl}/${fullName}.git`,
  };
}

function warnTo(log: Logger) {
  return (message: string) => log.warn(message);
}

/** A server that accepts and then says nothing must not hold a job for ever. */
function limitedFetch(url: string, options: RequestInit): Promise<Response> {
  const limit = AbortSignal.timeout(REQUEST_LIMIT);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  return fetch(url, { ...options, signal });
}
