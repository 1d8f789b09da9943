/**
 * What a repository on disk knows about its commits, asked in few git processes. Nothing here goes to the network: in a
 * partial clone git would fetch each object that it misses, so it is run on a view of the repository that has no
 * remotes (see object-view.ts). A commit is called missing only where the whole history is at hand.
 */
import { UserError } from '../errors.ts';
import { decodeText } from './bytes.ts';
import type { FileDiff, Person } from './change.ts';
import { parseCommit } from './commit.ts';
import type { CommitAnswer, KnownCommit, UpstreamLookup } from './commit-lookup.ts';
import { type Mailmap, parseMailmap } from './mailmap.ts';
import { type ObjectView, openObjectView } from './object-view.ts';
import { parsePatch } from './patch.ts';
import { readBatch } from './read-batch.ts';
import type { Repository } from './repository.ts';
import { GitError, runGit } from './run.ts';
import { parseSpelling } from './spelling.ts';

const SHA = /^[0-9a-f]{4,64}$/;
const MAX_BYTES = 512 * 1024 * 1024;
/** A walk through all of history that takes longer has no answer. */
const WALK_TIME = 30_000;
const PATHS_TIME = 10_000;
/** Of all changes that are shown: a larger one is not read by people. */
const DIFF_BYTES = 32 * 1024 * 1024;
/** Newest commits that are looked at to learn which subjects the paths have. */
const NEWEST = 300;
const MOST_SUBJECTS = 100;
/** Changes that are looked at one by one, where objects may be missing. */
const MOST_APART = 100;
const NUL = '%x00';
/** Lines by which a commit names the one that it puts right or takes back. */
const NAMES_BROKEN = /^(?:Fixes:\s*|This reverts commit )([0-9a-f]{8,40})\b/gim;

export interface HistoryOptions {
  /** Full id of the commit whose history counts: paths and .mailmap are read there. HEAD unless told. */
  readonly at?: string;
  /** Full id of the tip that a commit must be reachable from to be found: an upstream branch. */
  readonly within?: string;
  /** Git directory of another repository whose objects are seen as well: of the commits under review. */
  readonly lender?: string;
}

/** Opens the repository's history for look-ups. `close()` when done. */
export async function openHistory(
  repository: Pick<Repository, 'gitDir' | 'resolve'>,
  options: HistoryOptions = {},
): Promise<GitHistory> {
  const view = await openObjectView(repository.gitDir, options.lender);
  const at = options.within ?? options.at ?? (await repository.resolve('HEAD'));
  const files = at === undefined ? [] : await readFiles(view, at, ['.mailmap', 'scripts/spelling.txt']);
  const refs = options.within === undefined ? await tips(repository.gitDir) : [options.within];
  return new GitHistory(
    view,
    at,
    options.within,
    [...new Set([...(at === undefined ? [] : [at]), ...refs])],
    files,
  );
}

export class GitHistory implements UpstreamLookup {
  readonly #view: ObjectView;
  readonly #at: string | undefined;
  readonly #within: string | undefined;
  readonly #tips: readonly string[];
  readonly #mailmap: Mailmap | undefined;
  readonly #misspellings: ReadonlyMap<string, string>;

  constructor(
    view: ObjectView,
    at: string | undefined,
    within: string | undefined,
    tips: readonly string[],
    [mailmap, spelling]: readonly (Buffer | undefined)[],
  ) {
    this.#view = view;
    this.#at = at;
    this.#within = within;
    this.#tips = tips;
    this.#mailmap = mailmap && parseMailmap(mailmap);
    this.#misspellings = spelling ? parseSpelling(spelling) : new Map();
  }

  /** Commits are complete here: a name that is not found names nothing. */
  get complete(): boolean {
    return this.#view.complete;
  }

