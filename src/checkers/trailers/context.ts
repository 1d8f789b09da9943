/** Gathers what the rules look at: messages are read first, then everything that they name is asked for at once. */
import type { Commit } from '../../git/change.ts';
import type { CommitAnswer, CommitLookup, UpstreamLookup } from '../../git/commit-lookup.ts';
import type { Backport, BackportLine } from './backport.ts';
import { subjectDiffers } from './fixes-correction.ts';
import { type Draft, namesIn, readDraft } from './named-commits.ts';
import type { TrailerOptions } from './options.ts';
import type { FixesLine, MessageContext } from './rule.ts';

const UNKNOWN: CommitAnswer = { state: 'unknown' };
/** Files whose history is looked at. */
const MOST_PATHS = 500;
/** Changes that are shown side by side: in a longer series nobody reads them one by one. */
const MOST_DIFFS = 100;

/** One context for each commit, in their order. */
export async function gatherContexts(
  commits: readonly Commit[],
  history: CommitLookup,
  upstream: UpstreamLookup | undefined,
  options: TrailerOptions,
): Promise<MessageContext[]> {
  const drafts = commits.map(readDraft);
  const answer = await answersFor([...new Set(drafts.flatMap(namesIn))], history, upstream, options);
  const sources = await askUpstream(drafts, history, upstream, options);
  const paths = [...new Set(commits.flatMap((commit) => commit.files))].slice(0, MOST_PATHS);
  const [fixes, touching] = await Promise.all([
    completeFixes(drafts, history, answer, options),
    history.subjectsTouching(paths),
  ]);
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
      misspellings: history.misspellings(),
    };
  });
}

/**
 * What the repository says about names. A stable or distribution tree has most commits of mainline under other SHA1s, and
 * its messages name those of mainline: what is not here is looked for upstream, and not known without it.
 */
async function answersFor(
  names: readonly string[],
  history: CommitLookup,
  upstream: UpstreamLookup | undefined,
  options: TrailerOptions,
): Promise<(sha: string) => CommitAnswer> {
  const answers = await history.commits(names);
  const answer = (sha: string) => answers.get(sha.toLowerCase()) ?? UNKNOWN;
  if (options.convention === 'mainline') return answer;
  const absent = names.filter((name) => answer(name).state === 'missing');
  const further = absent.length === 0 ? undefined : await upstream?.commits(absent);
  return (sha) => {
    const here = answer(sha);
    return here.state === 'missing' ? (further?.get(sha.toLowerCase()) ?? UNKNOWN) : here;
  };
}

/** Adds to each Fixes tag what the repository says of its target, and which commits it may have meant. */
async function completeFixes(
  drafts: readonly Draft[],
  history: CommitLookup,
  answer: (sha: string) => CommitAnswer,
  options: TrailerOptions,
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
  // Elsewhere the target may be here under another SHA1.
  const ancestry = options.convention === 'mainline' ? await history.ancestry(pairs) : [];
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
