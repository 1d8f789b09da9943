/** #define: parameters and a body that is parsed like a function's, wherever it is one. */
import { DefineFlag, Kind } from '../ast.ts';
import { matchBrackets } from '../brackets.ts';
import { isTypeStart, Token } from '../token.ts';
import { Directive } from '../tokens.ts';
import { asFailure, type Parser } from './cursor.ts';
import { isDeclaration } from './declarations.ts';
import { parseExpression } from './expressions.ts';
import { parseInitializerList, parseItem } from './initializers.ts';
import { isStatementKeyword, parseStatementList } from './statements.ts';

/** Makes the Define and Include nodes of all directives that are read. Returns the first (list). */
export const parseDirectives = (p: Parser): number => {
  const { directives } = p.tokens;
  const { nodes } = p;
  let first = 0;
  let last = 0;
  for (let i = 0; i < directives.count; i++) {
    const kind = directives.kind(i);
    if (kind === Directive.Removed || kind >= Directive.If) continue;
    const node = parseDirective(p, i, kind);
    if (first === 0) first = node;
    else nodes.next[last] = node;
    last = node;
  }
  return first;
};

const parseDirective = (p: Parser, directive: number, kind: number): number => {
  const { directives } = p.tokens;
  const name = directives.name(directive);
  if (kind === Directive.Define) return parseDefine(p, directive);
  const token = addToken(p, directive);
  if (kind === Directive.Include) return p.node(Kind.Include, token, name, 0, 0, 0);
  if (kind === Directive.Undef) return p.node(Kind.Define, token, name, 0, 0, DefineFlag.Undef);
  const number = p.node(Kind.Number, token, directives.end(directive), 0, 0, 0);
  return p.node(Kind.Define, token, name, 0, number, DefineFlag.Constant);
};

/** A token for what a directive names, so that its node has a place. */
const addToken = (p: Parser, directive: number): number => {
  const { tokens } = p;
  const { directives } = tokens;
  if (tokens.count + 2 >= tokens.kind.length) {
    tokens.grow();
    p.refresh();
  }
  const token = tokens.count++;
  let start = directives.start(directive);
  if (directives.kind(directive) === Directive.Define)
    start -= (p.interner.names[directives.name(directive)] as string).length;
  tokens.kind[token] = Token.Identifier;
  tokens.name[token] = directives.name(directive);
  tokens.start[token] = start;
  const column = Math.max(1, start - directives.lineStart(directive) + 1);
  tokens.position[token] = (Math.min(directives.line(directive), 0x1fffff) << 10) | Math.min(column, 0x3ff);
  return token;
};

const parseDefine = (p: Parser, directive: number): number => {
  const { tokens } = p;
  const { directives } = tokens;
  const token = addToken(p, directive);
  const name = directives.name(directive);
  const start = directives.start(directive);
  const from = tokens.count;
  p.lexer.lexDirective(
    start,
    directives.end(directive),
    directives.line(directive),
    directives.lineStart(directive),
  );
  p.refresh();
  joinPasted(p, from);
  p.end = tokens.count - 1;
  matchBrackets(tokens, from, p.end);
  p.at = from;
  p.depth = 0;
  p.functionName = 0;
  p.inMacro = true;
  p.headerOpen = false;

  let flags = 0;
  let parameters = 0;
  if (p.kind[from] === Token.OpenParen && tokens.start[from] === start) {
    flags |= DefineFlag.FunctionLike;
    parameters = parseMacroParameters(p, from);
    if (p.variadicMacro) flags |= DefineFlag.Variadic;
  }
  let body = 0;
  if (p.at < p.end) {
    const { count } = p.nodes;
    try {
      body = parseMacroBody(p);
      if (p.at < p.end) p.fail('not whole statements');
    } catch (error) {
      asFailure(error);
      p.nodes.count = count;
      body = 0;
      flags |= DefineFlag.Unparsed;
    }
  }
  if (body !== 0 && p.headerOpen) flags |= DefineFlag.Header;
  p.inMacro = false;
  return p.node(Kind.Define, token, name, parameters, body, flags);
};

/** (a, b, rest...) */
const parseMacroParameters = (p: Parser, open: number): number => {
  const close = p.close[open] as number;
  let first = 0;
  let last = 0;
  p.variadicMacro = false;
  for (let i = open + 1; i < close; i++) {
    const k = p.kind[i] as number;
    let name: number;
    if (k === Token.Ellipsis) {
      p.variadicMacro = true;
      if (p.kind[i - 1] !== Token.Comma && i !== open + 1) continue;
      name = p.interner.internText('__VA_ARGS__');
    } else if (k === Token.Identifier || k >= Token.TypeWord) name = p.name[i] as number;
    else continue;
    const parameter = p.node(Kind.Parameter, i, name, 0, 0, 0);
    if (first === 0) first = parameter;
    else p.nodes.next[last] = parameter;
    last = parameter;
  }
  p.at = p.after(open);
  return first;
};

