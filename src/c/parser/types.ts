/** Specifiers of declarations, and types that stand alone. There is no table of typedefs: shape decides. */
import { DeclaratorFlag, Kind } from '../ast.ts';
import { isTypeStart, Token } from '../token.ts';
import { NameFlag } from '../word-shapes.ts';
import { parseAttribute } from './attributes.ts';
import type { Parser } from './cursor.ts';
import { parseDeclarator } from './declarators.ts';
import { parseExpression } from './expressions.ts';
import { parseEnumBody, parseStructBody } from './structs.ts';

/**
 * Whether the tokens [from, close), which begin with an identifier, are a type: `foo_t *`, `foo_t x`,
 * `foo_t (*)(int)`, `foo_t[4]`.
 */
export const looksLikeType = (p: Parser, from: number, close: number): boolean => {
  const last = p.kind[close - 1] as number;
  const second = p.kind[from + 1] as number;
  if (last === Token.Star) return true;
  if (from + 1 === close) return (p.flagsOf(from) & NameFlag.Type) !== 0;
  if (second === Token.Identifier) {
    // Two names side by side are a type, unless a string is among them.
    return last !== Token.String && last !== Token.Number;
  }
  if (second === Token.Star) {
    const third = p.kind[from + 2] as number;
    if (third === Token.Qualifier && from + 3 === close) return true;
    if (last === Token.Identifier && from + 3 === close)
      return (p.flagsOf(close - 1) & NameFlag.KnownAnnotation) !== 0;
    return false;
  }
  if (isTypeStart(second)) return true;
  if (second === Token.OpenParen && p.kind[from + 2] === Token.Star) {
    const inner = p.close[from + 1] as number;
    return p.kind[inner + 1] === Token.OpenParen && (p.kind[inner - 1] === Token.Star || inner === from + 4);
  }
  if (second === Token.OpenBracket) return p.kind[close + 1] === Token.OpenBrace;
  return false;
};

/** A type in a cast, an argument, sizeof: specifiers and an abstract declarator. Returns a Type node. */
export const parseTypeName = (p: Parser): number => {
  const type = parseSpecifiers(p, true);
  const k = p.kind[p.at] as number;
  if (
    k !== Token.Star &&
    k !== Token.OpenParen &&
    k !== Token.OpenBracket &&
    k !== Token.Identifier &&
    k !== Token.Attribute
  ) {
    return type;
  }
  if (k === Token.Identifier && (p.flagsOf(p.at) & NameFlag.Annotation) === 0) return type;
  if (k === Token.OpenParen && !isAbstractFunctionPointer(p, p.at)) return type;
  const declarator = parseDeclarator(p, type, 0, 0, true);
  return p.nodes.a[declarator] as number;
};

const isAbstractFunctionPointer = (p: Parser, open: number): boolean => {
  const k = p.kind[open + 1];
  return k === Token.Star || k === Token.Caret || (k === Token.Identifier && p.kind[open + 2] === Token.Star);
};

/**
 * Everything before the declarators. Returns a Type node, or 0 where there is no type: `static FOO(x)`.
 * Sets specifierFlags and specifierAttributes. `isAbstract`: a single name is the type (in casts, parameters).
 */
