/** Functions that a macro defines: SYSCALL_DEFINE3(open, ...) { }, BPF_CALL_2(...) { }, DEFINE_FOO(x) { }. */
import { DeclaratorFlag, Kind } from '../ast.ts';
import { isTypeStart, Token } from '../token.ts';
import { parseArguments } from './arguments.ts';
import { type Parser, skipToComma } from './cursor.ts';
import { parseDeclarator, parseParameters } from './declarators.ts';
import { parseFunction } from './top-level.ts';
import { parseSpecifiers } from './types.ts';

/** Macros whose arguments are a name and then pairs of type and parameter -> what the function's name begins with. */
const PAIRS: readonly (readonly [RegExp, string])[] = [
  [/^COMPAT_SYSCALL_DEFINE\d$/, '__do_compat_sys_'],
  [/^(?:\w*_)?SYSCALL_DEFINE\d$/, '__do_sys_'],
  [/^(?:NOTRACE_)?BPF_CALL_\d$/, ''],
];

/**
 * Parses the macro use at `token` and the body after it. Returns a MacroInvocation with the Block, followed in
 * the list by the Function that it defines.
 */
export const parseMacroFunction = (p: Parser, token: number, flags: number, attributes: number): number => {
  const open = token + 1;
  const macro = p.interner.names[p.name[token] as number] as string;
  const pairs = PAIRS.find(([pattern]) => pattern.test(macro));
  const nameToken = definedName(p, open);
  const type = p.node(Kind.Type, token, 0, 0, 0, 0);
  let parameters = 0;
  let name = p.name[nameToken] as number;
  if (pairs !== undefined && nameToken === open + 1) {
    parameters = parsePairs(p, open);
    if (pairs[1] !== '') name = p.interner.internText(pairs[1] + p.interner.names[name]);
  }
  p.at = open;
  const callee = p.node(Kind.Identifier, token, p.name[token] as number, 0, 0, 0);
  const first = parseArguments(p, open);
  const call = p.node(Kind.Call, token, 0, callee, first, p.argumentFlag);
  if (p.kind[p.at] === Token.OpenParen) parameters = parseParameters(p, p.at);
  const info = p.node(
    Kind.DeclaratorInfo,
    nameToken,
    attributes,
    0,
    parameters,
    flags | DeclaratorFlag.Function,
  );
  const declarator = p.node(Kind.Declarator, nameToken, name, type, 0, info);
  const definition = parseFunction(p, declarator, attributes, name);
  const invocation = p.node(
    Kind.MacroInvocation,
    token,
    p.name[token] as number,
    call,
    p.nodes.b[definition] as number,
    0,
  );
  p.nodes.next[invocation] = definition;
  return invocation;
};

/** The token that names the function: the first argument where it is a name alone, otherwise the macro. */
const definedName = (p: Parser, open: number): number => {
  const first = open + 1;
  const next = p.kind[first + 1];
  if (p.kind[first] === Token.Identifier && (next === Token.Comma || next === Token.CloseParen)) return first;
  return open - 1;
};

/** (name, type, parameter, type, parameter): the parameters. */
const parsePairs = (p: Parser, open: number): number => {
  const close = p.close[open] as number;
  let first = 0;
  let last = 0;
  p.at = skipToComma(p, open + 1, close);
  while (p.at < close) {
    p.at++;
    const typeEnd = skipToComma(p, p.at, close);
    const nameToken = typeEnd + 1;
    const k = p.kind[p.at] as number;
    if (
      typeEnd >= close ||
      p.kind[nameToken] !== Token.Identifier ||
      (k !== Token.Identifier && !isTypeStart(k))
    )
      break;
    const type = parseSpecifiers(p, true);
    const declarator = parseDeclarator(p, type, 0, 0, true);
    const parameter = p.node(
      Kind.Parameter,
      nameToken,
      p.name[nameToken] as number,
      p.nodes.a[declarator] as number,
      0,
      p.nodes.c[declarator] as number,
    );
    if (first === 0) first = parameter;
    else p.nodes.next[last] = parameter;
    last = parameter;
    p.at = skipToComma(p, nameToken, close);
  }
  return first;
};
