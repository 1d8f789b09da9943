/** Where the pieces of a hunk begin and end: the rest of a function, whole declarations, the start of a function. */

/** Lines [from, to) of a hunk. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  /** First line of the function whose body the piece is a part of; undefined for a piece of the top level. */
  readonly signature: string | undefined;
  /** Brackets that close what the piece leaves open. */
  readonly closers: string;
}

/**
 * Splits the lines of one side of a hunk by the kernel's layout: what begins at the first column is at the top
 * level, and a brace there ends a function.
 */
export function splitHunk(lines: readonly string[], heading: string): Piece[] {
  const end = isFunction(heading) || looksLikeBody(lines) ? endOfBody(lines) : 0;
  const pieces: Piece[] = [];
  if (end > 0) pieces.push({ from: 0, to: end, signature: heading, closers: '' });
  if (end < lines.length) {
    const closers = closersOf(lines.slice(end));
    pieces.push({ from: end, to: lines.length, signature: undefined, closers });
  }
  return pieces;
}

const isFunction = (heading: string): boolean => /\w\s*\(/.test(heading) && !/^(#|typedef\b)/.test(heading);

/** Code at the start, indented as statements are, without a heading. */
const looksLikeBody = (lines: readonly string[]): boolean => {
  const first = lines.find((line) => line.trim() !== '');
  return first !== undefined && /^\s+(if|for|while|switch|return|goto|break|\w+\s*=|\w+\()/.test(first);
};

/** The line behind the brace that ends the function the lines begin in; 0 where they begin outside one. */
function endOfBody(lines: readonly string[]): number {
  let isComment = false;
  for (const [i, line] of lines.entries()) {
    if (!isComment) {
      if (line.startsWith('}')) return i + 1;
      // A label stands at the first column, or one in; a directive anywhere.
      if (/^[A-Za-z_]/.test(line) && !/^\w+\s*:(?!:)/.test(line)) return beginsOutside(lines, i) ? 0 : i;
    }
    isComment = isCommentAfter(line, isComment);
  }
  return lines.length;
}

/** Before the first declaration there is nothing but blank lines, comments and directives. */
function beginsOutside(lines: readonly string[], declaration: number): boolean {
  let isComment = false;
  for (const line of lines.slice(0, declaration)) {
    const isCode = !isComment && !/^\s*($|\/\/|\/\*|\*|#)/.test(line);
    if (isCode) return false;
    isComment = isCommentAfter(line, isComment);
  }
  return true;
}

function isCommentAfter(line: string, before: boolean): boolean {
  const open = line.lastIndexOf('/*');
  const close = line.lastIndexOf('*/');
  return open < 0 && close < 0 ? before : open > close;
}

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };

/** What closes the brackets that the lines leave open, innermost first; a statement is ended before a brace. */
function closersOf(lines: readonly string[]): string {
  const text = lines
    .join('\n')
    .replace(/\/\*[\s\S]*?(\*\/|$)|\/\/.*|"(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])*'|^\s*#.*/gm, '');
  const open: string[] = [];
  for (const char of text) {
    if (char === '(' || char === '{' || char === '[') open.push(CLOSERS[char] as string);
    else if (char === open.at(-1)) open.pop();
  }
  if (open.length === 0) return '';
  const closers = open.reverse();
  const firstBrace = closers.indexOf('}');
  const brackets = closers.slice(0, firstBrace < 0 ? closers.length : firstBrace).join('');
  const braces = firstBrace < 0 ? '' : closers.slice(firstBrace).join('');
  return `${brackets};${braces}\n`;
}
