/** Declarators: names with their pointers, arrays and parameters. */
import { DeclaratorFlag, Kind } from '../ast.ts';
import { Token } from '../token.ts';
import { NameFlag } from '../word-shapes.ts';
import { parseAttribute, parseAttributes } from './attributes.ts';
import { asFailure, type Parser, skipToComma } from './cursor.ts';
import { parseExpression } from './expressions.ts';
import { parseSpecifiers } from './types.ts';

/**
 * Parses one declarator of `type` (a Type node with depth 0, which becomes the declarator's own) and the
 * attributes after it. Returns a Declarator; `isAbstract` allows one without a name.
 */
export const parseDeclarator = (
  p: Parser,
  type: number,
  flags: number,
  attributes: number,
  isAbstract: boolean,
): number => {
  const { nodes } = p;
  const token = p.at;
  let name = 0;
  let nameToken = token;
  let pointers = parsePointers(p);
  let dimensions = 0;
  let parameters = 0;
  let innerPointers = 0;
  let k = p.kind[p.at] as number;
  let isParenthesised = false;

  if (k === Token.OpenParen && isNested(p, p.at, isAbstract)) {
    // (*name)(…), (*name[4])(…), (name)(…), (*name(int))(…)
    isParenthesised = true;
    p.enter();
    p.at++;
    if (p.kind[p.at] === Token.Identifier && p.kind[p.at + 1] === Token.Star) p.at++; // a calling convention
    innerPointers = parsePointers(p);
    if (p.kind[p.at] === Token.OpenParen && isNested(p, p.at, true)) {
      const inner = parseDeclarator(p, p.node(Kind.Type, p.at, 0, 0, 0, 0), 0, 0, true);
      name = nodes.name[inner] as number;
      nameToken = nodes.token[inner] as number;
      innerPointers += nodes.b[nodes.a[inner] as number] as number;
      const info = nodes.c[inner] as number;
      if (info !== 0) {
        dimensions = nodes.a[info] as number;
        if (((nodes.c[info] as number) & DeclaratorFlag.Function) !== 0) {
          parameters = nodes.b[info] as number;
          flags |= DeclaratorFlag.Function;
        }
      }
    } else if (p.kind[p.at] === Token.Identifier) {
      name = p.name[p.at] as number;
      nameToken = p.at++;
      if (p.kind[p.at] === Token.OpenParen && p.inMacro && p.kind[p.after(p.at)] === Token.CloseParen) {
        p.at = p.after(p.at);
      }
    }
    if (p.kind[p.at] === Token.OpenBracket) dimensions = parseDimensions(p);
    if (p.kind[p.at] === Token.OpenParen) {
      parameters = parseParameters(p, p.at);
      flags |= DeclaratorFlag.Function | p.specifierFlags;
    }
    if (p.kind[p.at] === Token.Identifier || p.kind[p.at] === Token.Attribute) parseAttributes(p);
    p.depth--;
    p.expect(Token.CloseParen, 'expected ) of a declarator');
  } else if (k === Token.Identifier) {
    name = p.name[p.at] as number;
    nameToken = p.at++;
  }

  k = p.kind[p.at] as number;
  if (k === Token.OpenParen && (name !== 0 || isParenthesised || isAbstract)) {
    const isFunction = (flags & DeclaratorFlag.Function) !== 0;
    const list = parseParameters(p, p.at);
    if (!isFunction) {
      parameters = list;
      flags |=
        (isParenthesised && innerPointers > 0 ? DeclaratorFlag.FunctionPointer : DeclaratorFlag.Function) |
        p.specifierFlags;
    }
    // NAME(x)(parameters): a macro makes the name.
    if (p.kind[p.at] === Token.OpenParen && !isParenthesised && p.kind[p.after(p.at)] !== Token.Semicolon) {
      parameters = parseParameters(p, p.at);
      flags |= p.specifierFlags;
    }
    k = p.kind[p.at] as number;
  } else if (isParenthesised && innerPointers > 0) pointers += innerPointers;
  if (k === Token.OpenBracket) {
    const more = parseDimensions(p);
    if (dimensions === 0) dimensions = more;
    k = p.kind[p.at] as number;
  }

  let own = attributes;
  if (k === Token.Identifier || k === Token.Attribute || k === Token.Asm) {
    const after = parseAttributes(p);
    if (after !== 0) {
      // Its own come first: those of the specifiers are the tail that all declarators share.
      let last = after;
      while (nodes.next[last] !== 0) last = nodes.next[last] as number;
      nodes.next[last] = own;
      own = after;
    }
    if (p.kind[p.at] === Token.OpenBracket) dimensions = parseDimensions(p);
  }
  nodes.b[type] = pointers;
  const info =
    dimensions !== 0 || parameters !== 0 || flags !== 0 || own !== 0
      ? p.node(Kind.DeclaratorInfo, nameToken, own, dimensions, parameters, flags)
      : 0;
  return p.node(Kind.Declarator, nameToken, name, type, 0, info);
};

