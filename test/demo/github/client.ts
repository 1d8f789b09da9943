/** An App as a test drives it: octokit without its retries, which would hide what is refused. */
import { createSign } from 'node:crypto';
import { App, Octokit } from 'octokit';
import type { StandInGitHub } from '../../../demo/github/index.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const defaults = { retry: { enabled: false }, throttle: { enabled: false } };

export function appOf(github: StandInGitHub): App {
  const Client = Octokit.defaults({ ...defaults, log: quiet, baseUrl: `${github.url}/api/v3` });
  return new App({ appId: github.app.id, privateKey: github.app.privateKey, Octokit: Client, log: quiet });
}

export async function clientOf(github: StandInGitHub): Promise<Octokit> {
  return (await appOf(github).getInstallationOctokit(github.installation.id)) as Octokit;
}

/** A client with a token, or anything in place of one. */
export function clientWith(github: StandInGitHub, auth: string | undefined): Octokit {
  const credentials = auth === undefined ? {} : { auth };
  return new Octokit({ ...defaults, ...credentials, log: quiet, baseUrl: `${github.url}/api/v3` });
}

export interface Narrowing {
  readonly repositories?: string[];
  readonly permissions?: Record<string, 'read' | 'write'>;
}

export async function tokenFor(github: StandInGitHub, narrowed: Narrowing = {}): Promise<string> {
  const answer = await appOf(github).octokit.request(
    'POST /app/installations/{installation_id}/access_tokens',
    {
      installation_id: github.installation.id,
      ...narrowed,
    },
  );
  return answer.data.token;
}

export interface Refused {
  readonly status: number;
  readonly message: string;
  readonly errors: unknown;
}

/** What a request was refused with. Rejects where it was not. */
export async function refused(request: Promise<unknown>): Promise<Refused> {
  try {
    await request;
  } catch (error) {
    const { status, response } = error as {
      status: number;
      response?: { data?: { message: string; errors: unknown } };
    };
    return { status, message: response?.data?.message ?? '', errors: response?.data?.errors };
  }
  throw new Error('the request was accepted');
}

/** An App's JWT; `change` alters its claims, in seconds from now where they are times. */
export function jwt(
  github: StandInGitHub,
  claims: Record<string, unknown> = {},
  header = { alg: 'RS256', typ: 'JWT' },
) {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part({ iat: now - 60, exp: now + 540, iss: github.app.id, ...claims })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(github.app.privateKey).toString('base64url')}`;
}
