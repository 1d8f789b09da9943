/** Who somebody is on GitHub, and what they may read: OAuth's web flow of the GitHub App. */
import { Octokit } from 'octokit';
import { z } from 'zod';
import type { Environment, SignInCredentials } from '../../config/environment.ts';
import type { Repository } from '../../jobs/job.ts';
import type { Log } from '../../jobs/services.ts';
import type { Person } from '../../web/sessions.ts';
import type { GitHubIdentity } from '../../web/sign-in.ts';
import type { GitHubClient } from './client.ts';
import { isStatus } from './errors.ts';

const LIMIT = 15_000;

/** GitHub answers a wrong code with 200 and an `error`. */
const exchanged = z.union([z.object({ access_token: z.string().min(1) }), z.object({ error: z.string() })]);

/**
 * Sign-in with the App's OAuth credentials. The token that GitHub gives for a user is asked once who it is of, and revoked:
 * it is never stored, and no message has it.
 */
export function createIdentity(
  { clientId, clientSecret }: SignInCredentials,
  { githubUrl, apiUrl }: Pick<Environment, 'githubUrl' | 'apiUrl'>,
  log: Log,
): GitHubIdentity {
  return {
    authorizeUrl({ redirectUri, state, challenge }) {
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      });
      return `${githubUrl}/login/oauth/authorize?${query}`;
    },
    async identify({ redirectUri, code, verifier }) {
      const answer = await exchangeCode({ clientId, clientSecret }, githubUrl, {
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      });
      if ('error' in answer) {
        log.warn({ error: answer.error }, 'GitHub refused a sign-in');
        return undefined;
      }
      const token = answer.access_token;
      try {
        return await ownerOf(token, apiUrl);
      } finally {
        await revoke({ clientId, clientSecret }, apiUrl, token).catch((error) =>
          log.warn(
            { status: error.status },
            "a user's token could not be revoked: it ends by itself in eight hours",
          ),
        );
      }
    },
  };
}

/** Changes a code into a user's token. Resolves to GitHub's `error` where it refuses; rejects where it does not answer. */
export async function exchangeCode(
  { clientId, clientSecret }: SignInCredentials,
  githubUrl: string,
  fields: Readonly<Record<string, string>>,
): Promise<z.infer<typeof exchanged>> {
  const response = await fetch(`${githubUrl}/login/oauth/access_token`, {
    method: 'POST',
    headers: { accept: 'application/json', 'user-agent': 'adjutant' },
    body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...fields }),
    signal: AbortSignal.timeout(LIMIT),
  });
  if (!response.ok) throw new Error(`GitHub answers a sign-in with ${response.status}`);
  return exchanged.parse(await response.json());
}

async function ownerOf(token: string, apiUrl: string): Promise<Person> {
  const octokit = octokitAt(apiUrl, `token ${token}`);
  const { data } = await octokit.rest.users.getAuthenticated();
  return { id: data.id, login: data.login };
}

async function revoke({ clientId, clientSecret }: SignInCredentials, apiUrl: string, token: string) {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const octokit = octokitAt(apiUrl, `basic ${basic}`);
  await octokit.rest.apps.deleteToken({ client_id: clientId, access_token: token });
}

function octokitAt(baseUrl: string, authorization: string): Octokit {
  const quiet = () => undefined;
  const octokit = new Octokit({
    baseUrl,
    userAgent: 'adjutant',
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    throttle: { enabled: false },
    retry: { enabled: false },
    request: { signal: AbortSignal.timeout(LIMIT) },
  });
  octokit.hook.before('request', (options) => {
    options.headers.authorization = authorization;
  });
  return octokit;
}

/**
 * Whether GitHub lets somebody read a repository, asked with the App's own permission: no token of theirs is needed. Rejects
 * where GitHub does not answer.
 */
export function createMayRead(client: GitHubClient) {
  return async ({ installation, id, owner, name }: Repository, person: Person): Promise<boolean> => {
    const octokit = client.open({ installation, id, owner, name });
    try {
      const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({
        owner,
        repo: name,
        username: person.login,
      });
      // A login may have become somebody else's since the session began.
      return data.user?.id === person.id && data.permission !== 'none';
    } catch (error) {
      if (isStatus(error, 404)) return false;
      throw error;
    }
  };
}
