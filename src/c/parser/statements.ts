/** Statements. */
import { Kind } from '../ast.ts';
import { isTypeStart, Token } from '../token.ts';
import { NameFlag } from '../word-shapes.ts';
import { parseArguments } from './arguments.ts';
import { parseAsm } from './asm.ts';
import { parseConditionOf } from './conditions.ts';
import { asFailure, MAX_CHAIN, type Parser } from './cursor.ts';
import { isDeclaration, parseLocalDeclaration } from './declarations.ts';
import { parseConditional, parseExpression } from './expressions.ts';
import { parseInitializerList } from './initializers.ts';

/** Whether a keyword begins a statement that is no declaration and no asm. */
export const isStatementKeyword = (k: number): boolean => k >= Token.If && k <= Token.Return;

/** { statements } */
export const parseBlock = (p: Parser): number => {
  const open = p.at;
  if (p.kind[open] !== Token.OpenBrace) p.fail('expected {');
  p.enter();
  p.at = open + 1;
  const first = parseStatementList(p);
  const end = p.at;
  p.expect(Token.CloseBrace, 'unclosed {');
  p.depth--;
  return p.node(Kind.Block, open, 0, first, end, 0);
};

/** Statements up to a closing brace, the end, or the end of an #if arm. */
export const parseStatementList = (p: Parser): number => {
  let first = 0;
  let last = 0;
  for (;;) {
    const k = p.kind[p.at] as number;
    if (k === Token.CloseBrace || k === Token.End) {
      if (k === Token.CloseBrace && p.isFragment && p.depth === 0) {
        // A surplus brace ends what began before the fragment.
        p.at++;
        continue;
      }
      return first;
    }
    if (k >= Token.HashElif && k <= Token.HashEndif) return first;
    const statement = p.isFragment ? parseFragmentStatement(p) : parseStatement(p);
    if (statement === 0) continue;
    if (first === 0) first = statement;
    else p.nodes.next[last] = statement;
    last = statement;
  }
};

/** In a fragment a statement that can't be parsed costs only itself. */
const parseFragmentStatement = (p: Parser): number => {
  const start = p.at;
  const depth = p.depth;
  let failed = start;
  try {
    const statement = parseStatement(p);
    if (p.at > start) return statement;
  } catch (error) {
    const { reason, token } = asFailure(error);
    p.report(reason, token);
    p.depth = depth;
    // What was read once is not read again, or deep nesting would cost its square.
    failed = Math.max(start, token, p.at);
  }
  p.at = skipStatement(p, failed);
  return 0;
};

/** The token after the statement at `start`: after its semicolon, or on a brace. */
const skipStatement = (p: Parser, start: number): number => {
  let i = start;
  while (i < p.end) {
    const k = p.kind[i] as number;
    if (k === Token.Semicolon) return i + 1;
    if (i > start && (k === Token.OpenBrace || k === Token.CloseBrace || isStatementKeyword(k))) return i;
    i =
      k === Token.OpenParen || k === Token.OpenBracket ? Math.max(i + 1, Math.min(p.after(i), p.end)) : i + 1;
  }
  return p.end;
};

/** One statement; never 0. */
export const parseStatement = (p: Parser): number => {
  const token = p.at;
  const k = p.kind[token] as number;
  if (k === Token.Identifier) {
    const next = p.kind[token + 1] as number;
    if (next === Token.OpenParen || next <= Token.Char || next === Token.Star || next >= Token.TypeWord) {
      if (isDeclaration(p, token)) return parseLocalDeclaration(p);
      if (next === Token.OpenParen) return parseCallStatement(p);
    } else if (next === Token.Colon) {
      p.at = token + 2;
      while (p.kind[p.at] === Token.Attribute) {
        p.at++;
        if (p.kind[p.at] === Token.OpenParen) p.at = p.after(p.at);
      }
      return p.node(Kind.Label, token, p.name[token] as number, 0, 0, 0);
    }
    return parseExpressionStatement(p);
  }
  if (k < Token.HashIf) {
    if (k === Token.OpenBrace) return parseBlock(p);
    if (k === Token.Semicolon) {
      p.at = token + 1;
      return p.node(Kind.Empty, token, 0, 0, 0, 0);
    }
    return parseExpressionStatement(p);
  }
  if (isTypeStart(k)) {
    if (k === Token.Attribute) return parseAttributeStatement(p);
    if (k === Token.Extension && !isTypeStart(p.kind[token + 1] as number))
      return parseExpressionStatement(p);
    return parseLocalDeclaration(p);
  }
  p.enter();
  const statement = parseKeywordStatement(p, token, k);
  p.depth--;
  return statement;
};

