/** The test that an unchecked result lacks, as lines that GitHub can commit, where the function shows how it fails. */
import type { MissingTest, Suggestion } from '../checkers/checker.ts';

/** Lines of one statement, and of one function, that are read. */
const MAX_STATEMENT = 8;
const MAX_FUNCTION = 400;

/** What a function may have to undo when it fails behind it; what devm_ functions get is undone by others. */
const TO_UNDO =
  /\bgoto\s|\block\w*\(|\w_lock\w*\(|guard\(|\b(?!devm_)\w*(?:alloc|create|register|request|enable|open|get|dup|map|prepare|start|add)(?:_\w+)?\(/;

/**
 * `lines` are the file's, from its first. Undefined where the statement is no plain assignment of the pointer, or
 * where the function has something to undo before it fails: which label that is can't be told from here.
 */
export function suggestTest(
  path: string,
  lines: readonly string[],
  { pointer, line, returns }: MissingTest,
): Suggestion | undefined {
  const statement = statementAt(lines, line, pointer);
  if (statement === undefined) return undefined;
  const before = functionBefore(lines, statement.first);
  if (before === undefined || before.some((text) => TO_UNDO.test(text))) return undefined;
  const failure = failureOf(returns, functionAfter(lines, statement.last));
  if (failure === undefined) return undefined;
  const indent = /^\s*/.exec(lines[statement.first - 1] as string)?.[0] ?? '';
  return {
    path,
    startLine: statement.first,
    endLine: statement.last,
    lines: [
      ...lines.slice(statement.first - 1, statement.last),
      `${indent}if (!${pointer})`,
      `${indent}\t${failure}`,
    ],
  };
}

/** The lines (1-based) of the assignment around `line`. */
function statementAt(
  lines: readonly string[],
  line: number,
  pointer: string,
): { first: number; last: number } | undefined {
  const isStart = (text: string): boolean => text.trimStart().startsWith(`${pointer} =`);
  let first = line;
  while (first > line - 3 && first > 1 && !isStart(lines[first - 1] ?? '')) first--;
  if (!isStart(lines[first - 1] ?? '')) return undefined;
  // A statement that a condition governs without braces can't be followed by another.
  if (!/[;{}:]\s*$|^\s*$/.test(lines[first - 2] ?? '')) return undefined;
  for (let last = first; last < first + MAX_STATEMENT; last++) {
    const text = lines[last - 1];
    if (text === undefined || text.includes('{')) return undefined;
    if (/;\s*$/.test(text)) return last >= line ? { first, last } : undefined;
  }
  return undefined;
}

/** The lines of the function up to the one given, without it. */
function functionBefore(lines: readonly string[], until: number): readonly string[] | undefined {
  for (let line = until - 1; line > 0 && line > until - MAX_FUNCTION; line--)
    if (lines[line - 1]?.startsWith('{')) return lines.slice(line, until - 1);
  return undefined;
}

function functionAfter(lines: readonly string[], from: number): readonly string[] {
  const end = lines.findIndex((text, index) => index >= from && text.startsWith('}'));
  return end < 0 ? [] : lines.slice(from, end);
}

/** How the function says that memory ran out. */
function failureOf(returns: string, rest: readonly string[]): string | undefined {
  if (returns === 'void') return 'return;';
  if (/\*$/.test(returns))
    return rest.some((text) => /return ERR_PTR\(/.test(text)) ? 'return ERR_PTR(-ENOMEM);' : 'return NULL;';
  return returns === 'int' ? 'return -ENOMEM;' : undefined;
}
