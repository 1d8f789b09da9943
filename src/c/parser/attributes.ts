/** Attributes and annotations: __attribute__((x)), __must_hold(&l), __init, asm("name"). */
import { Kind } from '../ast.ts';
import { Token } from '../token.ts';
import { NameFlag } from '../word-shapes.ts';
import { parseArguments } from './arguments.ts';
import type { Parser } from './cursor.ts';

/** Parses the attribute or annotation at the next token, with its arguments. Returns an Attribute node. */
export const parseAttribute = (p: Parser): number => {
  const token = p.at;
  const name = p.name[token] as number;
  p.at = token + 1;
  // asm volatile ("x")
  while (p.kind[p.at] === Token.Qualifier) p.at++;
  // __noreturn (*f)(x): the parentheses are the declarator's.
  const inner = p.kind[p.at + 1] as number;
  const isPointer = inner === Token.Star || (inner === Token.Identifier && p.kind[p.at + 2] === Token.Star);
  const after = isPointer ? p.kind[p.after(p.at)] : 0;
  const isDeclarator = after === Token.OpenParen || after === Token.OpenBracket;
  if (p.kind[p.at] !== Token.OpenParen || isDeclarator) return p.node(Kind.Attribute, token, name, 0, 0, 0);
  if (p.kind[token] === Token.Asm) {
    p.at = p.after(p.at);
    return p.node(Kind.Attribute, token, name, 0, 0, 0);
  }
  const open = p.at;
  if (p.kind[token] === Token.Attribute && p.kind[open + 1] === Token.OpenParen) {
    // The node is named after the first attribute in the double parentheses.
    const close = p.after(open);
    const inner = p.kind[open + 2] as number;
    const innerName =
      inner === Token.Identifier || inner >= Token.TypeWord ? (p.name[open + 2] as number) : name;
    p.at = close;
    return p.node(Kind.Attribute, token, innerName, 0, 0, 0);
  }
  const first = parseArguments(p, open);
  return p.node(Kind.Attribute, token, name, first, 0, 0);
};

/** Attributes after a declarator, up to its `=`, `,`, `;` or body. Returns the first one. */
export const parseAttributes = (p: Parser): number => {
  let first = 0;
  let last = 0;
  for (;;) {
    const k = p.kind[p.at] as number;
    if (k !== Token.Identifier && k !== Token.Attribute && k !== Token.Asm) return first;
    if (k === Token.Identifier && (p.flagsOf(p.at) & NameFlag.Annotation) === 0 && !isAttributePosition(p))
      return first;
    const attribute = parseAttribute(p);
    if (first === 0) first = attribute;
    else p.nodes.next[last] = attribute;
    last = attribute;
  }
};

/** Whether an identifier that is not spelled like an annotation can be nothing else. */
const isAttributePosition = (p: Parser): boolean => {
  const next = p.kind[p.at + 1] as number;
  const after = next === Token.OpenParen ? (p.kind[p.after(p.at + 1)] as number) : next;
  return (
    after === Token.Semicolon ||
    after === Token.Assign ||
    after === Token.Comma ||
    after === Token.OpenBrace ||
    (after === Token.Identifier && (next === Token.OpenParen || p.sameLine(p.at - 1, p.at))) || // else K&R's parameters
    after === Token.Attribute ||
    after === Token.CloseParen
  );
};
