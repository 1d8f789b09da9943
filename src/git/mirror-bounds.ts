/**
 * Keeps the mirrors below a size, and a part of the disk free. What goes first: the mirror that was not used for longest.
 * It is fetched again when it is asked for. One that is in use stays. Objects of closed pull requests go when a mirror is
 * packed anew.
 */
import { readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { historyDir } from './commit-history.ts';
import { inTurn, isHeld } from './mirror.ts';
import { runGit } from './run.ts';

export interface MirrorBounds {
  /** Bytes of all mirrors. */
  readonly bytes: number;
  /** Bytes of their disk that stay free. */
  readonly free: number;
}

/** Each fetch makes a pack; git looks into all of them. */
const MAX_PACKS = 50;
const REPACK_LIMIT = 3_600_000;

interface Mirror {
  readonly gitDir: string;
  readonly bytes: number;
  readonly used: number;
}

/** Brings the mirrors within the bounds as far as that goes. Resolves to the directories that are gone. */
export async function boundMirrors(dataDir: string, bounds: MirrorBounds): Promise<string[]> {
  const folder = join(dataDir, 'mirrors');
  await removeRests(folder);
  const mirrors = await mirrorsIn(folder);
  let total = mirrors.reduce((sum, { bytes }) => sum + bytes, 0);
  const gone: string[] = [];
  for (const { gitDir, bytes } of mirrors.toSorted((a, b) => a.used - b.used)) {
    if (total <= bounds.bytes && (await freeBytes(dataDir)) >= bounds.free) break;
    if (!(await remove(gitDir))) continue;
    total -= bytes;
    gone.push(gitDir);
  }
  for (const { gitDir } of mirrors) if (!gone.includes(gitDir)) await packAnew(gitDir);
  return gone;
}

/** Rejects with a UserError where the disk has less than that left, also after mirrors have gone. */
export async function makeRoom(dataDir: string, bounds: MirrorBounds): Promise<void> {
  if ((await freeBytes(dataDir)) >= bounds.free) return;
  await boundMirrors(dataDir, bounds);
  const free = await freeBytes(dataDir);
  if (free >= bounds.free) return;
  const mib = (bytes: number) => `${Math.floor(bytes / 2 ** 20)} MiB`;
  throw new UserError(
    `The disk of Adjutant is full (${mib(free)} left, it needs ${mib(bounds.free)}): its administrator has to free some.`,
  );
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function mirrorsIn(folder: string): Promise<Mirror[]> {
  const names = await readdir(folder).catch(() => []);
  const found = names
    .filter((name) => /^\d+\.git$/.test(name))
    .map(async (name): Promise<Mirror> => {
      const gitDir = join(folder, name);
      const used = await stat(gitDir)
        .then(({ mtimeMs }) => mtimeMs)
        .catch(() => 0);
      return { gitDir, used, bytes: await bytesIn(gitDir) };
    });
  return Promise.all(found);
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    bytes += await stat(join(entry.parentPath, entry.name))
      .then(({ size }) => size)
      .catch(() => 0);
  }
  return bytes;
}

/** Out of the way at once, then deleted: a process that dies in between leaves no half mirror. */
async function remove(gitDir: string): Promise<boolean> {
  if (isHeld(gitDir)) return false;
  return inTurn(gitDir, async () => {
    if (isHeld(gitDir)) return false;
    const rest = join(dirname(gitDir), `.gone-${basename(gitDir)}`);
    await rename(gitDir, rest);
    await rm(rest, { recursive: true, force: true });
    return true;
  });
}

async function removeRests(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => []))
    if (name.startsWith('.gone-')) await rm(join(folder, name), { recursive: true, force: true });
}

/** One pack of what refs reach. */
async function packAnew(mirror: string): Promise<void> {
  for (const gitDir of [mirror, historyDir(mirror)]) if (!isHeld(mirror)) await packOne(gitDir);
}

async function packOne(gitDir: string): Promise<void> {
  const packs = (await readdir(join(gitDir, 'objects/pack')).catch(() => [])).filter((name) =>
    name.endsWith('.pack'),
  );
  if (packs.length <= MAX_PACKS) return;
  await inTurn(gitDir, () => runGit(['gc', '--quiet', '--prune=now'], { gitDir, timeout: REPACK_LIMIT }));
}
