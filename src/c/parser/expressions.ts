/** Expressions, by precedence climbing. */
import { Kind, Operator } from '../ast.ts';
import { isTypeStart, Token } from '../token.ts';
import { NameFlag } from '../word-shapes.ts';
import { parseArguments } from './arguments.ts';
import { MAX_CHAIN, type Parser } from './cursor.ts';
import { parseInitializerList } from './initializers.ts';
import { parseBlock } from './statements.ts';
import { looksLikeType, parseTypeName } from './types.ts';

/** Precedence of binary operators; 0 for tokens that are none. */
const PRECEDENCE = new Uint8Array(256);
/** Operator of binary and compound assignment tokens. */
const OPERATOR = new Uint8Array(256);
for (const [token, precedence, operator] of [
  [Token.OrOr, 1, 0],
  [Token.AndAnd, 2, 0],
  [Token.Pipe, 3, Operator.Or],
  [Token.Caret, 4, Operator.Xor],
  [Token.Ampersand, 5, Operator.And],
  [Token.Equal, 6, Operator.Equal],
  [Token.NotEqual, 6, Operator.NotEqual],
  [Token.Less, 7, Operator.Less],
  [Token.Greater, 7, Operator.Greater],
  [Token.LessEqual, 7, Operator.LessEqual],
  [Token.GreaterEqual, 7, Operator.GreaterEqual],
  [Token.ShiftLeft, 8, Operator.ShiftLeft],
  [Token.ShiftRight, 8, Operator.ShiftRight],
  [Token.Plus, 9, Operator.Add],
  [Token.Minus, 9, Operator.Subtract],
  [Token.Star, 10, Operator.Multiply],
  [Token.Slash, 10, Operator.Divide],
  [Token.Percent, 10, Operator.Modulo],
  [Token.AddAssign, 0, Operator.Add],
  [Token.SubtractAssign, 0, Operator.Subtract],
  [Token.MultiplyAssign, 0, Operator.Multiply],
  [Token.DivideAssign, 0, Operator.Divide],
  [Token.ModuloAssign, 0, Operator.Modulo],
  [Token.ShiftLeftAssign, 0, Operator.ShiftLeft],
  [Token.ShiftRightAssign, 0, Operator.ShiftRight],
  [Token.AndAssign, 0, Operator.And],
  [Token.OrAssign, 0, Operator.Or],
  [Token.XorAssign, 0, Operator.Xor],
] as const) {
  PRECEDENCE[token] = precedence;
  OPERATOR[token] = operator;
}

const UNARY = new Uint8Array(256);
for (const [token, operator] of [
  [Token.Bang, Operator.Not],
  [Token.Tilde, Operator.BitNot],
  [Token.Minus, Operator.Negate],
  [Token.Plus, Operator.Plus],
  [Token.Ampersand, Operator.AddressOf],
  [Token.Star, Operator.Deref],
  [Token.Increment, Operator.PreIncrement],
  [Token.Decrement, Operator.PreDecrement],
] as const) {
  UNARY[token] = operator;
}

/** An expression with commas. */
export const parseExpression = (p: Parser): number => {
  let left = parseAssignment(p);
  for (let length = 0; p.kind[p.at] === Token.Comma; length++) {
    if (length > MAX_CHAIN) p.fail('expression too long');
    const comma = p.at++;
    left = p.node(Kind.Comma, comma, 0, left, parseAssignment(p), 0);
  }
  return left;
};

/** An expression without commas: an argument, an initializer. */
export const parseAssignment = (p: Parser): number => {
  p.enter();
  let left = parseBinary(p, 1);
  let k = p.kind[p.at] as number;
  if (k === Token.Question) {
    left = parseConditionalRest(p, left);
    k = p.kind[p.at] as number;
  }
  if (k >= Token.Assign && k <= Token.XorAssign) {
    const token = p.at++;
    const right = p.kind[p.at] === Token.OpenBrace ? parseInitializerList(p) : parseAssignment(p);
    left = p.node(Kind.Assign, token, 0, left, right, OPERATOR[k] as number);
  }
  p.depth--;
  return left;
};

