/** How the App says who it is: a JSON web token for itself, installation tokens for a repository. */
import { randomBytes, randomInt, verify } from 'node:crypto';
import { badCredentials, invalid, Refusal } from './errors.ts';
import type { UserToken } from './oauth.ts';
import { type App, fullName, type Installation, type Permissions, type Repository } from './state.ts';

export interface Token {
  readonly value: string;
  readonly installation: Installation;
  /** Undefined: every repository of the installation, also those added later. */
  readonly repositories: ReadonlySet<Repository> | undefined;
  readonly permissions: Permissions;
  expiresAt: number;
}

export type Caller =
  | { readonly kind: 'app' }
  | { readonly kind: 'installation'; readonly token: Token }
  | { readonly kind: 'user'; readonly token: UserToken }
  /** The App by its OAuth credentials. */
  | { readonly kind: 'client' };

const undecodable = () => new Refusal(401, 'A JSON web token could not be decoded');

/** Checks an App's JWT as GitHub does: RS256, `iat` not in the future, `exp` at most ten minutes ahead, `iss` the App. */
export function verifyJwt(app: App, jwt: string, now: number): void {
  const [head = '', claims = '', signature = '', ...rest] = jwt.split('.');
  let header: { alg?: unknown };
  let payload: { iat?: unknown; exp?: unknown; iss?: unknown };
  try {
    header = JSON.parse(Buffer.from(head, 'base64url').toString('utf8'));
    payload = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
  } catch {
    throw undecodable();
  }
  const signed = Buffer.from(`${head}.${claims}`);
  const ok = verify('RSA-SHA256', signed, app.publicKey, Buffer.from(signature, 'base64url'));
  if (rest.length > 0 || header.alg !== 'RS256' || !ok) throw undecodable();
  const seconds = Math.floor(now / 1000);
  if (typeof payload.exp !== 'number' || payload.exp <= seconds) {
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (payload.exp > seconds + 600) {
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  if (typeof payload.iat !== 'number' || payload.iat > seconds) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (String(payload.iss) !== String(app.id)) throw new Refusal(404, 'Integration not found');
}

export interface TokenRequest {
  readonly repositories?: readonly string[];
  readonly repository_ids?: readonly number[];
  readonly permissions?: Permissions;
}

/** Issues a token, narrowed as asked; what the installation does not have cannot be asked for. */
export function issueToken(
  app: App,
  installation: Installation,
  asked: TokenRequest,
  expiresAt: number,
): Token {
  let repositories: Set<Repository> | undefined;
  if (asked.repositories !== undefined || asked.repository_ids !== undefined) {
    const all = [...installation.repositories];
    repositories = new Set();
    for (const wanted of [...(asked.repositories ?? []), ...(asked.repository_ids ?? [])]) {
      const found = all.find((one) => one.name === wanted || one.id === wanted || fullName(one) === wanted);
      if (found === undefined) {
        throw new Refusal(
          422,
          'There is at least one repository that does not exist or is not accessible to the parent installation.',
        );
      }
      repositories.add(found);
    }
  }
  for (const [permission, level] of Object.entries(asked.permissions ?? {})) {
    if (!allows(installation.permissions, permission, level)) {
      throw new Refusal(422, 'The permissions requested are not granted to this installation.');
    }
  }
  if (asked.permissions !== undefined && Object.keys(asked.permissions).length === 0) throw invalid();
  // Tokens have no fixed length: the longer form that GitHub has issued since 2026 is hundreds of characters.
  const secret = randomBytes(randomInt(27, 300)).toString('base64url').replaceAll(/[-_]/g, 'x');
  return {
    value: `ghs_${app.id}_${secret}`,
    installation,
    repositories,
    permissions: asked.permissions ? { metadata: 'read', ...asked.permissions } : installation.permissions,
    expiresAt,
  };
}

export function allows(permissions: Permissions, permission: string, level: 'read' | 'write'): boolean {
  const granted = permissions[permission];
  return granted === 'write' || (granted === 'read' && level === 'read');
}

export function canSee(token: Token, repository: Repository): boolean {
  if (!token.installation.repositories.has(repository)) return false;
  return token.repositories === undefined || token.repositories.has(repository);
}

/** The token that an Authorization header carries: `token x`, `Bearer x`, or Basic with any user. */
export function tokenOf(authorization: string | undefined): string | undefined {
  const [scheme = '', value = ''] = (authorization ?? '').split(' ');
  if (/^(token|bearer)$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return undefined;
  const [user, password] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return user === 'x-access-token' ? password : undefined;
}

/** Whether a header has the App's client id and secret. */
export function isClient(app: App, authorization: string | undefined): boolean {
  const value = Buffer.from(`${app.clientId}:${app.clientSecret}`).toString('base64');
  return authorization?.toLowerCase().startsWith('basic ') === true && authorization.slice(6) === value;
}

/** A live installation token by its value. */
export function findToken(tokens: ReadonlyMap<string, Token>, value: string, now: number): Token {
  const token = tokens.get(value);
  if (token === undefined || token.expiresAt <= now) throw badCredentials();
  if (token.installation.suspendedAt !== null) throw new Refusal(403, 'This installation has been suspended');
  return token;
}
