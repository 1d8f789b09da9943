/** Sign-in with GitHub: whether its credentials are of this App. */
import type { Environment } from '../../config/environment.ts';
import { exchangeCode } from '../github/identity.ts';
import { bad, type Diagnosis, doubtful, good } from './finding.ts';

const WHAT = 'sign-in';
/** GitHub looks at the credentials before the code. */
const NO_CODE = 'bad_verification_code';

/** @param clientId as GitHub names it for the App; undefined where it does not tell */
export async function examineSignIn(
  { signIn, publicUrl, githubUrl }: Environment,
  clientId: string | undefined,
): Promise<Diagnosis[]> {
  if (signIn === undefined) return [good(WHAT, 'off: who has a link to a page sees it')];
  const page = "See both on the App's page, under General.";
  if (clientId !== undefined && clientId !== signIn.clientId)
    return [bad(WHAT, `GITHUB_CLIENT_ID is not that of the App (${clientId})`, page)];
  try {
    const answer = await exchangeCode(signIn, githubUrl, { code: 'of-the-doctor' });
    if ('error' in answer && answer.error !== NO_CODE)
      return [bad(WHAT, `GitHub refuses GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET (${answer.error})`, page)];
  } catch (error) {
    return [bad(WHAT, `GitHub did not tell (${(error as Error).message})`, 'Try again in a minute.')];
  }
  const callback = `${publicUrl}/sign-in/callback`;
  const says = `GitHub takes the credentials; ${callback} must be a callback URL on the App's page`;
  if (publicUrl?.startsWith('https:')) return [good(WHAT, says)];
  const mend = 'Put a proxy with TLS in front, and set ADJUTANT_URL to its address.';
  return [doubtful(WHAT, `${says}; without https sessions can be read on their way`, mend)];
}
