/** `adjutant trailers`: commit messages alone, of a range, a file or standard input. */
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { correctMessages } from '../checkers/trailers/correct.ts';
import { checkTrailers, type TrailerCheckOptions } from '../checkers/trailers/index.ts';
import { UserError } from '../errors.ts';
import { decodeText } from '../git/bytes.ts';
import type { Commit, Person } from '../git/change.ts';
import { type CommitLookup, noHistory } from '../git/commit-lookup.ts';
import { readCommitMap } from '../git/commit-map.ts';
import { looksLikeMail, parseMailbox } from '../git/mailbox.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import { messageDiff } from '../report/message-diff.ts';
import { shortId } from '../report/places.ts';
import { fails } from '../report/verdict.ts';
import { visible } from '../report/visible.ts';
import { collectExcerpts } from '../review/excerpts.ts';
import type { Report } from '../review/report.ts';
import { failOnLevel } from './fail-on.ts';
import type { ExitStatus, Io } from './io.ts';
import { parseFormat, renderReport, wantsColor } from './output.ts';

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
  readonly color?: boolean;
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
  const history = await openHistory(options, io);
  const input = await readInput(options, io);
  const check: TrailerCheckOptions = {
    ...(options.submitter === undefined ? {} : { submitter: readPerson(options.submitter, '--submitter') }),
  };
  const findings = await checkTrailers(input.commits, history, check);
  const report: Report = {
    base: input.base,
    head: input.head,
    findings,
    fixed: [],
    limits: input.limits,
    excerpts: await collectExcerpts(findings, input.commits, undefined, []),
    stats: {
      files: 0,
      functions: 0,
      parseErrors: [],
      commits: input.commits.length,
      elapsed: performance.now() - start,
    },
  };
  io.stdout.write(await renderReport(report, format, io, wantsColor(options.color, io)));
  if (format === 'text') io.stdout.write(await correctionText(input.commits, history, check));
  return fails(findings, failOn) ? 1 : 0;
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

async function openHistory(options: TrailersCommandOptions, io: Io): Promise<CommitLookup> {
  if (options.commits === undefined) return noHistory;
  return readCommitMap(decodeText(await readSome(options.commits, io)), options.commits);
}

async function readInput(options: TrailersCommandOptions, io: Io): Promise<Input> {
  const { input } = options;
  if (input === '-') return messageInput(await io.readInput(), 'standard-input', options);
  if (input !== undefined && (await isFile(resolve(io.cwd, input)))) {
    return messageInput(await readSome(input, io), basename(input), options);
  }
  return rangeInput(options, io);
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

async function rangeInput(options: TrailersCommandOptions, io: Io): Promise<Input> {
  const repository = await requireRepository(options, io);
  try {
    const range = await repository.range(options.input);
    const commits = await repository.commits(range.base, range.head);
    return { commits, base: range.base, head: range.head, limits: [] };
  } finally {
    repository.close();
  }
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
