/** Gathers what the rules look at: messages are read first, then everything that they name is asked for at once. */
import type { Commit } from '../../git/change.ts';
import type { CommitAnswer, CommitLookup, UpstreamLookup } from '../../git/commit-lookup.ts';
import { type Backport, type BackportLine, backportLines } from './backport.ts';
import { referredCommits } from './commit-reference.ts';
import { subjectDiffers } from './fixes-correction.ts';
import { type FixesTag, parseFixes } from './fixes-tag.ts';
import { type Message, parseMessage, type Trailer } from './message.ts';
import type { TrailerOptions } from './options.ts';
import type { FixesLine, MessageContext } from './rule.ts';
import { prerequisites } from './stable-prerequisite.ts';

const UNKNOWN: CommitAnswer = { state: 'unknown' };
/** A forged message must not make the look-up long. */
const MOST_NAMES = 200;
/** Changes that are shown side by side: in a longer series nobody reads them one by one. */
const MOST_DIFFS = 100;

interface Draft {
  readonly commit: Commit;
  readonly message: Message;
  readonly fixes: readonly { trailer: Trailer; tag: FixesTag }[];
  readonly backports: readonly BackportLine[];
}

/** One context for each commit, in their order. */
export async function gatherContexts(
  commits: readonly Commit[],
  history: CommitLookup,
  upstream: UpstreamLookup | undefined,
  options: TrailerOptions,
): Promise<MessageContext[]> {
  const drafts = commits.map(draft);
  const answers = await history.commits([...new Set(drafts.flatMap(namedCommits))]);
  const answer = (sha: string) => answers.get(sha.toLowerCase()) ?? UNKNOWN;
  const sources = await askUpstream(drafts, history, upstream, options);
  const fixes = await completeFixes(drafts, history, answer);
  const touching = await history.subjectsTouching(
    [...new Set(commits.flatMap((commit) => commit.files))].slice(0, 500),
  );
  return drafts.map(({ commit, message, backports }, index) => {
    const canonical = (person: Commit['author']) =>
      person === undefined ? undefined : history.canonical(person);
    return {
      commit,
      message,
      options,
      isMerge: commit.parents.length > 1,
      author: canonical(commit.author),
      committer: canonical(commit.committer),
      submitter: canonical(options.submitter),
      fixes: fixes[index] ?? [],
      backports: backports.map((line) => ({ ...line, ...sources(line.sha, commit.id) })),
      answer,
      subjectsTouching: touching,
      canonical: history.canonical.bind(history),
    };
  });
}

function draft(commit: Commit): Draft {
  const message = parseMessage(commit.message);
  const fixes = [...message.strays, ...message.trailers]
    .filter((trailer) => trailer.key === 'Fixes')
    .map((trailer) => ({ trailer, tag: parseFixes(trailer.value) }));
  return { commit, message, fixes, backports: backportLines(message) };
}

function namedCommits({ message, fixes, backports }: Draft): string[] {
  const named = [
    ...fixes.map(({ tag }) => tag.sha),
    ...backports.map((line) => line.sha),
    ...message.trailers
      .filter((trailer) => trailer.key === 'Cc')
      .flatMap((trailer) => prerequisites(trailer.value)),
    ...referredCommits(message.heads),
  ];
  return named
    .filter((sha) => sha !== '')
    .map((sha) => sha.toLowerCase())
    .slice(0, MOST_NAMES);
}

/** Adds to each Fixes tag what the repository says of its target, and which commits it may have meant. */
async function completeFixes(
  drafts: readonly Draft[],
  history: CommitLookup,
  answer: (sha: string) => CommitAnswer,
): Promise<FixesLine[][]> {
  const lines = drafts.map(({ fixes }) =>
    fixes.map(({ trailer, tag }): FixesLine => {
      const target = tag.sha === '' || tag.instead !== '' ? UNKNOWN : answer(tag.sha);
      return { trailer, tag, target, meant: [], isAncestor: undefined };
    }),
  );
  const doubtful = lines.flat().filter(isDoubtful);
  const meant = await history.withSubjects([...new Set(doubtful.map((line) => line.tag.subject))]);
  const pairs = drafts.flatMap(({ commit }, index) =>
    (lines[index] ?? []).flatMap((line): [string, string][] =>
      line.target.state === 'found' ? [[line.target.commit.id, commit.id]] : [],
    ),
  );
  const ancestry = await history.ancestry(pairs);
  const isAncestor = new Map(pairs.map((pair, index) => [pair.join(' '), ancestry[index]]));
  return lines.map((own, index) =>
    own.map((line) => ({
      ...line,
      meant: isDoubtful(line) ? (meant.get(line.tag.subject) ?? []) : [],
      isAncestor:
        line.target.state === 'found'
          ? isAncestor.get(`${line.target.commit.id} ${drafts[index]?.commit.id}`)
          : undefined,
    })),
  );
}

