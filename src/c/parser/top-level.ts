/** What stands at the top level of a file: functions, declarations, macro uses. Errors end here. */
import { DeclaratorFlag, Kind } from '../ast.ts';
import { isTypeStart, Token } from '../token.ts';
import { NameFlag } from '../word-shapes.ts';
import { parseArguments } from './arguments.ts';
import { parseAsm } from './asm.ts';
import { parseAttribute } from './attributes.ts';
import { asFailure, type Parser } from './cursor.ts';
import { parseDeclarator } from './declarators.ts';
import { parseInitializer, parseInitializerList, parseItem } from './initializers.ts';
import { parseMacroFunction } from './macro-functions.ts';
import { parseBlock } from './statements.ts';
import { copyType } from './structs.ts';
import { parseSpecifiers } from './types.ts';

/** Parses the tokens from `p.at` to `p.end`. Returns the first node of the list. */
export const parseTopLevel = (p: Parser): number => {
  const { nodes } = p;
  let first = 0;
  let last = 0;
  let failed = false;
  while (p.at < p.end) {
    const start = p.at;
    const k = p.kind[start] as number;
    if (k === Token.OpenBrace) {
      // A piece of a table that another file includes.
      p.at = Math.max(p.after(start), start + 1);
      continue;
    }
    if (
      k === Token.Semicolon ||
      k === Token.Comma ||
      k === Token.CloseBrace ||
      (k >= Token.HashIf && k <= Token.HashEndif)
    ) {
      p.at++;
      continue;
    }
    p.depth = 0;
    p.functionName = 0;
    let node = 0;
    try {
      node = parseExternal(p, k);
    } catch (error) {
      const { reason, token } = asFailure(error);
      // Text that is no C at all (assembly, a linker script) is one error, not one for each line.
      if (!failed) p.report(reason, Math.min(token, p.end));
      failed = true;
      p.at = recover(p, start);
    }
    if (p.at === start) p.at++;
    if (node === 0) continue;
    if (first === 0) first = node;
    else nodes.next[last] = node;
    last = node;
    failed = false;
    while (nodes.next[last] !== 0) last = nodes.next[last] as number;
  }
  return first;
};

/** Where to go on after a failure in what began at `start`: after its semicolon or its body. */
const recover = (p: Parser, start: number): number => {
  let i = start;
  while (i < p.end) {
    const k = p.kind[i] as number;
    if (k === Token.Semicolon) return i + 1;
    if (k === Token.OpenBrace) {
      const after = p.after(i);
      const next = p.kind[after];
      if (next === Token.Semicolon) return after + 1;
      if (next !== Token.Identifier || p.columnOf(after) === 1) return Math.max(after, start + 1);
      i = Math.max(after, i + 1);
      continue;
    }
    if (i > start && k === Token.CloseBrace) return i + 1;
    i = k === Token.OpenParen || k === Token.OpenBracket ? Math.max(i + 1, p.after(i)) : i + 1;
  }
  return p.end;
};

const parseExternal = (p: Parser, k: number): number => {
  const start = p.at;
  switch (k) {
    case Token.Identifier: {
      if (p.kind[start + 1] === Token.OpenParen) {
        const node = parseMacroUse(p, start);
        if (node !== 0) return node;
      } else if (isMacroAlone(p, start)) {
        p.at++;
        return 0;
      }
      break;
    }
    case Token.Asm:
      return parseAsm(p);
    case Token.StaticAssert:
      p.at++;
      if (p.kind[p.at] === Token.OpenParen) p.at = p.after(p.at);
      return 0;
    case Token.Extern:
      if (p.kind[start + 1] === Token.String) {
        p.at = start + 2;
        if (p.kind[p.at] === Token.OpenBrace) p.at++;
        return 0;
      }
      break;
  }
  return parseDeclaration(p);
};

/** A word alone on its line before a declaration, such as __BEGIN_DECLS. */
const isMacroAlone = (p: Parser, token: number): boolean => {
  const next = p.kind[token + 1] as number;
  if (p.sameLine(token, token + 1) || p.columnOf(token + 1) !== 1) return false;
  if (next === Token.Identifier) return (p.flagsOf(token) & NameFlag.Upper) !== 0;
  return (
    (p.flagsOf(token) & NameFlag.KnownAnnotation) === 0 &&
    (next === Token.CloseBrace || next === Token.Extern)
  );
};