/** What may stand where no assignment can: case labels, array sizes. */
export const parseConditional = (p: Parser): number => {
  p.enter();
  let left = parseBinary(p, 1);
  if (p.kind[p.at] === Token.Question) left = parseConditionalRest(p, left);
  p.depth--;
  return left;
};

const parseConditionalRest = (p: Parser, condition: number): number => {
  const token = p.at++;
  let then = 0;
  if (p.kind[p.at] !== Token.Colon) then = parseExpression(p);
  p.expect(Token.Colon, 'expected : of ?:');
  const otherwise = parseConditional(p);
  return p.node(Kind.Conditional, token, 0, condition, then, otherwise);
};

const parseBinary = (p: Parser, minimum: number): number => {
  let left = parseUnary(p);
  for (let length = 0; ; length++) {
    const token = p.at;
    const k = p.kind[token] as number;
    const precedence = PRECEDENCE[k] as number;
    if (precedence < minimum || precedence === 0) {
      if (k !== Token.Identifier || !p.inMacro || !startsOperand(p.kind[token + 1] as number)) return left;
      // (a) op (b), where op is a parameter of the macro
      if (length > MAX_CHAIN) p.fail('expression too long');
      p.at = token + 1;
      left = p.node(Kind.Binary, token, 0, left, parseBinary(p, 1), Operator.None);
      continue;
    }
    if (length > MAX_CHAIN) p.fail('expression too long');
    p.at = token + 1;
    const right = parseBinary(p, precedence + 1);
    if (precedence > 2) left = p.node(Kind.Binary, token, 0, left, right, OPERATOR[k] as number);
    else left = p.node(precedence === 2 ? Kind.LogicalAnd : Kind.LogicalOr, token, 0, left, right, 0);
  }
};

const parseUnary = (p: Parser): number => {
  const token = p.at;
  const k = p.kind[token] as number;
  if (k === Token.Identifier) {
    p.at = token + 1;
    const next = p.kind[token + 1] as number;
    if (next === Token.Identifier && isStringMacro(p, token)) {
      p.at = token;
      return parsePostfix(p, parseStrings(p));
    }
    const identifier = p.node(Kind.Identifier, token, p.name[token] as number, 0, 0, 0);
    // Most identifiers stand alone.
    if (
      next > Token.Decrement ||
      next === Token.CloseParen ||
      next === Token.Comma ||
      next === Token.Semicolon
    ) {
      return identifier;
    }
    return parsePostfix(p, identifier);
  }
  const operator = UNARY[k] as number;
  if (operator !== 0) {
    p.enter();
    p.at = token + 1;
    const operand = parseUnary(p);
    p.depth--;
    return p.node(Kind.Unary, token, 0, operand, 0, operator);
  }
  switch (k) {
    case Token.Number:
      p.at = token + 1;
      if (p.kind[token + 1] === Token.Identifier && !p.inMacro) skipStrings(p); // 128 KB, 0 LIST_OF_TERMS()
      return p.node(Kind.Number, token, p.name[token] as number, 0, 0, 0);
    case Token.String:
      return parsePostfix(p, parseStrings(p));
    case Token.Char:
      p.at = token + 1;
      return p.node(Kind.Char, token, p.name[token] as number, 0, 0, 0);
    case Token.OpenParen:
      return parseParenthesis(p);
    case Token.Sizeof:
      return parseSizeof(p);
    case Token.Offsetof:
      return parsePostfix(p, parseOffsetof(p));
    case Token.AndAnd:
      if (p.kind[token + 1] !== Token.Identifier) p.fail('expected a label after &&');
      p.at = token + 2;
      return p.node(Kind.LabelAddress, token, p.name[token + 1] as number, 0, 0, 0);
    case Token.Extension: {
      p.enter();
      p.at = token + 1;
      const operand = parseUnary(p);
      p.depth--;
      return operand;
    }
    case Token.Generic:
      return parsePostfix(p, parseGeneric(p));
    case Token.Hash:
      if (p.kind[token + 1] === Token.Identifier) {
        p.at = token + 2;
        return parsePostfix(p, p.node(Kind.Stringify, token, p.name[token + 1] as number, 0, 0, 0));
      }
      break;
    case Token.Typeof:
    case Token.TypeWord:
    case Token.Struct:
    case Token.Union:
    case Token.Enum:
      // A type where a value is expected: typeof(x)(y), or a macro's operand.
      return p.node(Kind.TypeArgument, token, 0, parseTypeName(p), 0, 0);
    case Token.Asm:
      // A macro or builtin that happens to be named like one.
      break;
  }
  return p.fail(k === Token.End ? 'unexpected end' : 'expected an expression');
};

