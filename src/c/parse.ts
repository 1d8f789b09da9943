/**
 * Bytes of kernel C -> syntax tree, without a preprocessor run and without a configuration. Parsing never fails:
 * what can't be parsed is left out of the tree and listed in `errors`, at most one function at a time.
 */
import type { Tree } from './ast.ts';
import { Kind } from './ast.ts';
import { matchBrackets } from './brackets.ts';
import { resolveConditionals } from './conditionals.ts';
import { asFailure, type ParseError, Parser } from './parser/cursor.ts';
import { parseDirectives } from './parser/macros.ts';
import { parseStatementList } from './parser/statements.ts';
import { parseTopLevel } from './parser/top-level.ts';
import type { Tokens } from './tokens.ts';

export type { ParseError } from './parser/cursor.ts';
export { Parser } from './parser/cursor.ts';

/** A tree with its tokens. Valid until the parser reads another file. */
export class ParsedFile implements Tree {
  readonly #parser: Parser;
  /** First top-level node (list): includes and defines, then everything else. */
  readonly root: number;
  readonly first: number;
  readonly errors: readonly ParseError[];

  constructor(parser: Parser, root: number) {
    this.#parser = parser;
    this.root = root;
    this.first = root;
    this.errors = parser.errors;
  }

  get ast(): Tree {
    return this;
  }
  get tokens(): Tokens {
    return this.#parser.tokens;
  }
  get lines(): number {
    return this.#parser.tokens.lineOf(this.#parser.tokens.count - 1);
  }
  get kind(): Uint8Array {
    return this.#parser.nodes.kind;
  }
  get a(): Int32Array {
    return this.#parser.nodes.a;
  }
  get b(): Int32Array {
    return this.#parser.nodes.b;
  }
  get c(): Int32Array {
    return this.#parser.nodes.c;
  }
  get name(): Int32Array {
    return this.#parser.nodes.name;
  }
  get next(): Int32Array {
    return this.#parser.nodes.next;
  }
  get token(): Int32Array {
    return this.#parser.nodes.token;
  }
  get count(): number {
    return this.#parser.nodes.count;
  }
  get names(): string[] {
    return this.#parser.interner.names;
  }
  get namesEpoch(): number {
    return this.#parser.interner.epoch;
  }
  get tokenPosition(): Int32Array {
    return this.#parser.tokens.position;
  }
}

/** Exact 1-based line of a token. */
export const lineOfToken = (file: ParsedFile, token: number): number => file.tokens.lineOf(token);

/** Exact 1-based column of a token, in bytes; a tab is one column. */
export const columnOfToken = (file: ParsedFile, token: number): number => file.tokens.columnOf(token);

/** Source text of a token: a string literal with its quotes, an operator, a name. */
export const textOfToken = (file: ParsedFile, token: number): string => file.tokens.textOf(token);

/**
 * Parses a whole file. `parser` is the state to use again from file to file, which saves most of the memory
 * traffic; the tree of the file before is gone then.
 */
export const parse = (bytes: Uint8Array, parser: Parser = new Parser()): ParsedFile => {
  begin(parser, bytes, false);
  const { tokens } = parser;
  const end = tokens.count - 1;
  matchBrackets(tokens, 0, end);
  parser.at = 0;
  parser.end = end;
  const declarations = parseTopLevel(parser);
  let directives = 0;
  try {
    directives = parseDirectives(parser);
  } catch (error) {
    parser.report(asFailure(error).reason, end);
  }
  return new ParsedFile(parser, chain(parser, directives, declarations));
};

/**
 * Parses a piece of a function's body: the lines of a diff hunk, which may begin and end anywhere. The root is a
 * Block with the statements that could be read. Only what cannot be understood at all becomes an error.
 */
export const parseFragment = (bytes: Uint8Array, parser: Parser = new Parser()): ParsedFile => {
  begin(parser, bytes, true);
  const { tokens } = parser;
  const end = tokens.count - 1;
  matchBrackets(tokens, 0, end);
  parser.at = 0;
  parser.end = end;
  const block = parser.node(Kind.Block, 0, 0, 0, end, 0);
  let first = 0;
  let last = 0;
  while (parser.at < end) {
    const before = parser.at;
    parser.depth = 0;
    const statements = parseStatementList(parser);
    if (statements !== 0) {
      if (first === 0) first = statements;
      else parser.nodes.next[last] = statements;
      last = statements;
      while (parser.nodes.next[last] !== 0) last = parser.nodes.next[last] as number;
    }
    if (parser.at === before) parser.at++;
  }
  parser.nodes.a[block] = first;
  return new ParsedFile(parser, block);
};

const begin = (parser: Parser, bytes: Uint8Array, isFragment: boolean): void => {
  parser.interner.startFile();
  parser.nodes.clear();
  parser.errors = [];
  parser.typedefs.clear();
  parser.depth = 0;
  parser.functionName = 0;
  parser.isFragment = isFragment;
  parser.inMacro = false;
  parser.tokens.load(bytes);
  parser.lexer.lexFile();
  resolveConditionals(parser.tokens, parser.interner);
  parser.refresh();
};

const chain = (parser: Parser, first: number, second: number): number => {
  if (first === 0) return second;
  let last = first;
  const { next } = parser.nodes;
  while (next[last] !== 0) last = next[last] as number;
  next[last] = second;
  return first;
};
