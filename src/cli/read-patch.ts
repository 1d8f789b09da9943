/** --patch and --mbox: commits and diffs from a file or from standard input. */
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import type { Commit, FileDiff } from '../git/change.ts';
import { looksLikeMail, parseMailbox } from '../git/mailbox.ts';
import { parsePatch } from '../git/patch.ts';
import type { Io } from './io.ts';

const MAX_BYTES = 128 * 1024 * 1024;

export interface PatchInput {
  /** What the user called it. */
  readonly name: string;
  /** One for each mail; none for a diff without a message. */
  readonly commits: readonly Commit[];
  /** In order, each on top of the one before it. */
  readonly diffs: readonly (readonly FileDiff[])[];
  readonly limits: readonly string[];
  /** The commit that a series says it was made on. */
  readonly baseCommit?: string | undefined;
}

/** Reads a patch: a plain diff, or a mail with one (whose message is then reviewed too). `-` is standard input. */
export async function readPatch(file: string, io: Io): Promise<PatchInput> {
  const bytes = await readInput(file, io);
  const name = file === '-' ? 'standard-input' : basename(file);
  if (looksLikeMail(bytes)) return mailed(bytes, name);
  const diff = parsePatch(bytes);
  if (diff.length === 0) throw new UserError(`There is no diff in ${file}.`);
  return { name, commits: [], diffs: [diff], limits: [] };
}

/** Reads a mailbox. */
export async function readMailbox(file: string, io: Io): Promise<PatchInput> {
  const bytes = await readInput(file, io);
  return mailed(bytes, file === '-' ? 'standard-input' : basename(file));
}

function mailed(bytes: Uint8Array, name: string): PatchInput {
  const { patches, limits, baseCommit } = parseMailbox(bytes, name);
  return {
    name,
    commits: patches.map((patch) => patch.commit),
    diffs: patches.map((patch) => patch.diff),
    limits,
    baseCommit,
  };
}

async function readInput(file: string, io: Io): Promise<Uint8Array> {
  if (file === '-') return io.readInput();
  const path = resolve(io.cwd, file);
  const state = await stat(path).catch(() => undefined);
  if (!state?.isFile()) throw new UserError(`There is no file ${file}.`);
  if (state.size > MAX_BYTES) throw new UserError(`${file} is larger than ${MAX_BYTES / 1024 / 1024} MiB.`);
  return readFile(path);
}