/** Whether two names side by side are macros for string literals: KERN_INFO DRV_NAME "x". */
const isStringMacro = (p: Parser, token: number): boolean => {
  // A macro alone on its line, and the next line.
  const isAlone = p.columnOf(token) === p.columnOf(token + 1) && !p.sameLine(token, token + 1);
  if (isAlone) return false;
  if ((p.flagsOf(token) & NameFlag.Upper) === 0) {
    // timeout SECONDS_MULT;
    return (p.flagsOf(token + 1) & NameFlag.Upper) !== 0 && p.kind[token + 2] === Token.Semicolon;
  }
  return p.kind[token + 2] === Token.String || (p.flagsOf(token + 1) & NameFlag.Upper) !== 0;
};

/** Adjacent string literals, with macros that expand to literals between them. */
const parseStrings = (p: Parser): number => {
  const token = p.at;
  skipStrings(p);
  return p.node(Kind.String, token, 0, 0, 0, 0);
};

/** Stands after the last literal of a run: "a" PRIu64 "b" FORMAT(x) "c". */
const skipStrings = (p: Parser): void => {
  for (;;) {
    const k = p.kind[p.at] as number;
    if (k === Token.String) p.at++;
    else if (k === Token.Identifier) {
      p.at++;
      if (p.kind[p.at] === Token.OpenParen) p.at = p.after(p.at);
    } else if (k === Token.Hash && p.kind[p.at + 1] === Token.Identifier) p.at += 2;
    else return;
  }
};

const parsePostfix = (p: Parser, operand: number): number => {
  let left = operand;
  for (let length = 0; ; length++) {
    const token = p.at;
    const k = p.kind[token] as number;
    if (k > Token.Decrement) {
      // `#x` after a literal or a macro is a literal, too.
      if (k === Token.Hash && p.inMacro && p.nodes.kind[left] === Kind.Stringify) skipStrings(p);
      return left;
    }
    if (length > MAX_CHAIN) p.fail('expression too long');
    switch (k) {
      case Token.OpenParen: {
        const argumentsNode = parseArguments(p, token);
        left = p.node(Kind.Call, calleeToken(p, left, token), 0, left, argumentsNode, p.argumentFlag);
        break;
      }
      case Token.Arrow:
      case Token.Dot: {
        const field = p.at + 1;
        const named = p.kind[field] as number;
        if (named !== Token.Identifier && named < Token.TypeWord) {
          if (p.isFragment && field >= p.end) {
            p.at = field;
            return left;
          }
          if (p.inMacro && named === Token.OpenParen) {
            // x->(field) in a macro
            p.at = p.after(field);
            left = p.node(k === Token.Arrow ? Kind.Arrow : Kind.Member, token, 0, left, 0, 0);
            break;
          }
          p.fail('expected a field name');
        }
        p.at = field + 1;
        left = p.node(
          k === Token.Arrow ? Kind.Arrow : Kind.Member,
          token,
          p.name[field] as number,
          left,
          0,
          0,
        );
        break;
      }
      case Token.OpenBracket: {
        p.at = token + 1;
        const index = p.kind[p.at] === Token.CloseBracket ? 0 : parseExpression(p);
        if (p.kind[p.at] === Token.Ellipsis) {
          p.at++;
          parseExpression(p);
        }
        p.expect(Token.CloseBracket, 'expected ]');
        left = p.node(Kind.Index, token, 0, left, index, 0);
        break;
      }
      case Token.Increment:
        p.at = token + 1;
        left = p.node(Kind.Postfix, token, 0, left, 0, Operator.PostIncrement);
        break;
      case Token.Decrement:
        p.at = token + 1;
        left = p.node(Kind.Postfix, token, 0, left, 0, Operator.PostDecrement);
        break;
      case Token.String: {
        const kind = p.nodes.kind[left] as number;
        if (
          kind !== Kind.Identifier &&
          kind !== Kind.Call &&
          kind !== Kind.Stringify &&
          kind !== Kind.String
        ) {
          return left;
        }
        skipStrings(p);
        left = p.node(Kind.String, p.nodes.token[left] as number, 0, 0, 0, 0);
        break;
      }
      default:
        return left;
    }
  }
};

