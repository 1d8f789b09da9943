/** The configuration of an organisation or a user: it holds in their repositories that have none. */
import type { Octokit } from 'octokit';
import { CONFIGURATION_PATH } from '../../config/configuration-path.ts';
import type { Repository } from '../../jobs/job.ts';
import type { GitHubClient } from './client.ts';
import { isStatus } from './errors.ts';

/** Repository in which GitHub keeps what holds for all of an owner. */
const DEFAULTS = '.github';
/** Milliseconds for which an answer is good. */
const FRESH = 5 * 60_000;
const known = new Map<string, { readonly text: string | undefined; readonly until: number }>();

/** Its text; undefined where there is none, or none that the App may see. Asked once in five minutes. */
export async function ownerConfiguration(
  client: GitHubClient,
  { owner, installation }: Pick<Repository, 'owner' | 'installation'>,
): Promise<string | undefined> {
  const key = `${installation} ${owner}`;
  const before = known.get(key);
  if (before !== undefined && before.until > Date.now()) return before.text;
  const octokit = await client.openNamed(installation, DEFAULTS);
  const text = octokit && (await read(octokit, owner));
  known.set(key, { text, until: Date.now() + FRESH });
  return text;
}

async function read(octokit: Octokit, owner: string): Promise<string | undefined> {
  try {
    const place = { owner, repo: DEFAULTS, path: CONFIGURATION_PATH };
    const { data } = await octokit.rest.repos.getContent(place);
    if (Array.isArray(data) || data.type !== 'file') return undefined;
    return Buffer.from(data.content, 'base64').toString('utf8');
  } catch (error) {
    if (isStatus(error, 403, 404)) return undefined;
    throw error;
  }
}