/** name(args) at the start: a macro use, or 0 where it is an annotation or a type made by a macro. */
const parseMacroUse = (p: Parser, start: number): number => {
  const open = start + 1;
  const after = p.after(open);
  const k = p.kind[after] as number;
  const flags = p.flagsOf(start);
  if (k === Token.Identifier || isTypeStart(k) || k === Token.Star) {
    if ((flags & NameFlag.KnownAnnotation) !== 0) return 0;
    if (k === Token.Identifier && (p.flagsOf(after) & NameFlag.KnownAnnotation) !== 0) {
      const then = p.kind[after + 1];
      if (then === Token.Assign || then === Token.Semicolon) return parseInvocation(p, start);
    }
    if (k === Token.Star || p.sameLine(after - 1, after)) return 0;
    if ((flags & NameFlag.Annotation) !== 0 && (flags & NameFlag.Upper) === 0) return 0;
    // foo(a) int a; { }: K&R without a type
    if (isOldStyle(p, after)) return 0;
  }
  if (k === Token.OpenBrace) {
    return isInitializer(p, after) ? parseInvocation(p, start) : parseMacroFunction(p, start, 0, 0);
  }
  if (k === Token.OpenParen && p.kind[p.after(after)] === Token.OpenBrace)
    return parseMacroFunction(p, start, 0, 0);
  if (p.kind[open + 1] === Token.Star && k === Token.OpenParen) return 0;
  return parseInvocation(p, start);
};

/** DEFINE_MUTEX(x); module_init(f); DEFINE_FOO(x) = { }; EXPORT_SYMBOL(f) */
const parseInvocation = (p: Parser, start: number, flags = 0): number => {
  const first = parseArguments(p, p.at + 1 === start + 1 ? start + 1 : p.at);
  const callee = p.node(Kind.Identifier, start, p.name[start] as number, 0, 0, flags);
  const call = p.node(Kind.Call, start, 0, callee, first, p.argumentFlag);
  let value = 0;
  while (p.kind[p.at] === Token.Attribute) parseAttribute(p);
  while (p.kind[p.at] === Token.Identifier && p.sameLine(p.at - 1, p.at)) parseAttribute(p);
  while (p.kind[p.at] === Token.OpenBracket) p.at = p.after(p.at);
  if (p.kind[p.at] === Token.Assign) {
    p.at++;
    value = parseInitializer(p);
  } else if (p.kind[p.at] === Token.OpenBrace) value = parseInitializerList(p);
  else if (p.kind[p.at] === Token.Dot) value = parseOpenInitializer(p);
  if (p.kind[p.at] === Token.Semicolon || p.kind[p.at] === Token.Comma) p.at++;
  return p.node(Kind.MacroInvocation, start, p.name[start] as number, call, 0, value);
};

/** Whether the { after a macro use begins an initializer: define_machine(x) { .name = y } */
const isInitializer = (p: Parser, open: number): boolean =>
  p.kind[open + 1] === Token.Dot && p.kind[open + 2] === Token.Identifier;

/** MACHINE_START(x, y) .a = b, MACHINE_END */
const parseOpenInitializer = (p: Parser): number => {
  const token = p.at;
  let first = 0;
  let last = 0;
  while (p.kind[p.at] === Token.Dot) {
    const item = parseItem(p);
    if (first === 0) first = item;
    else p.nodes.next[last] = item;
    last = item;
    if (p.kind[p.at] === Token.Comma) p.at++;
  }
  if (p.kind[p.at] === Token.Identifier) p.at++;
  return p.node(Kind.InitializerList, token, 0, first, 0, 0);
};

