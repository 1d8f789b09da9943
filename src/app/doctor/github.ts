/** What GitHub says of the App: its credentials, permissions, installations, webhook and deliveries. */
import type { Octokit } from 'octokit';
import type { Environment } from '../../config/environment.ts';
import { API_PERMISSIONS } from '../github/client.ts';
import { deliveryRecord } from '../github/deliveries.ts';
import { isStatus } from '../github/errors.ts';
import { handlers } from '../handlers/index.ts';
import { isHandled } from '../webhook.ts';
import { bad, type Diagnosis, doubtful, good } from './finding.ts';
import { examineSignIn } from './sign-in.ts';

type Permissions = Readonly<Record<string, string | undefined>>;

const LEVELS = ['read', 'write', 'admin'];
const HOUR = 3_600_000;

/** Everything that can be asked with the App's own key. Stops where the key is no good. */
export async function examineGitHub(octokit: Octokit, environment: Environment): Promise<Diagnosis[]> {
  const app = await examineApp(octokit);
  if (app.app === undefined) return [app.diagnosis];
  const looks = [
    examinePermissions('permissions of the App', app.app.permissions),
    examineEvents(app.app.events),
    ...(await orBad('installations', () => examineInstallations(octokit))),
    ...(await orBad('webhook', () => examineWebhook(octokit))),
    ...(await orBad('deliveries', () =>
      examineDeliveries(octokit, environment.githubUrl === 'https://github.com'),
    )),
    ...(await examineSignIn(environment, app.app.clientId)),
  ];
  return [app.diagnosis, ...looks];
}

async function orBad(what: string, look: () => Promise<Diagnosis[]>): Promise<Diagnosis[]> {
  try {
    return await look();
  } catch (error) {
    return [bad(what, `GitHub did not tell (${(error as Error).message})`, 'Try again in a minute.')];
  }
}

interface App {
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly clientId: string | undefined;
}

async function examineApp(octokit: Octokit): Promise<{ diagnosis: Diagnosis; app?: App }> {
  const what = 'credentials';
  try {
    const { data } = await octokit.rest.apps.getAuthenticated();
    if (data === null) throw new Error('no App');
    const app = {
      permissions: data.permissions as Permissions,
      events: data.events,
      clientId: data.client_id,
    };
    return { diagnosis: good(what, `GitHub knows the App as ${data.slug}`), app };
  } catch (error) {
    if (isStatus(error, 401)) {
      const late = /expiration|issued at|'exp'|'iat'/i.test(error.message);
      const mend = late
        ? "Set this machine's clock: GitHub takes no key that is off by more than a minute."
        : 'See that APP_ID and PRIVATE_KEY are of one App, and that the key was not deleted on its page.';
      return { diagnosis: bad(what, `GitHub refuses them (${error.message})`, mend) };
    }
    if (isStatus(error, 404))
      return {
        diagnosis: bad(
          what,
          'GitHub knows no such App',
          'See APP_ID, and GHE_HOST where you have a server of your own.',
        ),
      };
    const says = `GitHub can't be reached (${(error as Error).message})`;
    return {
      diagnosis: bad(what, says, 'See that this machine reaches it: DNS, proxy, firewall, GHE_HOST.'),
    };
  }
}

/** Granted against what reviews need. */
function examinePermissions(what: string, granted: Permissions): Diagnosis {
  const missing = Object.entries(API_PERMISSIONS).filter(
    ([name, level]) => LEVELS.indexOf(granted[name] ?? '') < LEVELS.indexOf(level),
  );
  if (missing.length === 0) return good(what, 'all that reviews need');
  const list = missing.map(([name, level]) => `${name}: ${level}`).join(', ');
  return bad(
    what,
    `${list} missing`,
    "Grant it on the App's page under Permissions, then accept the change in each installation.",
  );
}

function examineEvents(subscribed: readonly string[]): Diagnosis {
  const missing = handlers
    .filter(({ event, isAlwaysSent }) => isAlwaysSent !== true && !subscribed.includes(event))
    .map(({ event }) => event);
  if (missing.length === 0) return good('events', 'all that reviews need');
  return bad(
    'events',
    `${missing.join(', ')} missing`,
    "Subscribe to it on the App's page under Permissions & events.",
  );
}

async function examineInstallations(octokit: Octokit): Promise<Diagnosis[]> {
  const all = await octokit.paginate(octokit.rest.apps.listInstallations, { per_page: 100 });
  if (all.length === 0)
    return [
      bad(
        'installations',
        'the App is installed nowhere',
        'Press Install on its page, and choose the repositories.',
      ),
    ];
  return all.map((one) => {
    const { account } = one;
    const name = account !== null && 'login' in account ? account.login : String(one.id);
    const what = `installation ${name}`;
    if (one.suspended_at)
      return doubtful(what, 'is suspended', 'Unsuspend it in the settings of that account.');
    return examinePermissions(what, one.permissions as Permissions);
  });
}

async function examineWebhook(octokit: Octokit): Promise<Diagnosis[]> {
  const { data } = await octokit.rest.apps.getWebhookConfigForApp();
  const what = 'webhook';
  const page = "Set it on the App's page under Webhook.";
  if (!data.url) return [bad(what, 'has no address', page)];
  const looks: Diagnosis[] = [];
  const { pathname, hostname } = new URL(data.url);
  if (!/^\/(api\/github\/webhooks)?$/.test(pathname))
    looks.push(bad(what, `${data.url} does not end in /api/github/webhooks`, page));
  if (hostname === 'localhost' && octokit.request.endpoint.DEFAULTS.baseUrl === 'https://api.github.com')
    looks.push(bad(what, `${data.url} is nothing that GitHub can reach`, page));
  if (data.content_type !== undefined && data.content_type !== 'json')
    looks.push(bad(what, `sends ${data.content_type}`, 'Choose application/json there.'));
  if (!data.secret) looks.push(bad(what, 'has no secret', 'Set it there, and WEBHOOK_SECRET to the same.'));
  if (String(data.insecure_ssl ?? '0') !== '0')
    looks.push(doubtful(what, 'does not verify certificates', 'Enable SSL verification there.'));
  return looks.length > 0 ? looks : [good(what, data.url)];
}

/** What GitHub's own record says of the last day. */
async function examineDeliveries(octokit: Octokit, isGitHubCom: boolean): Promise<Diagnosis[]> {
  const all = await deliveryRecord(octokit, isGitHubCom).list(Date.now() - 24 * HOUR);
  const wanted = all.filter(({ event, action }) => isHandled(event, action));
  const what = 'deliveries';
  const [last] = wanted;
  if (last === undefined)
    return [doubtful(what, 'none in the last day', 'Open or push to a pull request, then ask again.')];
  const failed = wanted.filter(({ statusCode }) => statusCode < 200 || statusCode >= 300).length;
  const says = `${wanted.length} in the last day, ${failed} not taken; the last was answered ${last.statusCode}`;
  if (last.statusCode >= 200 && last.statusCode < 300) return [good(what, says)];
  return [bad(what, says, mendOf(last.statusCode))];
}

function mendOf(status: number): string {
  if (status === 401) return "WEBHOOK_SECRET is not the secret of the App's page.";
  if (status === 503) return 'The database did not answer: see the line about it, and the log.';
  if (status === 404) return 'Something else answers at that address: see the webhook address and the proxy.';
  return 'GitHub does not reach the service: see the webhook address, the proxy, TLS, and that it is running.';
}
