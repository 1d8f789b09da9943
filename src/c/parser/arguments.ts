/** Arguments of calls, which in the kernel are as often arguments of macros: types, operators, blocks, statements. */
import { Kind } from '../ast.ts';
import { isTypeStart, Token } from '../token.ts';
import { NameFlag } from '../word-shapes.ts';
import { asFailure, type Parser, skipToComma } from './cursor.ts';
import { parseAssignment } from './expressions.ts';
import { isStatementKeyword, parseBlock, parseStatement } from './statements.ts';
import { parseTypeName } from './types.ts';

/** Parses the arguments of the group at `open`, and stands after it. Returns the first one; sets argumentFlag. */
export const parseArguments = (p: Parser, open: number): number => {
  const close = p.close[open] as number;
  if (p.kind[close] !== Token.CloseParen && !(p.isFragment && close >= p.end)) p.fail('unclosed (', open);
  p.enter();
  p.at = open + 1;
  let first = 0;
  let last = 0;
  let flag = 0;
  while (p.at < close) {
    const k = p.kind[p.at] as number;
    let argument: number;
    if (k === Token.Comma) argument = p.node(Kind.Empty, p.at, 0, 0, 0, 0);
    else {
      argument = parseArgument(p, k, close);
      const kind = p.nodes.kind[argument];
      if (kind === Kind.TypeArgument || kind === Kind.BlockArgument) flag = 1;
    }
    if (first === 0) first = argument;
    else p.nodes.next[last] = argument;
    last = argument;
    if (p.kind[p.at] === Token.Comma) p.at++;
  }
  p.depth--;
  p.at = close + (close < p.end ? 1 : 0);
  p.argumentFlag = flag;
  return first;
};

/** Parses one argument, and stands on the comma after it or on `close`. What is no C becomes a nameless Stringify. */
const parseArgument = (p: Parser, k: number, close: number): number => {
  const start = p.at;
  const depth = p.depth;
  let argument: number;
  try {
    if (k === Token.Identifier) {
      argument = isTypeArgument(p, start, close) ? parseTypeArgument(p) : parseAssignment(p);
    } else if (k === Token.OpenBrace) {
      argument = p.node(Kind.BlockArgument, start, 0, parseBlock(p), 0, 0);
    } else if (isTypeStart(k) && !(k === Token.Extension && !isTypeStart(p.kind[start + 1] as number))) {
      argument = parseTypeArgument(p);
    } else if (isStatementKeyword(k)) {
      argument = parseStatements(p, 0, start, close);
    } else argument = parseAssignment(p);
    if (p.at < close && p.kind[p.at] === Token.Semicolon)
      argument = parseStatements(p, argument, start, close);
  } catch (error) {
    asFailure(error);
    p.depth = depth;
    p.at = start;
    argument = 0;
  }
  if (p.at < close && p.kind[p.at] === Token.Comma && argument !== 0) return argument;
  if (p.at !== close || argument === 0) {
    p.at = Math.max(skipToComma(p, start, close), Math.min(p.at, close));
    if (p.at < close && p.kind[p.at] !== Token.Comma) p.at = skipToComma(p, p.at, close);
    if (argument === 0) return p.node(Kind.Stringify, start, 0, 0, 0, 0);
  }
  return argument;
};

/** Whether the identifier at `start` begins a type: `u32`, `foo_t *`, `foo_t x`. */
const isTypeArgument = (p: Parser, start: number, close: number): boolean => {
  const next = p.kind[start + 1] as number;
  if (next === Token.Identifier) return true;
  if (next === Token.Comma || next === Token.CloseParen) {
    return start + 1 <= close && (p.flagsOf(start) & NameFlag.Type) !== 0;
  }
  if (next !== Token.Star) return false;
  let i = start + 2;
  while (p.kind[i] === Token.Star) i++;
  return i === close || p.kind[i] === Token.Comma;
};

const parseTypeArgument = (p: Parser): number => {
  const token = p.at;
  const type = parseTypeName(p);
  const k = p.kind[p.at] as number;
  // typeof(x)(y) and the like cannot be told from a declaration; what follows is left alone.
  if (k === Token.Identifier) p.at++;
  if (p.kind[p.at] === Token.Assign) {
    p.at++;
    parseAssignment(p);
  }
  return p.node(Kind.TypeArgument, token, 0, type, 0, 0);
};

/** `return -EINTR` as an argument: the comma after it is not its own. */
const parseReturn = (p: Parser): number => {
  const token = p.at++;
  const k = p.kind[p.at] as number;
  const isEmpty = k === Token.Comma || k === Token.CloseParen || k === Token.Semicolon;
  const value = isEmpty ? 0 : parseAssignment(p);
  if (p.kind[p.at] === Token.Semicolon) p.at++;
  return p.node(Kind.Return, token, 0, value, 0, 0);
};

/** Statements as an argument; `first` is an expression before the semicolon where one was parsed already. */
const parseStatements = (p: Parser, first: number, start: number, close: number): number => {
  let head = 0;
  let tail = 0;
  if (first !== 0) {
    const kind = p.nodes.kind[first] as number;
    head =
      kind === Kind.BlockArgument || kind === Kind.TypeArgument
        ? 0
        : p.node(Kind.ExpressionStatement, start, 0, first, 0, 0);
    tail = head;
    p.at++;
  }
  while (p.at < close && p.kind[p.at] !== Token.Comma) {
    const before = p.at;
    const statement = p.kind[before] === Token.Return ? parseReturn(p) : parseStatement(p);
    if (p.at === before) p.fail('expected a statement');
    if (head === 0) head = statement;
    else p.nodes.next[tail] = statement;
    tail = statement;
  }
  const block = p.node(Kind.Block, start, 0, head, close, 0);
  return p.node(Kind.BlockArgument, start, 0, block, 0, 0);
};
