/** What the process is told by its environment (and by `.env`, which main.ts loads first). */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../errors.ts';

/** Credentials of the GitHub App. */
export interface AppCredentials {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  /** The secret that GitHub signs with, then those still accepted while it is rotated. At least one. */
  readonly webhookSecrets: readonly string[];
}

/** What sign-in with GitHub needs: the App's OAuth credentials. */
export interface SignInCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Environment {
  /** Undefined where the App is not registered yet: Probot's set-up page is shown then. */
  readonly app: AppCredentials | undefined;
  /** `https://github.com`, or the GitHub Enterprise server. Without a slash at the end. */
  readonly githubUrl: string;
  readonly apiUrl: string;
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  /** PostgreSQL; the embedded database in `dataDir` otherwise. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly cacheDir: string;
  /** Reviews that run at the same time. */
  readonly reviewers: number;
  /** The same for one installation, in all processes together. */
  readonly reviewersPerInstallation: number | undefined;
  /** Seconds after which an analysis is stopped. */
  readonly reviewSeconds: number;
  /** MiB of memory at which an analysis is stopped. */
  readonly reviewMemory: number;
  /** GiB that the mirrors may take. */
  readonly mirrorsGib: number;
  /** Seconds between two looks for deliveries that did not arrive. */
  readonly sweepSeconds: number;
  /** Writes to GitHub in a minute and installation, beyond a burst; GitHub's own limits otherwise. */
  readonly writesPerMinute: number | undefined;
  /** Where people reach the pages, without a slash at the end; undefined: nothing links to them. */
  readonly publicUrl: string | undefined;
  /** Days that a link to a page opens it, and that findings are kept. */
  readonly linkDays: number;
  /** Pages ask for sign-in with GitHub, and for permission to read the repository; undefined: a link opens its page. */
  readonly signIn: SignInCredentials | undefined;
  /** Logins on GitHub, in lower case, for which the dashboard opens; empty without sign-in. */
  readonly administrators: readonly string[];
  /** Opens the dashboard. */
  readonly adminToken: string | undefined;
  /** Opens /metrics. */
  readonly metricsToken: string | undefined;
}

/** An empty variable is an unset one: `.env` files and compose files write `NAME=`. */
function unset(value: unknown): unknown {
  return value === '' ? undefined : value;
}

const text = z.preprocess(unset, z.string().optional());

function whole(low: number, high: number) {
  const message = `must be a whole number from ${low} to ${high}`;
  return z.coerce.number({ message }).int({ message }).min(low, { message }).max(high, { message });
}

/** Long enough that nobody guesses it. */
const secret = z.preprocess(
  unset,
  z.string().min(16, 'must have at least 16 characters: `openssl rand -hex 16` makes one').optional(),
);

