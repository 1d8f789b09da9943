/** Bodies of structs, unions and enums. */
import { DeclaratorFlag, Kind } from '../ast.ts';
import { isTypeStart, Token } from '../token.ts';
import { NameFlag } from '../word-shapes.ts';
import { asFailure, type Parser, skipToComma } from './cursor.ts';
import { parseDeclarator } from './declarators.ts';
import { parseConditional } from './expressions.ts';
import { parseInitializer } from './initializers.ts';
import { parseSpecifiers } from './types.ts';

/**
 * Macros that stand for fields -> index of the argument with the name, of the one with the type (-1: the
 * macro's own name is the type), whether it is an array.
 */
const FIELD_MACROS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['DECLARE_BITMAP', [0, -1]],
  ['DECLARE_FLEX_ARRAY', [1, 0]],
  ['__DECLARE_FLEX_ARRAY', [1, 0]],
  ['TRAILING_OVERLAP', [1, 0]],
  ['DECLARE_HASHTABLE', [0, -1]],
  ['DECLARE_KFIFO', [0, 1]],
  ['DECLARE_KFIFO_PTR', [0, 1]],
  ['DECLARE_STATIC_KEY_TRUE', [0, -1]],
  ['DECLARE_STATIC_KEY_FALSE', [0, -1]],
]);

/** Macros around fields -> index of the argument where the fields begin. */
const FIELD_GROUPS: ReadonlyMap<string, number> = new Map([
  ['struct_group', 1],
  ['struct_group_attr', 2],
  ['struct_group_tagged', 2],
  ['__struct_group', 3],
]);

export const parseStructBody = (p: Parser, tag: number, isUnion: boolean): number => {
  const open = p.at;
  p.enter();
  p.at = open + 1;
  const close = p.close[open] as number;
  const first = parseFields(p, close);
  p.depth--;
  p.at = close;
  p.expect(Token.CloseBrace, 'unclosed { of a struct');
  return p.node(Kind.StructBody, open, tag, first, 0, isUnion ? 1 : 0);
};

/** Fields up to `close`, as a list of Declarator. A field that can't be parsed is left out and reported. */
const parseFields = (p: Parser, close: number): number => {
  const { nodes } = p;
  let first = 0;
  let last = 0;
  while (p.at < close) {
    const start = p.at;
    const k = p.kind[start] as number;
    if (k === Token.Semicolon || k === Token.Comma || (k >= Token.HashIf && k <= Token.HashEndif)) {
      p.at++;
      continue;
    }
    const depth = p.depth;
    let field = 0;
    try {
      field = parseField(p, k);
    } catch (error) {
      const { reason, token } = asFailure(error);
      p.depth = depth;
      p.report(reason, token);
      p.at = skipToSemicolon(p, start, close);
    }
    if (p.at === start) p.at++;
    if (field === 0) continue;
    if (first === 0) first = field;
    else nodes.next[last] = field;
    last = field;
    while (nodes.next[last] !== 0) last = nodes.next[last] as number;
  }
  return first;
};

