/** What all parts of the parser share: the tokens, where it stands in them, and the nodes that it makes. */
import { Interner } from '../interner.ts';
import { Lexer } from '../lexer.ts';
import { NODE_LIMIT, Nodes } from '../nodes.ts';
import { Token } from '../token.ts';
import { Tokens } from '../tokens.ts';

/**
 * Nesting that the parser follows. Kernel code stays below 60; more would let an input decide how deep this
 * program, and whatever reads the tree, recurses.
 */
const MAX_DEPTH = 250;

/** Longest chain of binary operators, else-ifs, postfix operators: they nest in the tree, too. */
export const MAX_CHAIN = 1000;

/** Thrown where the input is not what the parser knows; caught at the smallest construct that can be lost. */
export class SyntaxFailure {
  reason = '';
  token = 0;
}

const failure = new SyntaxFailure();

export interface ParseError {
  readonly line: number;
  readonly column: number;
  readonly function: string;
  readonly reason: string;
}

export class Parser {
  readonly interner = new Interner();
  readonly tokens = new Tokens();
  readonly lexer = new Lexer(this.tokens, this.interner);
  readonly nodes = new Nodes();

  // Arrays of `tokens`; see refresh().
  kind: Uint8Array = this.tokens.kind;
  name: Int32Array = this.tokens.name;
  close: Int32Array = this.tokens.close;

  /** The token that comes next. */
  at = 0;
  /** The End token of what is being parsed. */
  end = 0;
  depth = 0;
  /** In a fragment everything may end early. */
  isFragment = false;
  /** In a macro body operators and types may be parameters. */
  inMacro = false;
  /** Name of the function that is being parsed. */
  functionName = 0;
  errors: ParseError[] = [];
  /** Names that a typedef of this file declared. */
  readonly typedefs = new Set<number>();

  // Results of parseSpecifiers, to be copied at once.
  specifierFlags = 0;
  specifierAttributes = 0;
  /** Set where a body was missing at the end of a macro: its uses bring one. */
  headerOpen = false;
  /** Whether the macro that is being parsed takes any number of arguments. */
  variadicMacro = false;
  /** Result of parseArguments: 1 where an argument is a type or a block. */
  argumentFlag = 0;

  /** Takes over the token arrays after tokens were added. */
  refresh(): void {
    this.kind = this.tokens.kind;
    this.name = this.tokens.name;
    this.close = this.tokens.close;
  }

  node(kind: number, token: number, name: number, a: number, b: number, c: number): number {
    return this.nodes.add(kind, token, name, a, b, c);
  }

  /** Abandons what is being parsed. */
  fail(reason: string, token = this.at): never {
    failure.reason = reason;
    failure.token = token;
    throw failure;
  }

  expect(kind: number, reason: string): void {
    if (this.kind[this.at] === kind) this.at++;
    else if (!this.isFragment || this.at < this.end) this.fail(reason);
  }

  enter(): void {
    if (++this.depth > MAX_DEPTH) this.fail('nested too deeply');
    if (this.nodes.count > NODE_LIMIT) this.fail('file too large');
  }

  /** Records an error at a token. */
  report(reason: string, token: number): void {
    if (this.errors.length >= MAX_ERRORS) return;
    this.errors.push({
      line: this.tokens.lineOf(token),
      column: this.tokens.columnOf(token),
      function: this.interner.names[this.functionName] ?? '',
      reason,
    });
  }

  /** The token after the group that opens at `open`. */
  after(open: number): number {
    const close = this.close[open] as number;
    return close < this.end && this.kind[close] === (this.kind[open] as number) + 1 ? close + 1 : close;
  }

  columnOf(token: number): number {
    return (this.tokens.position[token] as number) & 0x3ff;
  }

  sameLine(first: number, second: number): boolean {
    const { position } = this.tokens;
    return (position[first] as number) >>> 10 === (position[second] as number) >>> 10;
  }

  flagsOf(token: number): number {
    return this.interner.flagsOf(this.name[token] as number);
  }
}

/** One file can say no more than this many errors. */
const MAX_ERRORS = 1000;

/** Turns what was thrown into a SyntaxFailure, or throws it again. */
export const asFailure = (error: unknown): SyntaxFailure => {
  if (error instanceof SyntaxFailure) return error;
  if (error instanceof RangeError) {
    failure.reason = 'file too large';
    failure.token = 0;
    return failure;
  }
  throw error;
};

/**
 * The first token at or after `from` and before `limit` that is a comma, semicolon or the end, with groups
 * skipped over.
 */
export const skipToComma = (p: Parser, from: number, limit: number): number => {
  let i = from;
  while (i < limit && p.kind[i] !== Token.Comma) {
    const k = p.kind[i] as number;
    i =
      k === Token.OpenParen || k === Token.OpenBracket || k === Token.OpenBrace
        ? Math.max(i + 1, p.after(i))
        : i + 1;
  }
  return Math.min(i, limit);
};