const parseDeclaration = (p: Parser): number => {
  const start = p.at;
  const isTypedef =
    p.kind[start] === Token.Typedef ||
    (p.kind[start] === Token.Extension && p.kind[start + 1] === Token.Typedef);
  const type = parseSpecifiers(p, false);
  const flags = p.specifierFlags;
  const attributes = p.specifierAttributes;
  const k = p.kind[p.at] as number;
  if (k === Token.Semicolon) {
    p.at++;
    return type === 0 ? 0 : p.node(Kind.TypeDeclaration, start, 0, type, 0, 0);
  }
  if (type === 0) {
    if (k !== Token.Identifier) p.fail('expected a declaration');
    if (p.kind[p.at + 1] === Token.OpenParen) {
      const open = p.at + 1;
      const after = p.after(open);
      const next = p.kind[after] as number;
      if (
        next === Token.OpenBrace ||
        (next === Token.OpenParen && p.kind[p.after(after)] === Token.OpenBrace)
      ) {
        return parseMacroFunction(p, p.at, flags, attributes);
      }
      if (!isOldStyle(p, after)) {
        const token = p.at;
        return parseInvocation(p, token, flags);
      }
    }
  }
  let first = 0;
  let last = 0;
  let own = type === 0 ? p.node(Kind.Type, start, 0, 0, 0, 0) : type;
  for (;;) {
    const declarator = parseDeclarator(p, own, flags, attributes, false);
    const name = p.nodes.name[declarator] as number;
    if (name === 0) p.fail('expected a name');
    const info = p.nodes.c[declarator] as number;
    let next = p.kind[p.at] as number;
    const isFunction = info !== 0 && first === 0 && ((p.nodes.c[info] as number) & FUNCTION) !== 0;
    if (isFunction && !isTypedef) {
      if (
        next !== Token.OpenBrace &&
        next !== Token.Semicolon &&
        next !== Token.Comma &&
        isOldStyle(p, p.at)
      ) {
        while (p.kind[p.at] !== Token.OpenBrace) p.at++;
        next = Token.OpenBrace;
      }
      if (next === Token.OpenBrace) return parseFunction(p, declarator, attributes, 0);
    }
    if (isTypedef) p.typedefs.add(name);
    if (next === Token.Assign) {
      p.at++;
      p.nodes.b[declarator] = parseInitializer(p);
      next = p.kind[p.at] as number;
    } else if (next === Token.Colon) {
      p.fail('unexpected :');
    }
    if (first === 0) first = declarator;
    else p.nodes.next[last] = declarator;
    last = declarator;
    if (next === Token.Comma) {
      p.at++;
      own = copyType(p, type);
      continue;
    }
    if (next === Token.Semicolon) p.at++;
    else if (next !== Token.End && (p.sameLine(p.at - 1, p.at) || p.columnOf(p.at) !== 1))
      p.fail('expected ; or a body');
    if (isTypedef) return p.node(Kind.Typedef, start, 0, first, 0, 0);
    return p.node(Kind.VariableDeclaration, start, 0, first, 0, attributes);
  }
};

const FUNCTION = DeclaratorFlag.Function;

/** Whether declarations of parameters and then a body follow, as in K&R's C. */
const isOldStyle = (p: Parser, from: number): boolean => {
  const k = p.kind[from] as number;
  if (!isTypeStart(k) && k !== Token.Identifier) return false;
  let i = from;
  for (let budget = 200; budget > 0 && i < p.end; budget--) {
    const kind = p.kind[i] as number;
    if (kind === Token.Semicolon && p.kind[i + 1] === Token.OpenBrace) return true;
    if (
      kind === Token.OpenBrace ||
      kind === Token.CloseBrace ||
      kind === Token.Assign ||
      kind === Token.Static
    )
      return false;
    if (kind === Token.Extern || kind === Token.Typedef || (kind >= Token.HashIf && kind <= Token.HashEndif))
      return false;
    i = kind === Token.OpenParen || kind === Token.OpenBracket ? Math.max(i + 1, p.after(i)) : i + 1;
  }
  return false;
};

/** The body of a function whose declarator was parsed. A body that can't be parsed is 0, and reported. */
export const parseFunction = (p: Parser, declarator: number, attributes: number, name: number): number => {
  const open = p.at;
  const token = p.nodes.token[declarator] as number;
  const functionName = name === 0 ? (p.nodes.name[declarator] as number) : name;
  p.functionName = functionName;
  const depth = p.depth;
  const { count } = p.nodes;
  let body = 0;
  try {
    body = parseBlock(p);
  } catch (error) {
    const failure = asFailure(error);
    p.report(failure.reason, Math.min(failure.token, p.end));
    p.depth = depth;
    p.nodes.count = count;
    p.at = Math.max(p.after(open), open + 1);
  }
  const info = p.nodes.c[declarator] as number;
  const all = info === 0 ? attributes : (p.nodes.name[info] as number);
  return p.node(Kind.Function, token, functionName, declarator, body, all);
};