  async commits(names: readonly string[]): Promise<ReadonlyMap<string, CommitAnswer>> {
    const asked = [...new Set(names)].filter((name) => SHA.test(name.toLowerCase()));
    const answers = new Map<string, CommitAnswer>(names.map((name) => [name, { state: 'unknown' }]));
    if (asked.length === 0) return answers;
    const input = `${asked.map((name) => `${name.toLowerCase()}^{commit}`).join('\n')}\n`;
    const absent: CommitAnswer = { state: this.complete ? 'missing' : 'unknown' };
    const output = await this.#git(['cat-file', '--batch', '--buffer'], { input });
    for (const [index, reply] of readBatch(output, asked.length).entries()) {
      const name = asked[index] ?? '';
      if (reply.kind === 'ambiguous') answers.set(name, { state: 'ambiguous', ids: [] });
      else if (reply.kind === 'missing') answers.set(name, absent);
      else if (!reply.id.startsWith(name.toLowerCase())) answers.set(name, absent);
      else answers.set(name, { state: 'found', commit: this.#known(reply.id, reply.bytes) });
    }
    return this.#within === undefined ? answers : this.#onlyReachable(answers, this.#within, absent);
  }

  async withSubjects(subjects: readonly string[]): Promise<ReadonlyMap<string, readonly KnownCommit[]>> {
    const wanted = new Set(subjects.slice(0, MOST_SUBJECTS));
    const found = new Map<string, KnownCommit[]>();
    if (wanted.size === 0 || this.#tips.length === 0) return found;
    // One expression of alternatives: git tries patterns of their own one after the other, on each line of history.
    const lines = [...wanted].filter((subject) => /^[^\0\n]{1,500}$/.test(subject)).map(escaped);
    if (lines.length === 0) return found;
    const pattern = `--grep=^(${lines.join('|')})$`;
    const rows = await this.#log(['--extended-regexp', pattern, `--format=%H${NUL}%ct${NUL}%s`], this.#tips);
    for (const [id = '', time = '', subject = ''] of rows) {
      if (!wanted.has(subject)) continue;
      const commit = { id, subject, wholeSubject: true, committed: Number(time) };
      found.set(subject, [...(found.get(subject) ?? []), commit]);
    }
    return found;
  }

  async ancestry(pairs: readonly (readonly [string, string])[]): Promise<readonly (boolean | undefined)[]> {
    const whole = pairs.filter(([ancestor, commit]) => isFull(ancestor) && isFull(commit));
    if (whole.length === 0) return pairs.map(() => undefined);
    const commits = new Set(whole.map(([, commit]) => commit));
    const outside = await this.#notReachable([...new Set(whole.map(([ancestor]) => ancestor))], [...commits]);
    if (outside === undefined) return pairs.map(() => undefined);
    const range = whole.some(([ancestor]) => commits.has(ancestor))
      ? await this.#parentsAbove([...commits])
      : new Map();
    return pairs.map(([ancestor, commit]) => {
      if (!isFull(ancestor) || !isFull(commit)) return undefined;
      if (outside.has(ancestor)) return this.complete ? false : undefined;
      return range.has(ancestor) ? isBelow(ancestor, commit, range) : true;
    });
  }

  async subjectsTouching(paths: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, string[]>(paths.map((path) => [path, []]));
    // Where the history was cut, a commit looks as if it had made every file.
    if (paths.length === 0 || this.#at === undefined || !this.#view.hasTrees || !this.complete)
      return new Map();
    const format = ['--no-merges', '--no-renames', '--name-only', '-z', `--format=${NUL}%s`];
    const args = ['log', ...format, `--max-count=${NEWEST}`, this.#at, '--', ...paths];
    const text = await this.#git(args, { timeout: PATHS_TIME }).catch(unlessStopped);
    if (text === undefined) return new Map();
    for (const entry of text.toString('utf8').split('\0\0')) {
      const [subject = '', ...touched] = entry.split(/\0\n?|\n/).filter((part) => part !== '');
      for (const path of touched) found.get(path)?.push(subject);
    }
    return found;
  }

  canonical(person: Person): Person {
    return this.#mailmap?.canonical(person) ?? person;
  }

  misspellings(): ReadonlyMap<string, string> {
    return this.#misspellings;
  }

  async fixesOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly KnownCommit[]>> {
    const found = new Map<string, KnownCommit[]>();
    const wanted = ids.filter(isFull).slice(0, 200);
    if (wanted.length === 0 || this.#tips.length === 0) return found;
    const oldest = await this.#oldest(wanted);
    const patterns = wanted.flatMap((id) => [
      `--grep=^Fixes: *${id.slice(0, 8)}`,
      `--grep=^This reverts commit ${id.slice(0, 8)}`,
    ]);
    const format = `--format=%H${NUL}%ct${NUL}%s${NUL}%b`;
    const rows = await this.#log([...patterns, ...(oldest ? [`--since=${oldest}`] : []), format], this.#tips);
    for (const [id = '', time = '', subject = '', body = ''] of rows) {
      const named = [...body.matchAll(NAMES_BROKEN)].map(([, sha = '']) => sha.toLowerCase());
      const targets = wanted.filter((candidate) => named.some((sha) => candidate.startsWith(sha)));
      for (const target of targets) {
        if (target === id) continue;
        const commit = { id, subject, wholeSubject: true, committed: Number(time) };
        found.set(target, [...(found.get(target) ?? []), commit]);
      }
    }
    return found;
  }

  async patchIds(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const wanted = ids.filter(isFull);
    const found = new Map<string, string>();
    if (wanted.length === 0) return found;
    const diff = await this.#diffTree(wanted, ['--full-index'], MAX_BYTES);
    if (diff === undefined) return found;
    const text = (await runGit(['patch-id', '--stable'], { input: diff })).toString('latin1');
    for (const line of text.split('\n')) {
      const [patch = '', id = ''] = line.split(' ');
      if (id !== '') found.set(id, patch);
    }
    return found;
  }

  async diffs(ids: readonly string[]): Promise<ReadonlyMap<string, readonly FileDiff[]>> {
    const wanted = ids.filter(isFull);
    const found = new Map<string, readonly FileDiff[]>();
    if (wanted.length === 0) return found;
    const output = await this.#diffTree(wanted, ['--unified=0'], DIFF_BYTES);
    // Each change follows the line of its commit: lines of a diff never begin with a digit of an id.
    for (const part of output === undefined ? [] : decodeText(output).split(/^(?=[0-9a-f]{40,64}\n)/m)) {
      const end = part.indexOf('\n');
      const diff = parsed(part.slice(end + 1));
      // What git does not know, and a merge, it names without a change.
      if (end > 0 && diff !== undefined && diff.length > 0) found.set(part.slice(0, end), diff);
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#view.close();
  }

  /** The changes of commits, each after a line with its id; undefined where they are too large. */
  async #diffTree(
    ids: readonly string[],
    form: readonly string[],
    maxBytes: number,
  ): Promise<Buffer | undefined> {
    const args = ['diff-tree', '--stdin', '-p', '--no-ext-diff', '--no-textconv', ...form];
    const run = (some: readonly string[]) =>
      this.#git(args, { input: `${some.join('\n')}\n`, timeout: WALK_TIME, maxBytes }).catch(unlessStopped);
    if (this.#view.hasBlobs) return run(ids);
    // An object that is missing ends git: it must not end what is said of the other commits.
    const parts: Buffer[] = [];
    for (const id of ids.slice(0, MOST_APART)) parts.push((await run([id])) ?? Buffer.alloc(0));
    return Buffer.concat(parts);
  }

  #known(id: string, bytes: Buffer): KnownCommit {
    const { author, message } = parseCommit(id, bytes, [], []);
    const committed = /^committer .*> (\d+) /m.exec(bytes.toString('latin1'))?.[1];
    return {
      id,
      subject: subjectOf(message),
      wholeSubject: true,
      ...(author === undefined ? {} : { author }),
      ...(committed === undefined ? {} : { committed: Number(committed) }),
    };
  }

  /** The parents of these commits and of those between them and the base of the range. */
  async #parentsAbove(ids: readonly string[]): Promise<Map<string, readonly string[]>> {
    const input = `${[...ids, ...(this.#at === undefined ? [] : [`^${this.#at}`])].join('\n')}\n`;
    const text = await this.#git(['rev-list', '--parents', '--stdin'], { input, timeout: WALK_TIME }).catch(
      unlessStopped,
    );
    const rows = (text?.toString('latin1') ?? '').split('\n').map((line) => line.split(' '));
    return new Map(rows.map(([id = '', ...parents]) => [id, parents]));
  }

  /** Those of `ids` that can't be reached from any of `from`; undefined where the walk took too long. */
  async #notReachable(ids: readonly string[], from: readonly string[]): Promise<Set<string> | undefined> {
    const input = `${[...ids, ...from.map((id) => `^${id}`)].join('\n')}\n`;
    const text = await this.#git(['rev-list', '--stdin'], { input, timeout: WALK_TIME }).catch(unlessStopped);
    if (text === undefined) return undefined;
    const listed = new Set(text.toString('latin1').split('\n'));
    return new Set(ids.filter((id) => listed.has(id)));
  }

  async #onlyReachable(
    answers: Map<string, CommitAnswer>,
    tip: string,
    absent: CommitAnswer,
  ): Promise<Map<string, CommitAnswer>> {
    const ids = [...answers.values()].flatMap((answer) =>
      answer.state === 'found' ? [answer.commit.id] : [],
    );
    if (ids.length === 0) return answers;
    const outside = await this.#notReachable([...new Set(ids)], [tip]);
    for (const [name, answer] of answers) {
      if (answer.state === 'found' && outside?.has(answer.commit.id) !== false) answers.set(name, absent);
    }
    return answers;
  }

  async #oldest(ids: readonly string[]): Promise<number | undefined> {
    const answers = await this.commits(ids);
    const times = [...answers.values()].flatMap((answer) =>
      answer.state === 'found' && answer.commit.committed !== undefined ? [answer.commit.committed] : [],
    );
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Fields of the commits that a walk from the tips shows; none where it took too long. */
  async #log(args: readonly string[], tips: readonly string[]): Promise<string[][]> {
    const all = ['log', '-z', '--encoding=UTF-8', ...args, '--stdin'];
    const input = `${tips.join('\n')}\n`;
    const text = await this.#git(all, { input, timeout: WALK_TIME }).catch(unlessStopped);
    const fields = (args.at(-1) ?? '').split(NUL).length;
    const parts = text === undefined ? [] : text.toString('utf8').split('\0');
    const rows: string[][] = [];
    for (let at = 0; at + fields <= parts.length; at += fields) rows.push(parts.slice(at, at + fields));
    return rows;
  }

  #git(
    args: readonly string[],
    options: { input?: string; timeout?: number; maxBytes?: number } = {},
  ): Promise<Buffer> {
    return runGit(args, { gitDir: this.#view.gitDir, env: this.#view.env, maxBytes: MAX_BYTES, ...options });
  }
}

/** Whether `ancestor` is met on the way down from `commit`, through commits whose parents are given. */
function isBelow(ancestor: string, commit: string, parents: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const open = [...(parents.get(commit) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === ancestor) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(parents.get(id) ?? []));
  }
  return false;
}

/** git's `%s`: the lines of the first paragraph, joined. */
function subjectOf(message: string): string {
  const lines = message.replace(/^\s*\n/, '').split('\n');
  const end = lines.findIndex((line) => line.trim() === '');
  return lines
    .slice(0, end < 0 ? lines.length : end)
    .map((line) => line.trim())
    .join(' ');
}

/** A text as an extended regular expression that matches it alone. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.|?*+(){}[\]]/g, '\\$&');
}

function isFull(id: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(id);
}

/** Undefined for what the parser does not read: a path that leads out of the tree. */
function parsed(diff: string): FileDiff[] | undefined {
  try {
    return parsePatch(diff);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** A walk that was stopped at its limit, or that met a commit that is not there, has no answer. */
function unlessStopped(error: unknown): undefined {
  if (error instanceof GitError) return undefined;
  throw error;
}

async function tips(gitDir: string): Promise<string[]> {
  const text = await runGit(['for-each-ref', '--format=%(objecttype) %(objectname) %(*objectname)'], {
    gitDir,
  });
  return text
    .toString('latin1')
    .split('\n')
    .flatMap((line) => {
      const [type, id = '', peeled = ''] = line.split(' ');
      if (type === 'commit') return [id];
      return type === 'tag' && isFull(peeled) ? [peeled] : [];
    });
}

/** Files of a commit's tree; undefined for each that is not there. The view has no remote to ask for it. */
async function readFiles(
  view: ObjectView,
  at: string,
  paths: readonly string[],
): Promise<(Buffer | undefined)[]> {
  const input = paths.map((path) => `${at}:${path}\n`).join('');
  const output = await runGit(['cat-file', '--batch'], { gitDir: view.gitDir, env: view.env, input });
  return readBatch(output, paths.length).map((reply) =>
    reply.kind === 'found' && reply.type === 'blob' ? reply.bytes : undefined,
  );
}
