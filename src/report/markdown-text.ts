/**
 * Text from a change in GitHub's Markdown. Nothing in it may notify a person, link, load an image, open HTML or end a
 * block: paths, function names, messages and source lines are written by strangers.
 */
import { visible, visibleLine } from './visible.ts';

/** Stands between two characters that GitHub would join into a mention, a reference or a link. */
const BREAK = '&#8203;';

/** What could be markup, a mention, a reference or a link: one alternative for each way to escape it. */
const MARKUP = new RegExp(
  [
    '(?<plain>[\\\\`*[\\]~|]|(?<![\\p{L}\\p{N}])_|_(?![\\p{L}\\p{N}])|^[-+=]|(?<=^\\d{1,9})[.)])',
    '(?<html>[<>&$])',
    '(?<broken>[@#]|:(?=[/\\w+-])|\\b(?:gh|www)(?=[-.])|[0-9a-f]{7}(?=[0-9a-f]*\\b))',
  ].join('|'),
  'giu',
);

/**
 * Plain text as Markdown on one line: it reads the same, and no character of it is markup. Mentions (`@name`),
 * references (`#12`, `GH-12`, `owner/repo#1`, commit ids), addresses and `:emoji:` are broken by an invisible
 * character; `$` would begin a formula.
 */
export function markdownText(text: string): string {
  return inlineText(visibleLine(text).trim());
}

function inlineText(line: string): string {
  return line.replaceAll('\t', ' ').replaceAll(MARKUP, (found, ...rest) => {
    const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    if (groups.plain !== undefined) return `\\${found}`;
    if (groups.html !== undefined) return `&#${found.charCodeAt(0)};`;
    return `${found}${BREAK}`;
  });
}

/**
 * What a checker says, as Markdown on one line: text between backticks is code, everything else plain. Backticks that
 * strangers wrote can at most move what is code: neither side of the border is markup.
 * @param code how code is written: tableCode() in a cell
 */
export function proseMarkdown(text: string, code: (text: string) => string = codeSpan): string {
  return visibleLine(text)
    .trim()
    .split(/(?<![\\`])`([^`]+)`(?!`)/)
    .map((part, index) => (index % 2 === 1 ? code(part) : inlineText(part)))
    .join('');
}

/** A code span: what is in it is never markup. Ends of lines become blanks. */
export function codeSpan(text: string): string {
  const inner = visibleLine(text).replaceAll('\t', ' ');
  if (inner.trim() === '') return '';
  const fence = '`'.repeat(longestRun(inner, '`') + 1);
  const pad = inner.startsWith('`') || inner.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${inner}${pad}${fence}`;
}

/** The same in a cell of a table, where a pipe ends even a code span. */
export function tableCode(text: string): string {
  return codeSpan(text).replaceAll('|', '\\|');
}

/** A code block whose fence is longer than any in the text. `language` is ours: `c`, `diff`, `suggestion`. */
export function codeBlock(text: string, language = ''): string {
  const inner = visible(text.replaceAll('\r\n', '\n')).replace(/\n$/, '');
  const fence = '`'.repeat(Math.max(3, longestRun(inner, '`') + 1));
  return `${fence}${language}\n${inner}\n${fence}`;
}

/** Text inside an HTML tag of ours (`<summary>`). */
export function htmlText(text: string): string {
  return visibleLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[@#:*_`~[\]!\\|]/g, (found) => `&#${found.charCodeAt(0)};${BREAK}`);
}

/** Markdown that fits: cut at the end of a line, with a sentence that says so. */
export function clipMarkdown(text: string, limit: number, more: string): string {
  if (text.length <= limit) return text;
  const room = limit - more.length - 10;
  const cut = text.lastIndexOf('\n', room);
  const kept = text.slice(0, cut > room / 2 ? cut : room);
  // A fence that was cut open would swallow the sentence.
  const fences = kept.match(/^`{3,}/gm) ?? [];
  const open = fences.length % 2 === 1 ? `\n${fences.at(-1)}` : '';
  return `${kept}${open}\n\n${more}`;
}

function longestRun(text: string, character: string): number {
  let longest = 0;
  let run = 0;
  for (const found of text) {
    run = found === character ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
