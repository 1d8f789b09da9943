/**
 * Facts from a patch alone, without a tree: what the lines of its hunks show of one side of a file. A hunk
 * that begins or ends inside a function gives a function with what is seen of it, named by the hunk's heading.
 */
import type { Tree } from '../c/ast.ts';
import type { FileDiff, Hunk } from '../git/change.ts';
import type { Extractor } from './extract.ts';
import type { FileFacts } from './facts.ts';

export type Side = 'old' | 'new';

/**
 * Parses a piece of a file that may begin and end anywhere; `firstLine` is the number of its first line, the
 * name is that of the function that it begins in, '' where not known.
 */
export type FragmentParser = (bytes: Uint8Array, firstLine: number, functionName: string) => Tree;

/**
 * The facts of one side of a file's hunks, at the line numbers of that side. Of a function that several hunks
 * touch there is one for each: nothing is known of the lines between.
 */
export function fragmentFacts(
  diff: FileDiff,
  side: Side,
  parse: FragmentParser,
  extractor: Extractor,
): FileFacts {
  const parts = diff.hunks.map((hunk) => {
    const firstLine = side === 'old' ? hunk.oldStart : hunk.newStart;
    return extractor.extract(
      parse(textOf(hunk, side), firstLine, functionOfHeading(hunk.heading ?? '')),
      true,
    );
  });
  return {
    includes: parts.flatMap((part) => part.includes),
    functions: parts.flatMap((part) => part.functions),
    macros: parts.flatMap((part) => part.macros),
    structs: parts.flatMap((part) => part.structs),
    typedefs: parts.flatMap((part) => part.typedefs),
    enumerators: parts.flatMap((part) => part.enumerators),
    globals: parts.flatMap((part) => part.globals),
    tables: parts.flatMap((part) => part.tables),
    tableEntries: parts.flatMap((part) => part.tableEntries),
    topLevelMacros: parts.flatMap((part) => part.topLevelMacros),
    errors: parts.flatMap((part) => part.errors),
  };
}

function textOf(hunk: Hunk, side: Side): Uint8Array {
  const other = side === 'old' ? '+' : '-';
  const lines = hunk.lines.filter((line) => !line.startsWith(other)).map((line) => `${line.slice(1)}\n`);
  return Buffer.from(lines.join(''));
}

/** 'foo' for 'static int foo(struct bar *baz)'; '' where the heading is no function. */
export function functionOfHeading(heading: string): string {
  return /([A-Za-z_]\w*)\s*\((?!\s*\*)/.exec(heading)?.[1] ?? '';
}