const parseKeywordStatement = (p: Parser, token: number, k: number): number => {
  switch (k) {
    case Token.If:
      return parseIf(p);
    case Token.While: {
      p.at = token + 1;
      const condition = parseParenthesised(p);
      return p.node(Kind.While, token, 0, condition, parseBody(p), 0);
    }
    case Token.Do: {
      p.at = token + 1;
      const body = parseBody(p);
      if (p.kind[p.at] !== Token.While) {
        if (p.kind[p.at] === Token.Identifier && p.kind[p.at + 1] === Token.OpenParen) {
          // } while_each_thread(g, t); a macro brings the while.
          const condition = parseConditional(p);
          endStatement(p);
          return p.node(Kind.DoWhile, token, 0, condition, body, 0);
        }
        if (p.inMacro || p.isFragment) return p.node(Kind.DoWhile, token, 0, 0, body, 0);
        p.fail('expected while of do');
      }
      p.at++;
      const condition = parseParenthesised(p);
      endStatement(p);
      return p.node(Kind.DoWhile, token, 0, condition, body, 0);
    }
    case Token.For:
      return parseFor(p);
    case Token.Switch: {
      p.at = token + 1;
      const value = parseParenthesised(p);
      return p.node(Kind.Switch, token, 0, value, parseBody(p), 0);
    }
    case Token.Case: {
      p.at = token + 1;
      const low = parseConditional(p);
      let high = 0;
      if (p.kind[p.at] === Token.Ellipsis) {
        p.at++;
        high = parseConditional(p);
      }
      p.expect(Token.Colon, 'expected : of case');
      return p.node(Kind.Case, token, 0, low, high, 0);
    }
    case Token.Default:
      p.at = token + 1;
      p.expect(Token.Colon, 'expected : of default');
      return p.node(Kind.Default, token, 0, 0, 0, 0);
    case Token.Goto: {
      p.at = token + 1;
      if (p.kind[p.at] === Token.Star) {
        p.at++;
        const target = parseExpression(p);
        endStatement(p);
        return p.node(Kind.ComputedGoto, token, 0, target, 0, 0);
      }
      const label = p.at;
      p.expect(Token.Identifier, 'expected a label');
      endStatement(p);
      return p.node(Kind.Goto, token, p.name[label] as number, 0, 0, 0);
    }
    case Token.Break:
    case Token.Continue:
      p.at = token + 1;
      endStatement(p);
      return p.node(k === Token.Break ? Kind.Break : Kind.Continue, token, 0, 0, 0, 0);
    case Token.Return: {
      p.at = token + 1;
      const next = p.kind[p.at] as number;
      const isEmpty =
        next === Token.Semicolon || next === Token.CloseParen || next === Token.Comma || next === Token.End;
      const value = isEmpty ? 0 : next === Token.OpenBrace ? parseInitializerList(p) : parseExpression(p);
      endStatement(p);
      return p.node(Kind.Return, token, 0, value, 0, 0);
    }
    case Token.Asm:
      return parseAsm(p);
    case Token.StaticAssert: {
      p.at = token + 1;
      const condition = p.kind[p.at] === Token.OpenParen ? parseStaticAssert(p) : 0;
      endStatement(p);
      return p.node(Kind.StaticAssert, token, 0, condition, 0, 0);
    }
    case Token.LabelDeclaration:
      while (p.kind[p.at] !== Token.Semicolon && p.at < p.end) p.at++;
      endStatement(p);
      return p.node(Kind.Empty, token, 0, 0, 0, 0);
    case Token.HashIf:
      return parsePreprocessorIf(p);
    case Token.Else:
      if (p.isFragment) {
        // Its if is before the fragment: both ways are possible, the body is read.
        p.at = token + 1;
        return parseStatement(p);
      }
      return p.fail('else without if');
    default:
      return parseExpressionStatement(p);
  }
};

/** The condition of a static assertion at its (; stands after it. */
const parseStaticAssert = (p: Parser): number => {
  const close = p.after(p.at);
  p.at++;
  const condition = parseConditional(p);
  p.at = close;
  return condition;
};