/** Stars with their qualifiers and annotations; how many. */
const parsePointers = (p: Parser): number => {
  let pointers = 0;
  for (;;) {
    const k = p.kind[p.at] as number;
    if (k === Token.Star) {
      pointers++;
      p.at++;
    } else if (k === Token.Qualifier || k === Token.Caret) p.at++;
    else if (k === Token.Attribute) parseAttribute(p);
    else if (k === Token.Identifier && isAnnotationBeforeName(p)) parseAttribute(p);
    else return pointers;
  }
};

/** Whether the identifier that comes next is an annotation before the declared name, as in `* __init foo(`. */
const isAnnotationBeforeName = (p: Parser): boolean => {
  const token = p.at;
  const flags = p.flagsOf(token);
  const next = p.kind[token + 1] as number;
  if (next === Token.Identifier) {
    if ((flags & NameFlag.KnownAnnotation) !== 0) return true;
    const nextFlags = p.flagsOf(token + 1);
    const isAnnotation = (flags & NameFlag.Annotation) !== 0;
    if ((nextFlags & NameFlag.KnownAnnotation) !== 0) {
      // __head noinline foo(, against foo __used __aligned(8)
      return isAnnotation && p.kind[token + 2] === Token.Identifier;
    }
    if (isAnnotation) return true;
    if ((nextFlags & NameFlag.Annotation) !== 0) {
      // STATIC_INIT __foo(x) { }, against foo __unknown_annotation(x)
      const open = token + 2;
      if (p.kind[open] !== Token.OpenParen) return false;
      return (flags & NameFlag.Upper) !== 0 || p.kind[p.after(open)] === Token.OpenBrace;
    }
    // NAME NAME2 then: `foo __x`; a word that is no annotation and one that is no annotation: the first is one.
    const then = p.kind[token + 2] as number;
    return (
      then === Token.OpenParen ||
      then === Token.Semicolon ||
      then === Token.Assign ||
      then === Token.OpenBracket
    );
  }
  if ((flags & NameFlag.KnownAnnotation) !== 0) {
    if (next === Token.Star || next === Token.Qualifier || next === Token.Attribute) return true;
    if (next === Token.CloseParen || next === Token.Comma) return true;
  }
  if (next === Token.Star) return (flags & NameFlag.Annotation) !== 0;
  if (next === Token.OpenParen && (flags & NameFlag.Annotation) !== 0) {
    const after = p.after(token + 1);
    const k = p.kind[after] as number;
    return k === Token.Identifier && (p.flagsOf(after) & NameFlag.Annotation) === 0;
  }
  return false;
};

