/**
 * Corrections of code as lines that can be committed. A code checker knows no source text: it says which word is wrong,
 * or which test is missing, and the lines are made of the tree's here.
 */
import type { Finding, Suggestion } from '../checkers/checker.ts';
import { decodeText } from '../git/bytes.ts';
import type { FileDiff, SourceTree } from '../git/change.ts';
import { newSide } from './excerpts.ts';
import { suggestRewording } from './reword.ts';
import { suggestTest } from './suggest-test.ts';

/** Findings as a report has them, with the suggestions that can be made; `tree` as for collectExcerpts(). */
export async function withSuggestions(
  findings: readonly Finding[],
  tree: SourceTree | undefined,
  diff: readonly FileDiff[],
): Promise<readonly Finding[]> {
  const paths = findings.filter(wantsText).map(({ path }) => path);
  const texts = new Map<string, readonly string[]>();
  if (tree && paths.length > 0)
    for (const [path, bytes] of await tree.read([...new Set(paths)]))
      texts.set(path, decodeText(bytes).split('\n'));
  return findings.map((finding) => {
    if (!wantsText(finding)) return asReported(finding);
    const suggestion = suggestionOf(finding, texts.get(finding.path), diff);
    return { ...asReported(finding), ...(suggestion === undefined ? {} : { suggestion }) };
  });
}

/** The finding without what only a suggestion is made of, and what only an audit weighs it by. */
export function asReported({
  reword: _,
  missingTest: __,
  confidenceInUse: ___,
  ...finding
}: Finding): Finding {
  return finding;
}

const wantsText = ({ reword, missingTest }: Finding): boolean =>
  reword !== undefined || missingTest !== undefined;

function suggestionOf(
  { path, reword, missingTest }: Finding,
  lines: readonly string[] | undefined,
  diff: readonly FileDiff[],
): Suggestion | undefined {
  if (reword !== undefined)
    return suggestRewording(path, reword, lines ? (line) => lines[line - 1] : newSide(diff, path));
  // How a function fails is not to be seen in a diff alone.
  return missingTest && lines && suggestTest(path, lines, missingTest);
}