const parseField = (p: Parser, k: number): number => {
  const start = p.at;
  if (k === Token.StaticAssert) {
    p.at = start + 1;
    if (p.kind[p.at] === Token.OpenParen) p.at = p.after(p.at);
    return 0;
  }
  if (k === Token.Identifier && p.kind[start + 1] === Token.OpenParen) {
    const text = p.interner.names[p.name[start] as number] as string;
    const open = start + 1;
    const group = FIELD_GROUPS.get(text);
    if (group !== undefined) return parseFieldGroup(p, open, group);
    const after = p.kind[p.after(open)] as number;
    const macro = FIELD_MACROS.get(text);
    if (macro !== undefined) return parseFieldMacro(p, open, macro);
    const isPointer =
      after === Token.OpenParen &&
      (p.kind[open + 1] === Token.Star ||
        (p.kind[open + 1] === Token.Identifier && p.kind[open + 2] === Token.Star));
    const isAnnotated =
      after === Token.Identifier && (p.flagsOf(p.after(open)) & NameFlag.KnownAnnotation) !== 0;
    if (
      !isPointer &&
      (isAnnotated ||
        after === Token.OpenBracket ||
        after === Token.Semicolon ||
        after === Token.CloseBrace ||
        !p.sameLine(start, p.after(open)))
    ) {
      return parseFieldMacro(p, open, [0, -1]);
    }
  }
  // A macro that stands for whole fields: `SOCK_COMMON_FIELDS` or `FOO;`
  if (k === Token.Identifier) {
    const next = p.kind[start + 1] as number;
    if (next === Token.Semicolon || next === Token.CloseBrace) {
      p.at = start + 1;
      return 0;
    }
    const second = p.kind[start + 2] as number;
    const isName =
      second === Token.Semicolon ||
      second === Token.OpenBracket ||
      second === Token.Comma ||
      second === Token.Colon;
    if (
      !(isName && next === Token.Identifier) &&
      !p.sameLine(start, start + 1) &&
      (isTypeStart(next) || next === Token.Identifier) &&
      p.columnOf(start) === p.columnOf(start + 1)
    ) {
      p.at = start + 1;
      return 0;
    }
  }
  const type = parseSpecifiers(p, false);
  const attributes = p.specifierAttributes;
  const flags = p.specifierFlags;
  if (type === 0) p.fail('expected a field');
  let first = 0;
  let last = 0;
  let own = type;
  for (;;) {
    if (p.kind[p.at] === Token.Semicolon && first === 0 && p.nodes.a[type] === 0 && flags === 0) {
      // `int;` or `MACRO;`
      if (p.nodes.name[type] === 0) return 0;
    }
    let field = parseDeclarator(p, own, flags, attributes, true);
    if (p.kind[p.at] === Token.Colon) {
      p.at++;
      parseConditional(p);
      field = withFlag(p, field, DeclaratorFlag.Bitfield);
      skipAttributes(p);
    }
    if (p.kind[p.at] === Token.Assign) {
      p.at++;
      p.nodes.b[field] = parseInitializer(p);
    }
    if (first === 0) first = field;
    else p.nodes.next[last] = field;
    last = field;
    const next = p.kind[p.at] as number;
    if (next === Token.Comma) {
      p.at++;
      own = copyType(p, type);
      continue;
    }
    if (next === Token.Semicolon) p.at++;
    else if (next !== Token.CloseBrace && next !== Token.CloseParen && next !== Token.End) {
      // A field macro without its semicolon may end the line.
      if (p.sameLine(p.at - 1, p.at)) p.fail('expected ; after a field');
    }
    return first;
  }
};

const skipAttributes = (p: Parser): void => {
  while (p.kind[p.at] === Token.Identifier || p.kind[p.at] === Token.Attribute) {
    p.at++;
    if (p.kind[p.at] === Token.OpenParen) p.at = p.after(p.at);
  }
};

const withFlag = (p: Parser, declarator: number, flag: number): number => {
  const info = p.nodes.c[declarator] as number;
  if (info !== 0) p.nodes.c[info] = (p.nodes.c[info] as number) | flag;
  else
    p.nodes.c[declarator] = p.node(Kind.DeclaratorInfo, p.nodes.token[declarator] as number, 0, 0, 0, flag);
  return declarator;
};

/** A Type node for the next declarator of a declaration. */
export const copyType = (p: Parser, type: number): number =>
  p.node(
    Kind.Type,
    p.nodes.token[type] as number,
    p.nodes.name[type] as number,
    p.nodes.a[type] as number,
    0,
    p.nodes.c[type] as number,
  );

