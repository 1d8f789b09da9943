/** Initializers in braces, with designators old and new. */
import { Kind } from '../ast.ts';
import { Token } from '../token.ts';
import type { Parser } from './cursor.ts';
import { parseAssignment, parseConditional } from './expressions.ts';

/** An initializer: a list or an expression. */
export const parseInitializer = (p: Parser): number =>
  p.kind[p.at] === Token.OpenBrace
    ? parseInitializerList(p)
    : p.kind[p.at] === Token.Semicolon // the value is in a file that is included here
      ? 0
      : parseAssignment(p);

export const parseInitializerList = (p: Parser): number => {
  const open = p.at;
  const { nodes } = p;
  p.enter();
  p.at = open + 1;
  let first = 0;
  let last = 0;
  for (;;) {
    const token = p.at;
    const k = p.kind[token] as number;
    if (k === Token.CloseBrace) {
      p.at = token + 1;
      break;
    }
    if (k === Token.End) {
      if (!p.isFragment) p.fail('unclosed {', open);
      break;
    }
    if (k === Token.Comma) {
      p.at = token + 1;
      continue;
    }
    if (k >= Token.HashIf && k <= Token.HashEndif) {
      p.at = token + 1;
      continue;
    }
    let item: number;
    if (k === Token.Number && p.kind[token + 1] === Token.Comma) {
      item = p.node(Kind.Number, token, p.name[token] as number, 0, 0, 0);
      p.at = token + 2;
    } else {
      item = parseItem(p);
      const next = p.kind[p.at] as number;
      if (next === Token.Comma) p.at++;
      else if (next === Token.Semicolon) p.at++;
      else if (
        next !== Token.CloseBrace &&
        !isMacroUse(nodes.kind[item] as number) &&
        // The last items of two arms of an #if may lack their commas.
        p.sameLine(p.at - 1, p.at)
      )
        p.expect(Token.CloseBrace, 'expected } or , in initializer');
    }
    if (first === 0) first = item;
    else nodes.next[last] = item;
    last = item;
  }
  p.depth--;
  return p.node(Kind.InitializerList, open, 0, first, 0, 0);
};

/** Macros that expand to items with their comma need none after them. */
const isMacroUse = (kind: number): boolean =>
  kind === Kind.Call || kind === Kind.Identifier || kind === Kind.String || kind === Kind.InitializerList;

/** One item of a list, without the comma after it. */
export const parseItem = (p: Parser): number => {
  const token = p.at;
  const k = p.kind[token] as number;
  if (k === Token.OpenBrace) return parseInitializerList(p);
  if ((k === Token.Identifier || k >= Token.TypeWord) && p.kind[token + 1] === Token.Colon) {
    p.at = token + 2;
    const designator = p.node(Kind.Member, token, p.name[token] as number, 0, 0, 0);
    return p.node(Kind.Designated, token, 0, designator, parseInitializer(p), 0);
  }
  if (k !== Token.Dot && k !== Token.OpenBracket) return parseAssignment(p);
  const designator = parseDesignator(p);
  const next = p.kind[p.at] as number;
  if (next === Token.Assign) p.at++;
  else if (next === Token.Comma || next === Token.CloseBrace) {
    return p.node(Kind.Designated, token, 0, designator, 0, 0);
  }
  return p.node(Kind.Designated, token, 0, designator, parseInitializer(p), 0);
};

/** .a.b[1 ... 2].c as a chain of Member and Index over Absent. */
const parseDesignator = (p: Parser): number => {
  let chain = 0;
  for (;;) {
    const token = p.at;
    const k = p.kind[token];
    if (k === Token.Dot) {
      const field = token + 1;
      const named = p.kind[field] as number;
      if (named !== Token.Identifier && named < Token.TypeWord) p.fail('expected a field name');
      p.at = field + 1;
      chain = p.node(Kind.Member, field, p.name[field] as number, chain, 0, 0);
      // A macro that names the field: .MEMBER(x) = y
      if (p.kind[p.at] === Token.OpenParen) p.at = p.after(p.at);
    } else if (k === Token.OpenBracket) {
      p.at = token + 1;
      const index = parseConditional(p);
      if (p.kind[p.at] === Token.Ellipsis) {
        p.at++;
        parseConditional(p);
      }
      p.expect(Token.CloseBracket, 'expected ] of a designator');
      chain = p.node(Kind.Index, token, 0, chain, index, 0);
    } else return chain;
  }
};