/** The name that a call is best known by. */
const calleeToken = (p: Parser, callee: number, open: number): number => {
  const kind = p.nodes.kind[callee];
  if (kind === Kind.Identifier) return p.nodes.token[callee] as number;
  if (kind === Kind.Arrow || kind === Kind.Member) return (p.nodes.token[callee] as number) + 1;
  return open;
};

/** ( starts a cast, a compound literal, a statement expression or a parenthesised expression. */
const parseParenthesis = (p: Parser): number => {
  const open = p.at;
  const first = p.kind[open + 1] as number;
  if (first === Token.OpenBrace) {
    p.enter();
    p.at = open + 1;
    const block = parseBlock(p);
    p.depth--;
    p.expect(Token.CloseParen, 'expected ) after a statement expression');
    return parsePostfix(p, p.node(Kind.StatementExpression, open, 0, block, 0, 0));
  }
  if (isCast(p, open, first)) {
    p.enter();
    p.at = open + 1;
    const type = parseTypeName(p);
    p.expect(Token.CloseParen, 'expected ) after a type');
    let cast: number;
    if (p.kind[p.at] === Token.OpenBrace) {
      cast = parsePostfix(p, p.node(Kind.CompoundLiteral, open, 0, type, parseInitializerList(p), 0));
    } else if (startsOperand(p.kind[p.at] as number)) {
      cast = p.node(Kind.Cast, open, 0, type, parseUnary(p), 0);
    } else {
      cast = p.node(Kind.TypeArgument, open, 0, type, 0, 0);
    }
    p.depth--;
    return cast;
  }
  p.enter();
  p.at = open + 1;
  const inner = parseExpression(p);
  p.expect(Token.CloseParen, 'expected )');
  p.depth--;
  return parsePostfix(p, inner);
};

const startsOperand = (k: number): boolean =>
  (k >= Token.Identifier && k <= Token.OpenParen) ||
  UNARY[k] !== 0 ||
  k === Token.AndAnd ||
  k === Token.Hash ||
  (k >= Token.Sizeof && k <= Token.Generic) ||
  k === Token.Extension ||
  k === Token.Typeof;

