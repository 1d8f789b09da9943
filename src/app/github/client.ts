/** GitHub for one repository: octokit with a token that reaches no other, and the waiting that GitHub asks for. */
import { App, Octokit } from 'octokit';
import type { Logger } from 'pino';
import type { AppCredentials, Environment } from '../../config/environment.ts';
import type { NoteDuration } from '../../jobs/durations.ts';
import type { Repository } from '../../jobs/job.ts';
import { isStatus } from './errors.ts';
import { paces } from './pace.ts';
import { createFetch, MAX_WAIT } from './patient-fetch.ts';

/** Milliseconds that a review waits for its comments to be taken. */
const COMMENT_WAIT = 20_000;
/** What reviews need; `app.yml` asks for the same. */
export const API_PERMISSIONS = {
  checks: 'write',
  contents: 'read',
  metadata: 'read',
  pull_requests: 'write',
  issues: 'read',
};

/** What code scanning needs: asked for where a repository's configuration wants it. */
export const SARIF_PERMISSIONS = { security_events: 'write' };

/** What GitHub wants of an App that resolves threads: used where an administrator granted more than `app.yml` asks for. */
const THREAD_PERMISSIONS = { contents: 'write', pull_requests: 'write' };
const HOUR = 3_600_000;

export interface GitHubClient {
  /** REST and GraphQL for this repository alone. */
  open(repository: Repository): Octokit;
  /** How many comments may be written in its installation before one has to wait for long. */
  commentRoom(repository: Repository): number;
  /** A token that may read this repository's contents and nothing else; `fresh`: not one from before. */
  gitToken(repository: Repository, fresh: boolean): Promise<string>;
  /** Reads the contents of another repository of the same installation; undefined where it is in none. */
  openNamed(installation: number, name: string): Promise<Octokit | undefined>;
  /** May send findings of this repository to code scanning; undefined where the installation does not let it. */
  openCodeScanning(repository: Repository): Promise<Octokit | undefined>;
  /** May resolve threads of this repository; undefined where the installation does not let it. */
  openThreads(repository: Repository): Promise<Octokit | undefined>;
  /** Adjutant's own login: `name[bot]`. */
  login(): Promise<string>;
  readonly appId: number;
  /** As the App itself, in no installation. */
  readonly asApp: Octokit;
  /** `https://github.com/owner/name.git`. */
  gitUrl(fullName: string): string;
}

type ResponseHeaders = Readonly<Record<string, string | number | undefined>>;

/**
 * @param onAnswer hears what GitHub says beside each answer: what is left of the rate limit
 * @param note hears how long each answer took
 */
