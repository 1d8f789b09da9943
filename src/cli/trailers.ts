/** `adjutant trailers`: commit messages alone, of a range, a file or standard input. */
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { trailerOptions } from '../checkers/trailers/configured-options.ts';
import { correctMessages } from '../checkers/trailers/correct.ts';
import { checkTrailers, type TrailerCheckOptions } from '../checkers/trailers/index.ts';
import { UserError } from '../errors.ts';
import { decodeText } from '../git/bytes.ts';
import type { Commit, Person, SourceTree } from '../git/change.ts';
import { type CommitLookup, noHistory } from '../git/commit-lookup.ts';
import { readCommitMap } from '../git/commit-map.ts';
import { openHistory } from '../git/history.ts';
import { looksLikeMail, parseMailbox } from '../git/mailbox.ts';
import { openRepository, type Range, type Repository } from '../git/repository.ts';
import { rewriteMessages } from '../git/rewrite.ts';
import type { OpenedUpstream } from '../git/upstream.ts';
import { messageDiff } from '../report/message-diff.ts';
import { shortId } from '../report/places.ts';
import { fails, plural } from '../report/verdict.ts';
import { visible } from '../report/visible.ts';
import { collectExcerpts } from '../review/excerpts.ts';
import type { Report } from '../review/report.ts';
import { failOnLevel } from './fail-on.ts';
import type { ExitStatus, Io } from './io.ts';
import { loadConfiguration } from './load-configuration.ts';
import { parseFormat, renderReport, wantsColor } from './output.ts';
import { upstreamOf } from './with-history.ts';

export interface TrailersCommandOptions {
  /** A range, a file, or `-` for standard input. */
  readonly input?: string;
  readonly repo?: string;
  readonly author?: string;
  readonly committer?: string;
  readonly submitter?: string;
  readonly merge?: boolean;
  readonly commits?: string;
  readonly upstream?: string;
  readonly format?: string;
  readonly failOn?: string;
  readonly fix?: boolean;
  readonly config?: string;
  readonly color?: boolean;
}

/** What is checked, and what can be asked about it. */
interface OpenedInput extends Input {
  readonly history: CommitLookup;
  readonly repository?: Repository;
  readonly range?: Range;
  readonly tree?: SourceTree;
  close(): Promise<void>;
}

interface Input {
  readonly commits: readonly Commit[];
  readonly base: string;
  readonly head: string;
  readonly limits: readonly string[];
}

const MAX_BYTES = 16 * 1024 * 1024;

/** Prints the findings, and the corrected messages as a diff; 1 where a finding reaches the level. */
export async function runTrailers(options: TrailersCommandOptions, io: Io): Promise<ExitStatus> {
  const start = performance.now();
  const format = parseFormat(options.format);
  const failOn = failOnLevel(options.failOn, undefined);
  const opened = await openInput(options, io);
  let upstream: OpenedUpstream | undefined;
  try {
    const configuration = await loadConfiguration(options.config, opened.tree, io);
    upstream = await upstreamOf(opened.repository, {
      asked: options.upstream,
      configured: configuration?.trailers.upstream,
    });
    const check: TrailerCheckOptions = {
      ...(configuration === undefined ? {} : trailerOptions(configuration)),
      ...(options.submitter === undefined ? {} : { submitter: readPerson(options.submitter, '--submitter') }),
      ...(upstream?.upstream === undefined ? {} : { upstream: upstream.upstream }),
    };
    const before = await checkTrailers(opened.commits, opened.history, check);
    const fixed = options.fix === true ? await fix(opened, check, io) : undefined;
    const commits = fixed ?? opened.commits;
    const findings = fixed === undefined ? before : await checkTrailers(commits, opened.history, check);
    const report: Report = {
      base: opened.base,
      head: commits.at(-1)?.id ?? opened.head,
      findings,
      fixed: fixed === undefined ? [] : before.filter((finding) => finding.suggestion !== undefined),
      transient: [],
      limits: [...opened.limits, ...(upstream?.limits ?? [])],
      excerpts: await collectExcerpts(findings, commits, undefined, []),
      stats: {
        files: 0,
        functions: 0,
        parseErrors: [],
        commits: commits.length,
        elapsed: performance.now() - start,
      },
    };
    io.stdout.write(await renderReport(report, format, io, wantsColor(options.color, io)));
    if (format === 'text') io.stdout.write(await correctionText(commits, opened.history, check));
    return fails(findings, failOn) ? 1 : 0;
  } finally {
    await upstream?.close();
    await opened.close();
  }
}

