/**
 * Corrections of code as lines that can be committed. A code checker knows no source text: it names the word that
 * is wrong, and the line is made of the tree's here.
 */
import type { Finding, Suggestion } from '../checkers/checker.ts';
import { decodeText } from '../git/bytes.ts';
import type { FileDiff, SourceTree } from '../git/change.ts';
import { newSide } from './excerpts.ts';

/** Lines above the one that is named: a declaration may begin before its name. */
const ABOVE = 3;

/** Turns the rewording of each finding into a suggestion, where the word is there; `tree` as for collectExcerpts(). */
export async function withRewordings(
  findings: readonly Finding[],
  tree: SourceTree | undefined,
  diff: readonly FileDiff[],
): Promise<readonly Finding[]> {
  const paths = findings.flatMap(({ path, reword }) => (reword === undefined ? [] : [path]));
  if (paths.length === 0) return findings;
  const texts = tree ? await tree.read([...new Set(paths)]) : new Map<string, Uint8Array>();
  return findings.map((finding) => {
    const { reword } = finding;
    if (reword === undefined) return finding;
    const rest = withoutRewording(finding);
    const bytes = texts.get(finding.path);
    const lines = bytes && decodeText(bytes).split('\n');
    const line = lines ? (n: number) => lines[n - 1] : newSide(diff, finding.path);
    const suggestion = suggestionOf(finding.path, reword, line);
    return suggestion === undefined ? rest : { ...rest, suggestion };
  });
}

/** The finding as a report has it. */
export function withoutRewording({ reword: _, ...finding }: Finding): Finding {
  return finding;
}

function suggestionOf(
  path: string,
  { line, words, by }: NonNullable<Finding['reword']>,
  textOf: (line: number) => string | undefined,
): Suggestion | undefined {
  const word = new RegExp(`(?<![\\w#])(?:${words.join('|')})(?!\\w)`);
  for (let at = line; at > 0 && at >= line - ABOVE; at--) {
    const text = textOf(at);
    if (text === undefined || (at < line && isEnd(text))) return undefined;
    if (word.test(text)) return { path, startLine: at, endLine: at, lines: [text.replace(word, by)] };
  }
  return undefined;
}

/** True for a line that what stands below it does not go on from. */
const isEnd = (text: string): boolean => /^\s*(?:#|$)|(?:[;}]|\*\/)\s*$/.test(text);