export function createGitHubClient(
  { appId, privateKey }: AppCredentials,
  { apiUrl, githubUrl, writesPerMinute }: Pick<Environment, 'apiUrl' | 'githubUrl' | 'writesPerMinute'>,
  log: Logger,
  onAnswer: (installation: number, headers: ResponseHeaders) => void = () => undefined,
  note: NoteDuration = () => undefined,
): GitHubClient {
  const wait =
    (what: string) =>
    (seconds: number, options: { method?: string; url?: string }, _: unknown, tries: number) => {
      log.warn({ method: options.method, url: options.url, seconds }, what);
      return tries < 3 && seconds <= MAX_WAIT;
    };
  const pacing = paces(writesPerMinute);
  const throttle = {
    onRateLimit: wait('rate limit reached'),
    onSecondaryRateLimit: wait('secondary rate limit reached'),
    // The plugin's own pace is one write a second and one comment in three: see pace.ts.
    ...(pacing as object),
  };
  const Client = Octokit.defaults({
    baseUrl: apiUrl,
    userAgent: 'adjutant',
    log: { debug: () => undefined, info: () => undefined, warn: warnTo(log), error: warnTo(log) },
    request: { fetch: createFetch(log, note) },
    // The plugin's own, and 406: a diff that is too large now is too large in a second.
    retry: { doNotRetry: [400, 401, 403, 404, 406, 410, 422, 451] },
    throttle,
  });
  const app = new App({ appId, privateKey, Octokit: Client });
  let login: Promise<string> | undefined;
  /** Until when an installation is not asked again. */
  const threadsRefused = new Map<number, number>();
  /** Installations that have spent their hour's requests, with GitHub's refusal: who asks on is banned in the end. */
  const spent = new Map<number, { readonly until: number; readonly refusal: unknown }>();

  const token = async (
    { installation, id }: Repository,
    permissions: Record<string, string>,
    refresh: boolean,
  ): Promise<string> => {
    const options = {
      type: 'installation',
      installationId: installation,
      repositoryIds: [id],
      permissions,
      refresh,
    };
    return ((await app.octokit.auth(options)) as { token: string }).token;
  };
  /** With a token of that scope; undefined where the installation does not give one. */
  const narrow = async (installationId: number, scope: object): Promise<Octokit | undefined> => {
    try {
      const made = await app.octokit.auth({ type: 'installation', installationId, ...scope });
      return new Client({ auth: (made as { token: string }).token });
    } catch (error) {
      if (isStatus(error, 403, 404, 422)) return undefined;
      throw error;
    }
  };
  return {
    appId,
    asApp: app.octokit,
    open(repository) {
      const octokit = new Client({ throttle: { ...throttle, id: String(repository.installation) } });
      octokit.hook.wrap('request', async (request, options) => {
        const { comments } = options as { readonly comments?: readonly unknown[] };
        // GitHub counts each comment of a review, the plugin the review.
        if (comments !== undefined && comments.length > 0)
          await pacing.notifications.key(String(repository.installation)).turn(comments.length);
        const limit = spent.get(repository.installation);
        if (limit !== undefined && limit.until > Date.now()) throw limit.refusal;
        const send = async (refresh: boolean) => {
          options.headers.authorization = `token ${await token(repository, API_PERMISSIONS, refresh)}`;
          const answer = await request(options);
          onAnswer(repository.installation, answer.headers);
          return answer;
        };
        try {
          return await send(false);
        } catch (error) {
          const until = spentUntil(error);
          if (until !== undefined) spent.set(repository.installation, { until, refusal: error });
          // Refused before anything was done: the token was revoked before its time.
          if (!isStatus(error, 401)) throw error;
          return send(true);
        }
      });
      return octokit;
    },
    // The review itself takes a turn too.
    commentRoom: ({ installation }) =>
      Math.max(0, pacing.notifications.key(String(installation)).room(COMMENT_WAIT) - 1),
    gitToken: (repository, fresh) => token(repository, { contents: 'read' }, fresh),
    openNamed: (installation, name) =>
      narrow(installation, { repositoryNames: [name], permissions: { contents: 'read' } }),
    openCodeScanning: ({ installation, id }) =>
      narrow(installation, { repositoryIds: [id], permissions: SARIF_PERMISSIONS }),
    async openThreads({ installation, id }) {
      if ((threadsRefused.get(installation) ?? 0) > Date.now()) return undefined;
      const opened = await narrow(installation, { repositoryIds: [id], permissions: THREAD_PERMISSIONS });
      if (opened === undefined) threadsRefused.set(installation, Date.now() + HOUR);
      return opened;
    },
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

/** When the requests of a new hour begin, in milliseconds since 1970; undefined for any other error, or limit. */
function spentUntil(error: unknown): number | undefined {
  if (!isStatus(error, 403, 429)) return undefined;
  const headers = error.response?.headers ?? {};
  const reset = Number(headers['x-ratelimit-reset']) * 1000;
  const isSpent = headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset);
  if (!isSpent || (headers['x-ratelimit-resource'] ?? 'core') !== 'core') return undefined;
  // Where this machine's clock is late, too.
  return Math.min(reset, Date.now() + HOUR);
}