export const parseSpecifiers = (p: Parser, isAbstract: boolean): number => {
  const start = p.at;
  const { interner, nodes } = p;
  let flags = 0;
  let name = 0;
  let body = 0;
  let operand = 0;
  let annotation = 0;
  let words = 0;
  let firstAttribute = 0;
  let lastAttribute = 0;
  for (;;) {
    const token = p.at;
    const k = p.kind[token] as number;
    switch (k) {
      case Token.TypeWord: {
        const word = p.name[token] as number;
        if (++words > MAX_WORDS) p.fail('too many words in a type');
        name = name === 0 ? word : interner.join(name, word);
        p.at = token + 1;
        continue;
      }
      case Token.Qualifier:
        if (p.name[token] === CONST) flags |= DeclaratorFlag.Const;
        p.at = token + 1;
        if (
          p.kind[p.at] === Token.OpenParen &&
          name === 0 &&
          interner.names[p.name[token] as number] === '_Atomic'
        ) {
          p.at++;
          const inner = parseTypeName(p);
          name = nodes.name[inner] as number;
          p.expect(Token.CloseParen, 'expected ) of _Atomic');
        }
        continue;
      case Token.Static:
        flags |= DeclaratorFlag.Static;
        p.at = token + 1;
        continue;
      case Token.Extern:
        flags |= DeclaratorFlag.Extern;
        p.at = token + 1;
        continue;
      case Token.Inline:
        flags |= DeclaratorFlag.Inline;
        if (p.name[token] === ALWAYS_INLINE) flags |= DeclaratorFlag.AlwaysInline;
        p.at = token + 1;
        continue;
      case Token.NoReturn:
        flags |= DeclaratorFlag.NoReturn;
        p.at = token + 1;
        continue;
      case Token.Register:
      case Token.Extension:
      case Token.Typedef:
        p.at = token + 1;
        continue;
      case Token.AutoType:
        name = p.name[token] as number;
        p.at = token + 1;
        continue;
      case Token.Attribute: {
        const attribute = parseAttribute(p);
        if (firstAttribute === 0) firstAttribute = attribute;
        else nodes.next[lastAttribute] = attribute;
        lastAttribute = attribute;
        continue;
      }
      case Token.Typeof: {
        p.at = token + 1;
        name = TYPEOF;
        if (p.kind[p.at] !== Token.OpenParen) p.fail('expected ( of typeof');
        const open = p.at;
        const close = p.close[open] as number;
        const first = p.kind[open + 1] as number;
        p.enter();
        p.at = open + 1;
        if (isTypeStart(first) || (first === Token.Identifier && looksLikeType(p, open + 1, close))) {
          operand = parseTypeName(p);
        } else operand = parseExpression(p);
        p.depth--;
        p.expect(Token.CloseParen, 'expected ) of typeof');
        continue;
      }
      case Token.Struct:
      case Token.Union:
      case Token.Enum: {
        p.at = token + 1;
        name = p.name[token] as number;
        let tag = 0;
        // struct __packed foo, struct foo, struct __attribute__((x)) foo
        for (;;) {
          const next = p.kind[p.at] as number;
          if (next === Token.Attribute) parseAttribute(p);
          else if (next === Token.Identifier) {
            const after = p.kind[p.at + 1] as number;
            const flagged = p.flagsOf(p.at);
            if (
              (flagged & NameFlag.KnownAnnotation) !== 0 &&
              after !== Token.Semicolon &&
              (tag !== 0 ||
                after === Token.Identifier ||
                after === Token.OpenBrace ||
                after === Token.OpenParen)
            ) {
              if (tag !== 0) break;
              parseAttribute(p);
            } else if (tag === 0) {
              tag = p.name[p.at] as number;
              p.at++;
              // struct NAME(x) { in macros
              if (p.kind[p.at] === Token.OpenParen && p.kind[p.after(p.at)] === Token.OpenBrace)
                p.at = p.after(p.at);
            } else if (after === Token.OpenBrace) p.at++;
            else break;
          } else break;
        }
        if (tag !== 0) name = interner.join(name, tag);
        if (
          p.kind[p.at] === Token.Colon &&
          k === Token.Enum &&
          tag !== 0 &&
          p.kind[p.at + 1] !== Token.Number
        ) {
          p.at++;
          parseSpecifiers(p, true);
        }
        if (p.kind[p.at] === Token.OpenBrace) {
          body = k === Token.Enum ? parseEnumBody(p, tag) : parseStructBody(p, tag, k === Token.Union);
        }
        continue;
      }
      case Token.Identifier: {
        const role = roleOf(p, token, name !== 0, isAbstract);
        if (role === Role.Stop) break;
        if (role === Role.Type) {
          name = p.name[token] as number;
          p.at = token + 1;
          continue;
        }
        if (role === Role.MacroType) {
          name = p.name[token] as number;
          p.at = p.after(token + 1);
          continue;
        }
        const flagged = p.flagsOf(token);
        if ((flagged & NameFlag.InitSection) !== 0) flags |= DeclaratorFlag.Init;
        if ((flagged & NameFlag.PerCpu) !== 0) flags |= DeclaratorFlag.PerCpu;
        const word = p.name[token] as number;
        flags |= wordFlags(interner.names[word] as string);
        if (p.kind[token + 1] !== Token.OpenParen) annotation = word;
        const attribute = parseAttribute(p);
        if (firstAttribute === 0) firstAttribute = attribute;
        else nodes.next[lastAttribute] = attribute;
        lastAttribute = attribute;
        continue;
      }
    }
    break;
  }
  p.specifierFlags = flags;
  p.specifierAttributes = firstAttribute;
  if (name === 0) {
    // `__foo x`: the only word there was is the type after all.
    if (annotation === 0 || p.kind[p.at] === Token.OpenParen)
      return isAbstract ? p.node(Kind.Type, start, 0, 0, 0, 0) : 0;
    name = annotation;
  }
  return p.node(Kind.Type, start, name, body, 0, operand);
};

/** Numbers of keywords; see KEYWORDS of token.ts, whose order is the interner's. */
const keywordNumber = (word: string, words: readonly (readonly [string, number])[]): number =>
  words.findIndex(([keyword]) => keyword === word) + 1;

const wordFlags = (word: string): number =>
  word === 'noinline' || word === 'noinline_for_stack'
    ? DeclaratorFlag.NoInline
    : word === '__noreturn' || word === 'noreturn'
      ? DeclaratorFlag.NoReturn
      : word === '__always_inline'
        ? DeclaratorFlag.AlwaysInline
        : 0;

const Role = { Stop: 0, Type: 1, Annotation: 2, MacroType: 3 } as const;

/** `unsigned long long int` has four. */
const MAX_WORDS = 8;

const isKnown = (p: Parser, token: number): boolean => (p.flagsOf(token) & NameFlag.KnownAnnotation) !== 0;