/** struct_group(name, fields): the fields are reached as if it was not there. */
const parseFieldGroup = (p: Parser, open: number, skipped: number): number => {
  const close = p.close[open] as number;
  p.enter();
  p.at = open + 1;
  for (let i = 0; i < skipped && p.at < close; i++) {
    p.at = skipToComma(p, p.at, close);
    if (p.kind[p.at] === Token.Comma) p.at++;
  }
  const first = parseFields(p, close);
  p.depth--;
  p.at = close;
  p.expect(Token.CloseParen, 'unclosed ( of a struct_group');
  return first;
};

/** DECLARE_BITMAP(name, bits) and other macros that are one field. */
const parseFieldMacro = (
  p: Parser,
  open: number,
  [nameArgument, typeArgument]: readonly [number, number],
): number => {
  const close = p.close[open] as number;
  let nameToken = 0;
  let type = 0;
  p.at = open + 1;
  for (let i = 0; p.at < close; i++) {
    const end = skipToComma(p, p.at, close);
    if (i === nameArgument && p.kind[p.at] === Token.Identifier) nameToken = p.at;
    else if (
      i === typeArgument &&
      (p.kind[p.at] === Token.Identifier || isTypeStart(p.kind[p.at] as number))
    ) {
      type = parseSpecifiers(p, true);
    }
    p.at = Math.max(end, p.at);
    if (p.at < close && p.kind[p.at] === Token.Comma) p.at++;
    else if (p.at < close) p.at = skipToComma(p, p.at + 1, close);
  }
  p.at = close;
  p.expect(Token.CloseParen, 'unclosed (');
  while (p.kind[p.at] === Token.OpenBracket) p.at = p.after(p.at);
  while (p.kind[p.at] === Token.Identifier && p.sameLine(p.at - 1, p.at)) {
    p.at++;
    if (p.kind[p.at] === Token.OpenParen) p.at = p.after(p.at);
  }
  if (nameToken === 0) return 0;
  if (type === 0) type = p.node(Kind.Type, open - 1, p.name[open - 1] as number, 0, 0, 0);
  return p.node(Kind.Declarator, nameToken, p.name[nameToken] as number, type, 0, 0);
};

const skipToSemicolon = (p: Parser, from: number, close: number): number => {
  let i = from;
  while (i < close && p.kind[i] !== Token.Semicolon) {
    const k = p.kind[i];
    i =
      k === Token.OpenParen || k === Token.OpenBracket || k === Token.OpenBrace
        ? Math.max(i + 1, p.after(i))
        : i + 1;
  }
  return Math.min(i + 1, close);
};

export const parseEnumBody = (p: Parser, tag: number): number => {
  const open = p.at;
  const close = p.close[open] as number;
  p.at = open + 1;
  let first = 0;
  let last = 0;
  const depth = p.depth;
  while (p.at < close) {
    const token = p.at;
    if (p.kind[token] !== Token.Identifier) {
      p.at++;
      continue;
    }
    p.at++;
    if (p.kind[p.at] === Token.OpenParen) {
      // A macro that stands for enumerators.
      p.at = p.after(p.at);
      if (p.kind[p.at] !== Token.Assign) continue;
    }
    while (p.kind[p.at] === Token.Identifier || p.kind[p.at] === Token.Attribute) {
      if (!p.sameLine(token, p.at)) break;
      p.at++;
      if (p.kind[p.at] === Token.OpenParen) p.at = p.after(p.at);
    }
    let value = 0;
    if (p.kind[p.at] === Token.Assign) {
      p.at++;
      try {
        value = parseConditional(p);
      } catch (error) {
        asFailure(error);
        p.depth = depth;
      }
      if (p.kind[p.at] !== Token.Comma) p.at = skipToComma(p, p.at, close);
    }
    const enumerator = p.node(Kind.Enumerator, token, p.name[token] as number, value, 0, 0);
    if (first === 0) first = enumerator;
    else p.nodes.next[last] = enumerator;
    last = enumerator;
  }
  p.at = close;
  p.expect(Token.CloseBrace, 'unclosed { of an enum');
  return p.node(Kind.EnumBody, open, tag, first, 0, 0);
};
