/** A wrong word of a declaration, as a line to commit. */
import type { Finding, Suggestion } from '../checkers/checker.ts';

/** Lines above the one that is named: a declaration may begin before its name. */
const ABOVE = 3;

/** The line with its word corrected; undefined where the word is not at `line` or just above. */
export function suggestRewording(
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
