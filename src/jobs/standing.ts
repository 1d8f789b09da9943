/** What became of the finding of a comment. The comment itself says so: nothing else knows. */
import { codeSpan, markdownText } from '../report/markdown-text.ts';

/** `live`: it holds. `retired`: the head has it no more. `dismissed`: it holds, and a person said that it is none. */
export type Standing = 'live' | 'retired' | 'dismissed';

const RETIRED = /^✅ \*\*Not found any more\*\* as of [0-9a-f]{12}\.\n/;
const DISMISSED = /^🔕 \*\*Dismissed\*\* by /;
const FOLDED =
  /^[^\n]*\n\n<details><summary>What it was<\/summary>\n\n(?<words>[\s\S]*)\n\n<\/details>(?<mark>(?:\n*<!--[^>]*-->\s*)?)$/;
const MARK = /\n*<!--[^>]*-->\s*$/;

export function standingOf(body: string): Standing {
  if (RETIRED.test(body)) return 'retired';
  return DISMISSED.test(body) ? 'dismissed' : 'live';
}

/**
 * The body of a comment whose finding is gone: the old words folded away; the mark at their end stays the end.
 * @param commit SHA of the one that mended it, or of the head without it
 */
export function retiredBody(body: string, commit: string): string {
  return folded(`✅ **Not found any more** as of ${commit.slice(0, 12)}.`, body);
}

/** The body of a comment whose finding a person dismissed. */
export function dismissedBody(body: string, { by, reason }: { by: string; reason: string }): string {
  return folded(`🔕 **Dismissed** by ${codeSpan(by)}: ${markdownText(reason)}`, body);
}

function folded(line: string, body: string): string {
  const before = FOLDED.exec(body)?.groups;
  const mark = before?.mark ?? MARK.exec(body)?.[0] ?? '';
  const words = before?.words ?? body.slice(0, body.length - mark.length);
  return `${line}\n\n<details><summary>What it was</summary>\n\n${words}\n\n</details>${mark}`;
}
