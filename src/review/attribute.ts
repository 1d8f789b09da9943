/** Which commit of the change introduced a finding: by what holds at each commit, else the last that wrote a line of it. */
import type { Finding } from '../checkers/checker.ts';
import type { Change, Commit, FileDiff } from '../git/change.ts';
import { oldLineOf } from './changed-lines.ts';
import { identity } from './compare.ts';

/** Returns the findings with their commit, where one can be told. */
export async function attributeFindings(
  findings: readonly Finding[],
  change: Change,
  introducedBy: ReadonlyMap<string, string> = new Map(),
): Promise<readonly Finding[]> {
  const { commits, commitDiff } = change;
  if (findings.length === 0 || commits.length === 0) return findings;
  const [only] = commits;
  if (commits.length === 1 && only) return findings.map((finding) => ({ ...finding, commit: only.id }));
  if (!commitDiff) return findings;

  const places = findings.map((finding) =>
    [{ path: finding.path, line: finding.line }, ...finding.trace].map(
      ({ path, line }): Place => ({ path, line, commit: undefined }),
    ),
  );
  const open = places.flat();
  for (const commit of commits.toReversed()) {
    const waiting = open.filter((place) => place.commit === undefined && place.path !== undefined);
    if (!touches(commit, waiting)) continue;
    traceBack(waiting, await commitDiff(commit.id), commit.id);
  }
  return findings.map((finding, index) => {
    const commit =
      introducedBy.get(identity(finding)) ??
      places[index]?.find((place) => place.commit !== undefined)?.commit ??
      onlyCommitOf(finding, commits);
    return commit === undefined ? finding : { ...finding, commit };
  });
}

/** A line as it is followed from head back to base. */
interface Place {
  path: string | undefined;
  line: number;
  commit: string | undefined;
}

function touches(commit: Commit, places: readonly Place[]): boolean {
  return places.some((place) => place.path !== undefined && commit.files.includes(place.path));
}

function traceBack(places: readonly Place[], diff: readonly FileDiff[], commit: string): void {
  const files = new Map(diff.map((file) => [file.newPath, file]));
  for (const place of places) {
    const file = files.get(place.path);
    if (!file) continue;
    const line = oldLineOf(file, place.line);
    if (line === undefined) place.commit = commit;
    else {
      place.path = file.oldPath;
      place.line = line;
    }
  }
}

/** A finding on old lines alone (a test was taken away) belongs to the commit that touched its file, if it is one. */
function onlyCommitOf(finding: Finding, commits: readonly Commit[]): string | undefined {
  const touching = commits.filter((commit) => commit.files.includes(finding.path));
  return touching.length === 1 ? touching[0]?.id : undefined;
}