/** The SHA1 can't be what was meant, and a quoted subject may tell. */
function isDoubtful(line: FixesLine): boolean {
  if (line.tag.subject.length < 4) return false;
  return (
    line.target.state === 'missing' || line.tag.sha === '' || line.tag.instead !== '' || subjectDiffers(line)
  );
}

type Source = Omit<Backport, keyof BackportLine>;

/** What upstream says about the commits that backports name. */
async function askUpstream(
  drafts: readonly Draft[],
  history: CommitLookup,
  upstream: UpstreamLookup | undefined,
  options: TrailerOptions,
): Promise<(sha: string, commit: string) => Source> {
  const shas = [...new Set(drafts.flatMap(({ backports }) => backports.map((line) => line.sha)))].filter(
    (sha) => sha !== '',
  );
  if (shas.length === 0) return () => ({ source: UNKNOWN, sameChange: undefined, missingFixes: [] });
  const answers = await (upstream ?? history).commits(shas);
  const ids = shas.flatMap((sha) => {
    const found = answers.get(sha);
    return found?.state === 'found' ? [found.commit.id] : [];
  });
  const own = drafts.filter(({ backports }) => backports.length > 0).map(({ commit }) => commit.id);
  const [fixesOf, changes, present] = await Promise.all([
    upstream?.fixesOf(ids),
    upstream?.patchIds([...ids, ...own]),
    upstream === undefined ? undefined : pickedAlready(history, upstream, ids, drafts),
  ]);
  const isOther = (here: string, there: string) =>
    changes?.has(here) === true && changes.has(there) && changes.get(here) !== changes.get(there);
  const others = drafts.flatMap(({ commit, backports }) =>
    backports.flatMap(({ sha }) => {
      const found = answers.get(sha);
      return found?.state === 'found' && isOther(commit.id, found.commit.id)
        ? [commit.id, found.commit.id]
        : [];
    }),
  );
  const diffs = await upstream?.diffs([...new Set(others)].slice(0, 2 * MOST_DIFFS));
  return (sha, commit) => {
    const source = answers.get(sha) ?? UNKNOWN;
    if (source.state === 'missing' && upstream === undefined && options.convention !== 'mainline')
      return { source: UNKNOWN, sameChange: undefined, missingFixes: [] };
    if (source.state !== 'found') return { source, sameChange: undefined, missingFixes: [] };
    const here = changes?.get(commit);
    const there = changes?.get(source.commit.id);
    const missingFixes = (fixesOf?.get(source.commit.id) ?? []).filter(
      (fix) => present?.has(fix.id) !== true,
    );
    const [own, theirs] = [diffs?.get(commit), diffs?.get(source.commit.id)];
    return {
      source,
      sameChange: here === undefined || there === undefined ? undefined : here === there,
      ...(own && theirs && isOther(commit, source.commit.id)
        ? { changes: { here: own, upstream: theirs } }
        : {}),
      missingFixes,
    };
  };
}

/**
 * Upstream commits that this tree has already: by a commit with the same subject, in it or in the range. One that is
 * known not to be below the range does not count: upstream is often a branch of the same repository.
 */
async function pickedAlready(
  history: CommitLookup,
  upstream: UpstreamLookup,
  ids: readonly string[],
  drafts: readonly Draft[],
): Promise<ReadonlySet<string>> {
  const fixes = [...(await upstream.fixesOf(ids)).values()].flat();
  const inRange = new Set(drafts.map(({ message }) => message.subject));
  const inTree = await history.withSubjects([...new Set(fixes.map((fix) => fix.subject))]);
  const head = drafts.at(-1)?.commit.id ?? '';
  const candidates = [...inTree.values()].flat();
  const below = await history.ancestry(candidates.map(({ id }) => [id, head] as const));
  const here = new Set(candidates.filter((_, index) => below[index] !== false).map(({ subject }) => subject));
  return new Set(
    fixes.filter(({ subject }) => inRange.has(subject) || here.has(subject)).map((fix) => fix.id),
  );
}