/** What the identifier at `token` is, among specifiers. */
const roleOf = (p: Parser, token: number, hasType: boolean, isAbstract: boolean): number => {
  const next = p.kind[token + 1] as number;
  const flags = p.flagsOf(token);
  const isAnnotation = (flags & NameFlag.Annotation) !== 0;
  if (hasType) {
    if (!isAnnotation)
      return next === Token.Star && p.kind[token - 1] !== Token.CloseBrace ? Role.Annotation : Role.Stop;
    if ((flags & NameFlag.KnownAnnotation) !== 0) {
      return next === Token.OpenParen &&
        p.kind[p.after(token + 1)] === Token.OpenParen &&
        p.kind[token + 2] !== Token.Star &&
        p.kind[p.after(token + 1) + 1] !== Token.Star
        ? Role.Stop
        : Role.Annotation;
    }
    const then = p.kind[token + 2] as number;
    const isLast = then !== Token.Identifier && then !== Token.Star && !isTypeStart(then);
    // __cores __ro_after_init = 1: a name and its annotation
    if (isLast && next === Token.Identifier && !isAbstract && isKnown(p, token + 1)) return Role.Stop;
    return next === Token.Identifier || next === Token.Star || isTypeStart(next)
      ? Role.Annotation
      : Role.Stop;
  }
  switch (next) {
    case Token.Identifier: {
      if (isAnnotation) return Role.Annotation;
      if ((flags & NameFlag.Type) !== 0) return Role.Type;
      if (isAbstract && (p.flagsOf(token + 1) & NameFlag.Type) !== 0) {
        // (FORCE u32) against a parameter `foo u32`
        const then = p.kind[token + 2];
        if (then === Token.Star || (then === Token.CloseParen && (flags & NameFlag.Upper) !== 0))
          return Role.Annotation;
      }
      const second = p.kind[token + 2] as number;
      const nextFlags = p.flagsOf(token + 1);
      if ((nextFlags & NameFlag.Annotation) !== 0) return Role.Type;
      // EXPORT foo_t bar, STATIC foo_t *bar
      if (second === Token.Identifier && (p.flagsOf(token + 2) & NameFlag.Annotation) === 0)
        return Role.Annotation;
      if (second === Token.Star && !isAbstract) return Role.Annotation;
      return Role.Type;
    }
    case Token.Colon:
      return Role.Type; // u32 : 4
    case Token.Star:
      return (flags & NameFlag.KnownAnnotation) !== 0 ? Role.Annotation : Role.Type;
    case Token.OpenParen: {
      const open = token + 1;
      const inner = p.kind[open + 1] as number;
      const after = p.kind[p.after(open)] as number;
      if ((flags & NameFlag.KnownAnnotation) !== 0) return Role.Annotation;
      if (inner === Token.Star && (after === Token.OpenParen || after === Token.OpenBracket))
        return Role.Type;
      if (inner === Token.Identifier && p.kind[open + 2] === Token.Star && after === Token.OpenParen)
        return Role.Type;
      if (isTypeStart(after)) return Role.Annotation;
      if (after === Token.Identifier) {
        // FOO(x) bar: a type made by a macro, or an annotation before the type.
        const second = p.kind[p.after(open) + 1] as number;
        const isBeforeType =
          second === Token.Identifier ||
          second === Token.Star ||
          isTypeStart(second) ||
          (p.flagsOf(p.after(open)) & NameFlag.KnownAnnotation) !== 0 ||
          (second === Token.OpenParen &&
            isAnnotation &&
            (p.flagsOf(p.after(open)) & NameFlag.Annotation) !== 0);
        return isBeforeType ? Role.Annotation : Role.MacroType;
      }
      if (after === Token.Star) return Role.MacroType;
      return isAbstract ? Role.MacroType : Role.Stop;
    }
    case Token.Qualifier: {
      let i = token + 1;
      while (p.kind[i] === Token.Qualifier) i++;
      const then = p.kind[i] as number;
      if (then === Token.TypeWord || then === Token.Struct || then === Token.Union || then === Token.Enum) {
        return Role.Annotation;
      }
      if (then === Token.Identifier) {
        const second = p.kind[i + 1] as number;
        if (
          isAnnotation ||
          second === Token.Identifier ||
          (second === Token.Star && !(flags & NameFlag.Type))
        ) {
          return Role.Annotation;
        }
      }
      return Role.Type;
    }
    case Token.Attribute:
      return isAnnotation ? Role.Annotation : Role.Type;
    default:
      if (isTypeStart(next)) {
        // `foo_t static x` is not written; `STATIC int x` is.
        return (flags & NameFlag.Type) !== 0 ? Role.Type : Role.Annotation;
      }
      if (isAbstract) return (flags & NameFlag.KnownAnnotation) !== 0 ? Role.Annotation : Role.Type;
      return Role.Stop;
  }
};

import { KEYWORDS } from '../token.ts';

const CONST = keywordNumber('const', KEYWORDS);
const ALWAYS_INLINE = keywordNumber('__always_inline', KEYWORDS);
const TYPEOF = keywordNumber('typeof', KEYWORDS);
