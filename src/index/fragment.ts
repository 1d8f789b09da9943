/**
 * Facts from a patch alone, without a tree: what the lines of its hunks show of one side of a file. A hunk
 * that begins inside a function gives that function with what is seen of it, named by the hunk's heading; one
 * that ends inside a function gives it as if it ended there.
 */
import type { Tree } from '../c/ast.ts';
import { columnOf, lineOf, position } from '../c/flow.ts';
import { type ParsedFile, Parser, parse, parseFragment } from '../c/parse.ts';
import type { FileDiff, Hunk } from '../git/change.ts';
import { Extractor } from './extract.ts';
import type { FileFacts, FunctionFact } from './facts.ts';
import { splitHunk } from './split-hunk.ts';

export type Side = 'old' | 'new';

/**
 * The facts of one side of a file's hunks, at the line numbers of that side. Of a function that several hunks
 * touch there is one for each: nothing is known of the lines between.
 */
export function fragmentFacts(diff: FileDiff, side: Side): FileFacts {
  // A reader has buffers of megabytes: thousands of files that are renamed, or of another kind, need none.
  const reader = diff.hunks.length === 0 ? undefined : new FragmentReader();
  const parts = diff.hunks.flatMap((hunk) => reader?.read(hunk, side) ?? []);
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
    ...(diff.oldPath === undefined || diff.newPath === undefined ? {} : { isPartial: true }),
  };
}

class FragmentReader {
  readonly #parser = new Parser();
  readonly #extractor = new Extractor();

  read(hunk: Hunk, side: Side): FileFacts[] {
    const other = side === 'old' ? '+' : '-';
    const lines = hunk.lines.filter((line) => !line.startsWith(other)).map((line) => line.slice(1));
    const firstLine = side === 'old' ? hunk.oldStart : hunk.newStart;
    const heading = hunk.heading ?? '';
    return splitHunk(lines, heading).map((piece) => {
      const at = firstLine + piece.from;
      const text = `${lines.slice(piece.from, piece.to).join('\n')}\n${piece.closers}`;
      if (piece.signature !== undefined) return this.#body(text, piece.signature, at);
      const facts = this.#extractor.extract(atLine(this.#parser, parse(Buffer.from(text), this.#parser), at));
      // A function that the closers end goes on behind the hunk.
      const end = firstLine + piece.to;
      return { ...facts, functions: facts.functions.map((f) => (f.endLine >= end ? f.asPartial() : f)) };
    });
  }

  #body(text: string, signature: string, at: number): FileFacts {
    const declared = this.#declared(signature);
    const parser = this.#parser;
    const file = parseFragment(Buffer.from(text), parser);
    const parameters = (declared?.parameters ?? []).map(({ name, type }) => ({
      name: parser.interner.internText(name),
      type,
    }));
    const name = declared?.name ?? functionOfHeading(signature);
    const seen = { ...declared, name, parameters };
    const facts = this.#extractor.extractBody(atLine(parser, file, at), file.root, seen);
    return { ...facts, functions: facts.functions.map((f) => f.asPartial()) };
  }

  /** What a signature says; git cuts long ones, so what is behind the last whole parameter may be missing. */
  #declared(signature: string): FunctionFact | undefined {
    const whole = signature.replace(/[{;].*$/, '').trim();
    const cut = whole.includes(')') ? whole : `${whole.replace(/,[^,]*$/, '')})`;
    const facts = this.#extractor.extract(parse(Buffer.from(`${cut};\n`), this.#parser));
    return facts.functions.find((f) => f.isPrototype);
  }
}

/** 'foo' for 'static int foo(struct bar *baz)'; '' where the heading is no function. */
function functionOfHeading(heading: string): string {
  return /([A-Za-z_]\w*)\s*\((?!\s*\*)/.exec(heading)?.[1] ?? '';
}

/** The tree with its lines counted from `first`. */
function atLine(parser: Parser, file: ParsedFile, first: number): Tree {
  const by = Math.max(first, 1) - 1;
  const { tokens } = parser;
  for (let i = 0; i < tokens.count; i++) {
    const at = tokens.position[i] as number;
    tokens.position[i] = position(lineOf(at) + by, columnOf(at));
  }
  const errors = file.errors.map((error) => ({ ...error, line: error.line + by }));
  const { kind, a, b, c, name, next, token, count, names, namesEpoch, tokenPosition } = file;
  return {
    kind,
    a,
    b,
    c,
    name,
    next,
    token,
    count,
    first: file.first,
    names,
    namesEpoch,
    tokenPosition,
    errors,
  };
}