/** The body of if, while, for, a MacroBlock: a statement, or nothing where a macro's header ends. */
const parseBody = (p: Parser): number => {
  const k = p.kind[p.at] as number;
  if ((k === Token.End && (p.inMacro || p.isFragment)) || (k === Token.CloseParen && p.inMacro)) {
    p.headerOpen = true;
    return p.node(Kind.Empty, p.at, 0, 0, 0, 0);
  }
  if (k === Token.CloseBrace || k === Token.HashEndif || k === Token.HashElse || k === Token.HashElif) {
    if (!p.isFragment) p.fail('expected a statement');
    return p.node(Kind.Empty, p.at, 0, 0, 0, 0);
  }
  let statement = parseStatement(p);
  // A label or case belongs to the statement after it.
  let kind = p.nodes.kind[statement] as number;
  if (kind === Kind.Label || kind === Kind.Case || kind === Kind.Default) {
    const first = statement;
    const token = p.nodes.token[first] as number;
    let last = statement;
    while (kind === Kind.Label || kind === Kind.Case || kind === Kind.Default) {
      if (p.kind[p.at] === Token.CloseBrace || p.kind[p.at] === Token.End) break;
      statement = parseStatement(p);
      kind = p.nodes.kind[statement] as number;
      p.nodes.next[last] = statement;
      last = statement;
    }
    return p.node(Kind.Block, token, 0, first, p.at - 1, 0);
  }
  return statement;
};

/** ( condition ) */
const parseParenthesised = (p: Parser): number => {
  const open = p.at;
  if (p.kind[open] !== Token.OpenParen) {
    // if FOO(x): a macro brings the parentheses.
    if (p.kind[open] === Token.Identifier) return parseConditional(p);
    p.fail('expected (');
  }
  p.at++;
  const condition = parseExpression(p);
  p.expect(Token.CloseParen, 'expected ) of a condition');
  return condition;
};

/** if, with its else-ifs in a loop: chains of them are long in generated code. */
const parseIf = (p: Parser): number => {
  let first = 0;
  let previous = 0;
  for (let length = 0; ; length++) {
    if (length > MAX_CHAIN) p.fail('too many else-ifs');
    const token = p.at++;
    const condition = parseParenthesised(p);
    const then = parseBody(p);
    const node = p.node(Kind.If, token, 0, condition, then, 0);
    if (first === 0) first = node;
    else p.nodes.c[previous] = node;
    if (p.kind[p.at] !== Token.Else) return first;
    p.at++;
    if (p.kind[p.at] !== Token.If) {
      p.nodes.c[node] = parseBody(p);
      return first;
    }
    previous = node;
  }
};

const parseFor = (p: Parser): number => {
  const token = p.at++;
  p.expect(Token.OpenParen, 'expected ( of for');
  let init = 0;
  let k = p.kind[p.at] as number;
  if (k === Token.Semicolon) p.at++;
  else if (isTypeStart(k) || (k === Token.Identifier && isDeclaration(p, p.at)))
    init = parseLocalDeclaration(p);
  else {
    init = parseExpression(p);
    p.expect(Token.Semicolon, 'expected ; of for');
  }
  const condition = p.kind[p.at] === Token.Semicolon ? 0 : parseExpression(p);
  k = p.kind[p.at] as number;
  p.expect(Token.Semicolon, 'expected second ; of for');
  const step = p.kind[p.at] === Token.CloseParen ? 0 : parseExpression(p);
  p.expect(Token.CloseParen, 'expected ) of for');
  const rest = p.node(Kind.ForRest, token, 0, step, parseBody(p), 0);
  return p.node(Kind.For, token, 0, init, condition, rest);
};