const variables = z.object({
  APP_ID: z.preprocess(
    unset,
    z
      .string()
      .regex(/^[1-9]\d{0,15}$/, "must be the App's number, as its settings page shows it")
      .optional(),
  ),
  PRIVATE_KEY: text,
  PRIVATE_KEY_PATH: text,
  WEBHOOK_SECRET: text,
  WEBHOOK_SECRET_PREVIOUS: text,
  GHE_HOST: z.preprocess(
    unset,
    z
      .string()
      .regex(/^[A-Za-z0-9.-]+(:\d{1,5})?$/, 'must be a host name without https:// and without a path')
      .optional(),
  ),
  GHE_PROTOCOL: z.preprocess(
    unset,
    z.enum(['https', 'http'], { message: 'must be https or http' }).default('https'),
  ),
  HOST: z.preprocess(unset, z.string().default('localhost')),
  PORT: z.preprocess(unset, whole(1, 65_535).default(3000)),
  LOG_LEVEL: z.preprocess(
    unset,
    z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], {
        message: 'must be one of trace, debug, info, warn, error, fatal',
      })
      .default('info'),
  ),
  DATABASE_URL: z.preprocess(
    unset,
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
      .optional(),
  ),
  ADJUTANT_DATA_DIR: text,
  ADJUTANT_CACHE_DIR: text,
  ADJUTANT_REVIEWERS: z.preprocess(unset, whole(1, 64).default(2)),
  ADJUTANT_REVIEWERS_PER_INSTALLATION: z.preprocess(unset, whole(1, 1024).optional()),
  ADJUTANT_REVIEW_SECONDS: z.preprocess(unset, whole(1, 86_400).default(600)),
  ADJUTANT_REVIEW_MEMORY: z.preprocess(unset, whole(64, 1_048_576).default(4096)),
  ADJUTANT_MIRRORS_GIB: z.preprocess(unset, whole(1, 1_048_576).default(50)),
  ADJUTANT_SWEEP_SECONDS: z.preprocess(unset, whole(1, 86_400).default(300)),
  ADJUTANT_WRITES_PER_MINUTE: z.preprocess(unset, whole(1, 1_000_000).optional()),
  ADJUTANT_URL: z.preprocess(
    unset,
    z
      .string()
      .regex(/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/, 'must be an address like https://adjutant.example.com')
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
  ),
  ADJUTANT_LINK_DAYS: z.preprocess(unset, whole(1, 3650).default(90)),
  ADJUTANT_SIGN_IN: z.preprocess(
    unset,
    z.enum(['on', 'off'], { message: 'must be on or off' }).default('off'),
  ),
  GITHUB_CLIENT_ID: text,
  GITHUB_CLIENT_SECRET: text,
  ADJUTANT_ADMINISTRATORS: z.preprocess(
    unset,
    z
      .string()
      .regex(/^[\w-]+(?:[\s,]+[\w-]+)*$/, 'must be logins on GitHub, with commas between them')
      .transform((logins) => logins.toLowerCase().split(/[\s,]+/))
      .default([]),
  ),
  ADJUTANT_ADMIN_TOKEN: secret,
  ADJUTANT_METRICS_TOKEN: secret,
  XDG_DATA_HOME: text,
  XDG_CACHE_HOME: text,
  NODE_ENV: text,
});