/** Whether a ( in a declarator nests it, and does not begin parameters. */
const isNested = (p: Parser, open: number, isAbstract: boolean): boolean => {
  const first = p.kind[open + 1] as number;
  if (first === Token.Star || first === Token.Caret || first === Token.OpenParen) return true;
  if (first === Token.Attribute) return true;
  if (first !== Token.Identifier) return false;
  const second = p.kind[open + 2] as number;
  if (second === Token.Star) {
    // (__iomem *name), against a parameter (foo_t *name)
    const after = p.kind[p.after(open)] as number;
    return after === Token.OpenParen || (p.flagsOf(open + 1) & NameFlag.KnownAnnotation) !== 0;
  }
  if (second === Token.CloseParen || second === Token.OpenBracket) {
    const after = p.kind[p.after(open)] as number;
    return !isAbstract || after === Token.OpenParen;
  }
  if (second === Token.OpenParen) return !isAbstract && p.kind[p.after(open)] === Token.OpenParen;
  return false;
};

/** Array dimensions. An absent one is Empty. */
const parseDimensions = (p: Parser): number => {
  let first = 0;
  let last = 0;
  while (p.kind[p.at] === Token.OpenBracket) {
    const token = p.at++;
    while (p.kind[p.at] === Token.Static || p.kind[p.at] === Token.Qualifier) p.at++;
    const dimension =
      p.kind[p.at] === Token.CloseBracket ? p.node(Kind.Empty, token, 0, 0, 0, 0) : parseExpression(p);
    p.expect(Token.CloseBracket, 'expected ] of an array');
    if (first === 0) first = dimension;
    else p.nodes.next[last] = dimension;
    last = dimension;
  }
  return first;
};

/**
 * Parses the parameters of the group at `open`, and stands after it. Never fails over one parameter: what is
 * none (a macro's operands) is skipped. Sets specifierFlags to Variadic where the list ends with an ellipsis.
 */
export const parseParameters = (p: Parser, open: number): number => {
  const close = p.close[open] as number;
  if (p.kind[close] !== Token.CloseParen && !p.isFragment) p.fail('unclosed ( of parameters', open);
  p.enter();
  let first = 0;
  let last = 0;
  let variadic = 0;
  p.at = open + 1;
  while (p.at < close) {
    const start = p.at;
    const k = p.kind[start] as number;
    if (k === Token.Comma) {
      p.at++;
      continue;
    }
    if (k === Token.Ellipsis) {
      variadic = DeclaratorFlag.Variadic;
      p.at++;
      continue;
    }
    let parameter = 0;
    const { depth } = p;
    if (k === Token.Identifier || k >= Token.TypeWord)
      try {
        const type = parseSpecifiers(p, true);
        const attributes = p.specifierAttributes;
        const flags = p.specifierFlags;
        const token = p.at;
        const declarator = parseDeclarator(p, type, flags & DeclaratorFlag.Const, attributes, true);
        parameter = p.node(
          Kind.Parameter,
          p.nodes.name[declarator] === 0 ? token : (p.nodes.token[declarator] as number),
          p.nodes.name[declarator] as number,
          p.nodes.a[declarator] as number,
          0,
          p.nodes.c[declarator] as number,
        );
      } catch (error) {
        asFailure(error);
        p.depth = depth;
        p.at = skipToComma(p, start, close);
      }
    if (p.at > close) p.at = close;
    if (p.at < close && p.kind[p.at] !== Token.Comma) p.at = skipToComma(p, p.at, close);
    if (parameter === 0)
      parameter = p.node(Kind.Parameter, start, 0, p.node(Kind.Type, start, 0, 0, 0, 0), 0, 0);
    if (first === 0) first = parameter;
    else p.nodes.next[last] = parameter;
    last = parameter;
  }
  p.depth--;
  p.at = close + (close < p.end ? 1 : 0);
  p.specifierFlags = variadic;
  // (void) is no parameter
  if (first !== 0 && first === last && p.nodes.name[first] === 0 && isVoid(p, p.nodes.a[first] as number))
    return 0;
  return first;
};

const isVoid = (p: Parser, type: number): boolean => p.nodes.name[type] === VOID && p.nodes.b[type] === 0;

/** 'void' is the first keyword; see KEYWORDS of token.ts. */
const VOID = 1;