/** Rewrites the messages on the branch. Returns the commits as they are now; undefined where nothing was to be done. */
async function fix(
  opened: OpenedInput,
  check: TrailerCheckOptions,
  io: Io,
): Promise<readonly Commit[] | undefined> {
  const { repository, range } = opened;
  if (repository === undefined || range === undefined) {
    throw new UserError(
      '--fix rewrites the commits of a range; for a file, apply the diff that is printed without it.',
    );
  }
  const messages = await correctMessages(opened.commits, opened.history, check);
  if (messages.size === 0) return undefined;
  const { branch, backup, renamed, unsigned, before } = await rewriteMessages(repository, range, messages);
  const name = branch.replace(/^refs\/heads\//, '');
  io.stderr.write(
    `adjutant: corrected ${plural(messages.size, 'message')} on ${name}; ${plural(renamed.size, 'commit')} got a new id.\n` +
      `adjutant: the branch as it was is ${backup}; to go back: git update-ref ${branch} ${before}\n`,
  );
  if (unsigned.length > 0) {
    io.stderr.write(
      `adjutant: signatures that no longer hold were taken off: ${unsigned.map(shortId).join(', ')}\n`,
    );
  }
  return repository.commits(range.base, renamed.get(range.head) ?? range.head);
}

async function correctionText(
  commits: readonly Commit[],
  history: CommitLookup,
  check: TrailerCheckOptions,
): Promise<string> {
  const corrected = await correctMessages(commits, history, check);
  return commits
    .map((commit) => {
      const message = corrected.get(commit.id);
      return message === undefined
        ? ''
        : `\n${visible(messageDiff(commit.message, message, shortId(commit.id)))}`;
    })
    .join('');
}

async function openInput(options: TrailersCommandOptions, io: Io): Promise<OpenedInput> {
  const { input } = options;
  if (input === '-')
    return withHistory(messageInput(await io.readInput(), 'standard-input', options), options, io);
  if (input !== undefined && (await isFile(resolve(io.cwd, input)))) {
    return withHistory(messageInput(await readSome(input, io), basename(input), options), options, io);
  }
  const repository = await requireRepository(options, io);
  try {
    const range = await repository.range(input);
    const commits = await repository.commits(range.base, range.head);
    const read = { commits, base: range.base, head: range.head, limits: shallowLimit(repository) };
    const opened = await withRepository(read, repository, range.base, options, io);
    return { ...opened, range, tree: await repository.tree(range.base) };
  } catch (error) {
    repository.close();
    throw error;
  }
}

/** A message by itself: the repository is --commits, or --repo, or nothing. */
async function withHistory(read: Input, options: TrailersCommandOptions, io: Io): Promise<OpenedInput> {
  if (options.repo !== undefined && options.commits === undefined) {
    const repository = await requireRepository(options, io);
    const limits = [...read.limits, ...shallowLimit(repository)];
    return withRepository({ ...read, limits }, repository, undefined, options, io);
  }
  const history = options.commits === undefined ? noHistory : await readMap(options.commits, io);
  return { ...read, history, close: async () => undefined };
}

async function withRepository(
  read: Input,
  repository: Repository,
  at: string | undefined,
  options: TrailersCommandOptions,
  io: Io,
): Promise<OpenedInput> {
  const history = await openHistory(repository, at === undefined ? {} : { at });
  return {
    ...read,
    repository,
    history: options.commits === undefined ? history : await readMap(options.commits, io),
    async close() {
      await history.close();
      repository.close();
    },
  };
}

function shallowLimit(repository: Repository): string[] {
  if (!repository.shallow) return [];
  return ['The history is shallow here: whether a commit that a message names exists is not known.'];
}

async function readMap(file: string, io: Io): Promise<CommitLookup> {
  return readCommitMap(decodeText(await readSome(file, io)), file);
}

/** A mail with a patch, or the text of a message. */
function messageInput(bytes: Uint8Array, name: string, options: TrailersCommandOptions): Input {
  const persons = {
    ...(options.author === undefined ? {} : { author: readPerson(options.author, '--author') }),
    ...(options.committer === undefined ? {} : { committer: readPerson(options.committer, '--committer') }),
  };
  const mailed = looksLikeMail(bytes) ? readMail(bytes, name) : undefined;
  const commits = mailed?.commits ?? [plainMessage(bytes, name, options)];
  return {
    commits: commits.map((commit) => ({ ...commit, ...persons })),
    base: '',
    head: name,
    limits: mailed?.limits ?? [],
  };
}

function readMail(bytes: Uint8Array, name: string) {
  try {
    const { patches, limits } = parseMailbox(bytes, name);
    return { commits: patches.map((patch) => patch.commit), limits };
  } catch (error) {
    if (error instanceof UserError && !/^From \S+ /.test(decodeText(bytes.subarray(0, 100))))
      return undefined;
    throw error;
  }
}

function plainMessage(bytes: Uint8Array, name: string, options: TrailersCommandOptions): Commit {
  return {
    id: name,
    author: undefined,
    authorDate: undefined,
    committer: undefined,
    message: withoutEditorHelp(decodeText(bytes)),
    parents: options.merge === true ? ['', ''] : [],
    files: [],
  };
}

/** What `git commit` puts below a message that is being edited: its help, and the diff under the scissors. */
function withoutEditorHelp(text: string): string {
  const scissors = /^# -+ >8 -+$/m.exec(text);
  const upper = scissors === null ? text : text.slice(0, scissors.index);
  return /^# Please enter the commit message/m.test(upper) ? upper.replace(/^#.*\n?/gm, '') : upper;
}

async function requireRepository(options: TrailersCommandOptions, io: Io): Promise<Repository> {
  const repository = await openRepository(resolve(io.cwd, options.repo ?? '.'));
  if (repository === undefined) {
    throw new UserError(
      options.input === undefined
        ? 'This folder is not a git repository; give --repo DIR, a file with a message, or - for standard input.'
        : `There is no file ${options.input}, and ${options.repo ?? 'this folder'} is no git repository to look it up in.`,
    );
  }
  return repository;
}

async function readSome(file: string, io: Io): Promise<Uint8Array> {
  const path = resolve(io.cwd, file);
  const state = await stat(path).catch(() => undefined);
  if (!state?.isFile()) throw new UserError(`There is no file ${file}.`);
  if (state.size > MAX_BYTES) throw new UserError(`${file} is larger than ${MAX_BYTES / 1024 / 1024} MiB.`);
  return readFile(path);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

/** `Name <address>`; the name may be missing. */
function readPerson(text: string, option: string): Person {
  const match = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(text);
  if (match === null) throw new UserError(`${option} takes 'Name <address>', not '${text}'.`);
  return { name: match[1] ?? '', email: match[2] ?? '' };
}