/**
 * Reads and checks the environment. Throws a UserError that names the variable and says what to do; no
 * message contains a value of a secret.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const parsed = variables.safeParse(env);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(`${String(issue?.path[0])} ${issue?.message ?? 'is not valid'}.`);
  }
  const set = parsed.data;
  const githubUrl =
    set.GHE_HOST === undefined ? 'https://github.com' : `${set.GHE_PROTOCOL}://${set.GHE_HOST}`;
  return {
    app: credentials(set),
    githubUrl,
    apiUrl: set.GHE_HOST === undefined ? 'https://api.github.com' : `${githubUrl}/api/v3`,
    host: set.HOST,
    port: set.PORT,
    logLevel: set.LOG_LEVEL,
    databaseUrl: set.DATABASE_URL,
    dataDir: folder(set.ADJUTANT_DATA_DIR, set.XDG_DATA_HOME, '.local/share'),
    cacheDir: folder(set.ADJUTANT_CACHE_DIR, set.XDG_CACHE_HOME, '.cache'),
    reviewers: set.ADJUTANT_REVIEWERS,
    reviewersPerInstallation: set.ADJUTANT_REVIEWERS_PER_INSTALLATION,
    reviewSeconds: set.ADJUTANT_REVIEW_SECONDS,
    reviewMemory: set.ADJUTANT_REVIEW_MEMORY,
    mirrorsGib: set.ADJUTANT_MIRRORS_GIB,
    sweepSeconds: set.ADJUTANT_SWEEP_SECONDS,
    writesPerMinute: set.ADJUTANT_WRITES_PER_MINUTE,
    publicUrl: set.ADJUTANT_URL,
    linkDays: set.ADJUTANT_LINK_DAYS,
    signIn: signInCredentials(set),
    administrators: set.ADJUTANT_ADMINISTRATORS,
    adminToken: set.ADJUTANT_ADMIN_TOKEN,
    metricsToken: set.ADJUTANT_METRICS_TOKEN,
  };
}

function folder(own: string | undefined, xdg: string | undefined, fallback: string): string {
  return resolve(own ?? join(xdg ?? join(homedir(), fallback), 'adjutant'));
}

/** Both or neither of App id and key; without a webhook secret Probot would fall back to one that all know. */
function credentials(set: z.infer<typeof variables>): AppCredentials | undefined {
  const hasKey = set.PRIVATE_KEY !== undefined || set.PRIVATE_KEY_PATH !== undefined;
  if (set.APP_ID === undefined && !hasKey) {
    if (set.NODE_ENV !== 'production') return undefined;
    throw new UserError(
      'APP_ID and PRIVATE_KEY (or PRIVATE_KEY_PATH) are not set: register the App first, see docs/installing.md.',
    );
  }
  if (set.APP_ID === undefined) {
    throw new UserError("A private key is set but APP_ID is not: set APP_ID to the App's number.");
  }
  if (!hasKey) {
    throw new UserError(
      'APP_ID is set but no private key: set PRIVATE_KEY, or PRIVATE_KEY_PATH to the .pem file that GitHub gave.',
    );
  }
  if (set.WEBHOOK_SECRET === undefined) {
    throw new UserError(
      "WEBHOOK_SECRET is not set: set it to the webhook secret of the App's settings page; without it anybody could send events.",
    );
  }
  const previous = set.WEBHOOK_SECRET_PREVIOUS;
  return {
    appId: Number(set.APP_ID),
    privateKey: privateKey(set.PRIVATE_KEY, set.PRIVATE_KEY_PATH),
    webhookSecrets: previous === undefined ? [set.WEBHOOK_SECRET] : [set.WEBHOOK_SECRET, previous],
  };
}

/** Probot's set-up writes client id and secret for every App: that alone must not close pages that links open. */
function signInCredentials(set: z.infer<typeof variables>): SignInCredentials | undefined {
  if (set.ADJUTANT_SIGN_IN === 'off') {
    if (set.ADJUTANT_ADMINISTRATORS.length === 0) return undefined;
    throw new UserError('ADJUTANT_ADMINISTRATORS are known by their sign-in: set ADJUTANT_SIGN_IN to on.');
  }
  const { GITHUB_CLIENT_ID: clientId, GITHUB_CLIENT_SECRET: clientSecret, ADJUTANT_URL } = set;
  if (clientId === undefined || clientSecret === undefined) {
    throw new UserError(
      "ADJUTANT_SIGN_IN is on but not both of GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET are set: the App's settings page has the first and makes the second.",
    );
  }
  if (ADJUTANT_URL === undefined) {
    throw new UserError(
      'ADJUTANT_SIGN_IN is on but ADJUTANT_URL is not set: GitHub sends people back to that address.',
    );
  }
  return { clientId, clientSecret };
}

/** The key as Probot takes it too: PEM, PEM with `\n` written out, or base64 of PEM; or a file of it. */
function privateKey(value: string | undefined, path: string | undefined): string {
  const name = value === undefined ? 'PRIVATE_KEY_PATH' : 'PRIVATE_KEY';
  let pem = value ?? '';
  if (value === undefined && path !== undefined) {
    try {
      pem = readFileSync(path, 'utf8');
    } catch (error) {
      throw new UserError(
        `PRIVATE_KEY_PATH: ${path} can't be read (${(error as NodeJS.ErrnoException).code}).`,
      );
    }
  }
  if (!pem.includes('-----BEGIN')) pem = Buffer.from(pem, 'base64').toString('utf8');
  pem = pem.replaceAll('\\n', '\n').trim();
  try {
    createPrivateKey(pem);
  } catch {
    throw new UserError(
      `${name} holds no private key: it must be the .pem file that GitHub gave for the App.`,
    );
  }
  return `${pem}\n`;
}