const parseMacroBody = (p: Parser): number => {
  const start = p.at;
  const k = p.kind[start] as number;
  if (k === Token.OpenBrace && looksLikeInitializer(p, start)) return parseInitializerList(p);
  if (k === Token.Dot || k === Token.OpenBracket) return parseItems(p);
  if (k === Token.OpenBrace && p.kind[p.after(start)] === Token.Comma) return parseItems(p);
  const isStatements =
    isStatementKeyword(k) ||
    k === Token.OpenBrace ||
    k === Token.Asm ||
    k === Token.StaticAssert ||
    k === Token.Semicolon ||
    (isTypeStart(k) && endsLikeStatement(p)) ||
    (k === Token.Identifier &&
      (isMacroWithBody(p, start) || (isDeclaration(p, start) && endsLikeStatement(p))));
  if (isStatements) return parseStatements(p, 0);
  const expression = parseExpression(p);
  if (p.at >= p.end) return expression;
  if (p.kind[p.at] === Token.Semicolon) return parseStatements(p, expression);
  // MACRO(a) MACRO(b): uses without semicolons
  if (p.nodes.kind[expression] === Kind.Call) return parseStatements(p, expression);
  return p.fail('not an expression');
};

/** Items of a table without its braces: .open = f, .close = g */
const parseItems = (p: Parser): number => {
  const token = p.at;
  let first = 0;
  let last = 0;
  while (p.at < p.end) {
    const item = parseItem(p);
    if (first === 0) first = item;
    else p.nodes.next[last] = item;
    last = item;
    const isUse = p.nodes.kind[item] === Kind.Call || p.nodes.kind[item] === Kind.Identifier;
    if (p.kind[p.at] === Token.Comma) p.at++;
    else if (!isUse) break;
  }
  return p.node(Kind.InitializerList, token, 0, first, 0, 0);
};

const endsLikeStatement = (p: Parser): boolean => {
  const last = p.kind[p.end - 1];
  return (
    last === Token.Semicolon ||
    last === Token.CloseBrace ||
    p.kind[p.end - 2] === Token.Assign ||
    hasSemicolon(p)
  );
};

const hasSemicolon = (p: Parser): boolean => {
  let i = p.at;
  while (i < p.end) {
    const k = p.kind[i] as number;
    if (k === Token.Semicolon || k === Token.Assign) return true;
    i =
      k === Token.OpenParen || k === Token.OpenBracket || k === Token.OpenBrace
        ? Math.max(i + 1, p.after(i))
        : i + 1;
  }
  return false;
};

/** name(args) and then more that is not an operator. */
const isMacroWithBody = (p: Parser, token: number): boolean => {
  if (p.kind[token + 1] === Token.Colon) return true;
  if (p.kind[token + 1] !== Token.OpenParen) return false;
  const k = p.kind[p.after(token + 1)] as number;
  return k === Token.OpenBrace || isStatementKeyword(k);
};

const looksLikeInitializer = (p: Parser, open: number): boolean => {
  const k = p.kind[open + 1] as number;
  if (k === Token.Dot || k === Token.OpenBracket || k === Token.OpenBrace || k === Token.CloseBrace)
    return true;
  const after = k === Token.OpenParen ? p.after(open + 1) : open + 2;
  const second = p.kind[after] as number;
  if (k === Token.Identifier && second === Token.OpenParen) return p.kind[p.after(after)] === Token.Comma;
  return (
    second === Token.Comma ||
    second === Token.CloseBrace ||
    (k === Token.Ampersand && !hasSemicolonIn(p, open))
  );
};

const hasSemicolonIn = (p: Parser, open: number): boolean => {
  const close = p.close[open] as number;
  for (let i = open; i < close; i++) if (p.kind[i] === Token.Semicolon) return true;
  return false;
};

const parseStatements = (p: Parser, expression: number): number => {
  const token = expression === 0 ? p.at : (p.nodes.token[expression] as number);
  let first = 0;
  p.enter();
  if (expression !== 0) {
    first = p.node(Kind.ExpressionStatement, token, 0, expression, 0, 0);
    if (p.kind[p.at] === Token.Semicolon) p.at++;
    p.nodes.next[first] = parseStatementList(p);
  } else first = parseStatementList(p);
  p.depth--;
  return p.node(Kind.Block, token, 0, first, p.end, 0);
};

/** a ## b -> one identifier 'a##b', whose value nobody knows; `, ## args` -> `, args`. */
const joinPasted = (p: Parser, from: number): void => {
  const { kind, name, start, position } = p.tokens;
  const count = p.tokens.count;
  let hasPaste = false;
  for (let i = from; i < count; i++) if (kind[i] === Token.HashHash) hasPaste = true;
  if (!hasPaste) return;
  let to = from;
  for (let i = from; i < count; i++) {
    if (kind[i] === Token.HashHash) {
      const before = to - 1;
      if (before < from || i + 1 >= count - 1) continue;
      const left = kind[before] as number;
      const right = kind[i + 1] as number;
      if (isWord(left) && isWord(right)) {
        kind[before] = Token.Identifier;
        const text = `${p.interner.names[name[before] as number]}##${p.interner.names[name[i + 1] as number]}`;
        name[before] = p.interner.internText(text.length < MAX_PASTED ? text : '##');
        i++;
      } else if (isWord(right) && left !== Token.Comma) {
        // - ## x: an operator or number is made
        continue;
      }
      continue;
    }
    kind[to] = kind[i] as number;
    name[to] = name[i] as number;
    start[to] = start[i] as number;
    position[to] = position[i] as number;
    to++;
  }
  p.tokens.count = to;
};

const MAX_PASTED = 200;

const isWord = (k: number): boolean => k === Token.Identifier || k === Token.Number || k >= Token.TypeWord;