/** name(args) …: a call, a macro that a body follows, or a macro without semicolon. */
const parseCallStatement = (p: Parser): number => {
  const token = p.at;
  const open = token + 1;
  const after = p.after(open);
  const k = p.kind[after] as number;
  if (k === Token.OpenBrace) {
    const call = parseHeaderCall(p);
    return p.node(Kind.MacroBlock, token, 0, call, parseNested(p), 0);
  }
  const isIterator = (p.flagsOf(token) & NameFlag.Iterator) !== 0;
  const startsStatement =
    ((k === Token.Increment ||
      k === Token.Decrement ||
      (isIterator && (k === Token.Star || k === Token.OpenParen))) &&
      !p.sameLine(after - 1, after)) ||
    k === Token.Identifier ||
    isStatementKeyword(k) ||
    k === Token.Asm ||
    (k >= Token.TypeWord && k <= Token.NoReturn);
  if (
    startsStatement &&
    k !== Token.Else &&
    k !== Token.Case &&
    k !== Token.Default &&
    !isStringMacro(p, after)
  ) {
    const isBody = isIterator
      ? p.columnOf(after) > p.columnOf(token) ||
        p.sameLine(after - 1, after) ||
        k === Token.If ||
        k === Token.For
      : p.columnOf(after) > p.columnOf(token) && !p.sameLine(after - 1, after);
    if (isBody && isLineStart(p, token)) {
      const call = parseHeaderCall(p);
      return p.node(Kind.MacroBlock, token, 0, call, parseNested(p), 0);
    }
  }
  return parseExpressionStatement(p);
};

/** The call alone: what follows it is the body, even where it could go on as an expression (++x). */
const parseHeaderCall = (p: Parser): number => {
  const token = p.at;
  const callee = p.node(Kind.Identifier, token, p.name[token] as number, 0, 0, 0);
  const first = parseArguments(p, token + 1);
  return p.node(Kind.Call, token, 0, callee, first, p.argumentFlag);
};

/** A body one level down. */
const parseNested = (p: Parser): number => {
  p.enter();
  const body = parseBody(p);
  p.depth--;
  return body;
};

/** Whether a token is the first of its line, or of a one-line construct whose indentation says nothing. */
const isLineStart = (p: Parser, token: number): boolean =>
  token === 0 || !p.sameLine(token - 1, token) || p.inMacro;

const isStringMacro = (p: Parser, token: number): boolean => p.kind[token + 1] === Token.String;

const parseAttributeStatement = (p: Parser): number => {
  const token = p.at;
  const after = p.kind[token + 1] === Token.OpenParen ? p.after(token + 1) : token + 1;
  if (p.kind[after] === Token.Semicolon) {
    p.at = after + 1;
    return p.node(Kind.Empty, token, 0, 0, 0, 0);
  }
  return parseLocalDeclaration(p);
};

const parseExpressionStatement = (p: Parser): number => {
  const token = p.at;
  const expression = parseExpression(p);
  endStatement(p, expression);
  return p.node(Kind.ExpressionStatement, token, 0, expression, 0, 0);
};

/** The semicolon of a statement. Macros do without it before a brace, a keyword or another line. */
const endStatement = (p: Parser, expression = 0): void => {
  const k = p.kind[p.at] as number;
  if (k === Token.Semicolon) {
    p.at++;
    return;
  }
  if (k === Token.End || k === Token.CloseParen || k === Token.Comma) {
    if (k === Token.End || p.depth > 0) return;
  }
  if (expression !== 0) {
    const kind = p.nodes.kind[expression] as number;
    const isMacro = kind === Kind.Call || kind === Kind.Identifier;
    if (
      isMacro &&
      (k === Token.CloseBrace ||
        isStatementKeyword(k) ||
        k >= Token.HashIf ||
        !p.sameLine(p.at - 1, p.at) ||
        p.inMacro)
    )
      return;
    if (isMacro && k === Token.Identifier) return;
    if (k === Token.CloseBrace && p.inMacro) return;
  }
  p.fail('expected ;');
};

/** #if around whole statements. */
const parsePreprocessorIf = (p: Parser): number => {
  const token = p.at;
  let first = 0;
  let previous = 0;
  for (let length = 0; ; length++) {
    const k = p.kind[p.at] as number;
    if (length > MAX_CHAIN) p.fail('too many #elif');
    if (k === Token.HashIf || k === Token.HashElif) {
      const condition = parseConditionOf(p, p.at);
      const directive = p.at++;
      const then = parseStatementList(p);
      const node = p.node(Kind.PreprocessorIf, directive, 0, condition, then, 0);
      if (first === 0) first = node;
      else p.nodes.c[previous] = node;
      previous = node;
    } else if (k === Token.HashElse) {
      p.at++;
      p.nodes.c[previous] = parseStatementList(p);
    } else if (k === Token.HashEndif) {
      p.at++;
      return first;
    } else {
      if (p.isFragment && k === Token.End) return first;
      return p.fail('unclosed #if', token);
    }
  }
};
