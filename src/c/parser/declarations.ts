/** Declarations inside functions, and what they share with those of files. */
import { Kind } from '../ast.ts';
import { isTypeStart, Token } from '../token.ts';
import { NameFlag } from '../word-shapes.ts';
import type { Parser } from './cursor.ts';
import { parseDeclarator } from './declarators.ts';
import { parseAssignment } from './expressions.ts';
import { parseInitializer } from './initializers.ts';
import { isStatementKeyword, parseBlock } from './statements.ts';
import { copyType } from './structs.ts';
import { parseSpecifiers } from './types.ts';

/** Whether a statement that begins with the identifier at `token` declares something. */
export const isDeclaration = (p: Parser, token: number): boolean => {
  const next = p.kind[token + 1] as number;
  switch (next) {
    case Token.Identifier:
      // A macro alone on its line is a statement.
      if (p.sameLine(token, token + 1)) return true;
      return (p.flagsOf(token) & NameFlag.Upper) === 0 && p.kind[token + 2] !== Token.Colon;
    case Token.Star: {
      // a * b as a statement can only declare b.
      let i = token + 2;
      while (p.kind[i] === Token.Star || p.kind[i] === Token.Qualifier || p.kind[i] === Token.Attribute) {
        i = p.kind[i] === Token.Attribute && p.kind[i + 1] === Token.OpenParen ? p.after(i + 1) : i + 1;
      }
      if (p.kind[i] === Token.OpenParen)
        return p.kind[i + 1] === Token.Star && p.kind[p.after(i)] === Token.OpenParen;
      return p.kind[i] === Token.Identifier;
    }
    case Token.OpenParen: {
      const open = token + 1;
      const after = p.after(open);
      const k = p.kind[after] as number;
      if (p.kind[open + 1] === Token.Star && p.kind[open + 2] === Token.Identifier) {
        // foo_t (*name)(int); foo_t (*name[2])(int)
        if (k !== Token.OpenParen && !(k === Token.OpenBracket && p.flagsOf(token) & NameFlag.Type))
          return false;
        const inner = p.kind[open + 3] as number;
        return inner === Token.CloseParen || inner === Token.OpenBracket;
      }
      // FOO(x) name = y, on one line: a type that a macro makes
      if (k === Token.Identifier && p.sameLine(after - 1, after)) {
        if ((p.flagsOf(token) & NameFlag.Iterator) !== 0) return false;
        const then = p.kind[after + 1] as number;
        return (
          then === Token.Assign ||
          then === Token.Semicolon ||
          then === Token.Comma ||
          then === Token.OpenBracket
        );
      }
      return k === Token.Star && p.kind[after + 1] === Token.Identifier && p.kind[after + 2] === Token.Assign;
    }
    case Token.Qualifier:
    case Token.Static:
    case Token.Extern:
    case Token.Register:
    case Token.Attribute:
      return true;
    default:
      return isTypeStart(next) && (next === Token.Inline || p.sameLine(token, token + 1));
  }
};

/**
 * A local declaration with its semicolon. Returns a Declaration, Typedef, TypeDeclaration, NestedFunction, or
 * an ExpressionStatement for `static FOO(x);`.
 */
export const parseLocalDeclaration = (p: Parser): number => {
  const start = p.at;
  const isTypedef = p.kind[start] === Token.Typedef;
  const type = parseSpecifiers(p, false);
  const flags = p.specifierFlags;
  const attributes = p.specifierAttributes;
  if (p.kind[p.at] === Token.Semicolon) {
    p.at++;
    if (type === 0 || p.nodes.a[type] === 0) return p.node(Kind.Empty, start, 0, 0, 0, 0);
    return p.node(Kind.TypeDeclaration, start, 0, type, 0, 0);
  }
  if (type === 0) {
    const next = p.kind[p.at + 1] as number;
    if (p.kind[p.at] === Token.Identifier && next !== Token.OpenParen) {
      // static x = 1: the int is implied.
      const first = parseDeclarators(p, p.node(Kind.Type, start, 0, 0, 0, 0), flags, attributes, false);
      p.expect(Token.Semicolon, 'expected ; after a declaration');
      return p.node(Kind.Declaration, start, 0, first, 0, 0);
    }
    // static DEFINE_MUTEX(x); static FOO(x) = { };
    const expression = parseAssignment(p);
    if (p.kind[p.at] === Token.OpenBrace) return parseNestedBody(p, start);
    p.expect(Token.Semicolon, 'expected ; after a declaration');
    return p.node(Kind.ExpressionStatement, start, 0, expression, 0, 0);
  }
  const first = parseDeclarators(p, type, flags, attributes, isTypedef);
  if (p.kind[p.at] === Token.OpenBrace) return parseNestedBody(p, start);
  if (p.kind[p.at] === Token.Semicolon) p.at++;
  else if (isStatementKeyword(p.kind[p.at] as number) && !p.sameLine(p.at - 1, p.at)) {
    // A macro after it brings the semicolon, or the code was never compiled.
  } else if (p.kind[p.at] !== Token.End && p.kind[p.at] !== Token.CloseParen)
    p.fail('expected ; after a declaration');
  return p.node(isTypedef ? Kind.Typedef : Kind.Declaration, start, 0, first, 0, 0);
};

const parseNestedBody = (p: Parser, start: number): number => {
  parseBlock(p);
  return p.node(Kind.NestedFunction, start, 0, 0, 0, 0);
};

/** Declarators with their initializers, up to what follows the last one. Returns the first. */
const parseDeclarators = (
  p: Parser,
  type: number,
  flags: number,
  attributes: number,
  isTypedef: boolean,
): number => {
  let first = 0;
  let last = 0;
  let own = type;
  for (;;) {
    const declarator = parseDeclarator(p, own, flags, attributes, false);
    if (p.nodes.name[declarator] === 0 && !p.isFragment) p.fail('expected a name');
    if (isTypedef) p.typedefs.add(p.nodes.name[declarator] as number);
    if (p.kind[p.at] === Token.Assign) {
      p.at++;
      p.nodes.b[declarator] = parseInitializer(p);
    } else if (p.kind[p.at] === Token.Colon && p.inMacro) p.fail('expected a declaration');
    if (first === 0) first = declarator;
    else p.nodes.next[last] = declarator;
    last = declarator;
    if (p.kind[p.at] !== Token.Comma) return first;
    p.at++;
    own = copyType(p, type);
  }
};