const isCast = (p: Parser, open: number, first: number): boolean => {
  if (isTypeStart(first)) return first !== Token.Extension || isTypeStart(p.kind[open + 2] as number);
  if (first !== Token.Identifier) return false;
  const close = p.close[open] as number;
  const after = p.kind[close + 1] as number;
  if (close === open + 2) {
    // (x): only what follows, or the name, can tell.
    if (after === Token.Identifier || after === Token.Number || after === Token.Char) return true;
    if (after === Token.Tilde || after === Token.Bang || after === Token.OpenBrace) return true;
    if (after === Token.Sizeof || after === Token.Offsetof || after === Token.Generic) return true;
    const name = p.name[open + 1] as number;
    if (after === Token.String) return isTypeName(p, name);
    if (after === Token.OpenParen || (UNARY[after] as number) !== 0) {
      if (isTypeName(p, name)) return true;
      // (a)(unsigned long)b
      if (after !== Token.OpenParen || !isOperandAfter(p, close + 1)) return false;
      const inner = p.kind[close + 2] as number;
      if (isTypeStart(inner)) return true;
      const isOneName = inner === Token.Identifier && p.kind[close + 3] === Token.CloseParen;
      return isOneName && isTypeName(p, p.name[close + 2] as number);
    }
    return false;
  }
  return looksLikeType(p, open + 1, close);
};

/** Whether an operand follows the group at `open`, so that it can only be a cast. */
const isOperandAfter = (p: Parser, open: number): boolean => {
  const k = p.kind[p.after(open)] as number;
  return k === Token.Identifier || k === Token.Number || k === Token.OpenParen || k === Token.Ampersand;
};

/** Whether a name alone is known, or spelled, as a type. */
const isTypeName = (p: Parser, name: number): boolean =>
  p.typedefs.has(name) || (p.interner.flagsOf(name) & NameFlag.Type) !== 0;

const parseSizeof = (p: Parser): number => {
  const token = p.at++;
  p.enter();
  let operand: number;
  const open = p.at;
  if (p.kind[open] === Token.OpenParen) {
    const close = p.close[open] as number;
    const first = p.kind[open + 1] as number;
    const isType =
      isTypeStart(first) ||
      (first === Token.Identifier &&
        (close === open + 2 ? isTypeName(p, p.name[open + 1] as number) : looksLikeType(p, open + 1, close)));
    if (isType && p.kind[close + 1] !== Token.OpenBrace) {
      p.at = open + 1;
      operand = parseTypeName(p);
      p.expect(Token.CloseParen, 'expected ) of sizeof');
    } else operand = parseUnary(p);
  } else operand = parseUnary(p);
  p.depth--;
  return p.node(Kind.Sizeof, token, 0, operand, 0, 0);
};

const parseOffsetof = (p: Parser): number => {
  const token = p.at++;
  const open = p.at;
  if (p.kind[open] !== Token.OpenParen)
    return p.node(Kind.Identifier, token, p.name[token] as number, 0, 0, 0);
  const close = p.close[open] as number;
  p.enter();
  p.at = open + 1;
  const type = parseTypeName(p);
  p.expect(Token.Comma, 'expected , of offsetof');
  const member = parseAssignment(p);
  p.depth--;
  p.at = close;
  p.expect(Token.CloseParen, 'expected ) of offsetof');
  return p.node(Kind.Offsetof, token, 0, type, member, 0);
};

const parseGeneric = (p: Parser): number => {
  const token = p.at++;
  const open = p.at;
  p.expect(Token.OpenParen, 'expected ( of _Generic');
  p.enter();
  const controlling = parseAssignment(p);
  let first = 0;
  let last = 0;
  while (p.kind[p.at] === Token.Comma) {
    p.at++;
    if (p.kind[p.at] === Token.Default) p.at++;
    else if (p.kind[p.at] === Token.Identifier && p.kind[p.at + 1] === Token.OpenParen) {
      // A macro that stands for associations: it has no value of its own.
      p.at = p.after(p.at + 1);
      continue;
    } else parseTypeName(p);
    if (p.kind[p.at] !== Token.Colon) continue;
    p.at++;
    const value = parseAssignment(p);
    if (first === 0) first = value;
    else p.nodes.next[last] = value;
    last = value;
  }
  p.depth--;
  if (p.at !== p.close[open]) p.fail('expected ) of _Generic');
  p.expect(Token.CloseParen, 'expected ) of _Generic');
  return p.node(Kind.Generic, token, 0, controlling, first, 0);
};
