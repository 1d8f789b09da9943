/** The condition of an #if around statements, as an expression. */
import { Kind, Operator } from '../ast.ts';
import { matchBrackets } from '../brackets.ts';
import { Token } from '../token.ts';
import { Directive } from '../tokens.ts';
import { asFailure, type Parser } from './cursor.ts';
import { parseConditional } from './expressions.ts';

/** Expression for the #if or #elif at `token`: the symbol of #ifdef and defined() is an Identifier. */
export const parseConditionOf = (p: Parser, token: number): number => {
  const { directives } = p.tokens;
  const directive = p.name[token] as number;
  const kind = directives.kind(directive);
  if (kind === Directive.If || kind === Directive.Elif) return parseText(p, directive, token);
  const symbol = p.node(Kind.Identifier, token, directives.name(directive), 0, 0, 0);
  if (kind === Directive.Ifdef || kind === Directive.Elifdef) return symbol;
  return p.node(Kind.Unary, token, 0, symbol, 0, NOT);
};

const NOT = Operator.Not;

const parseText = (p: Parser, directive: number, token: number): number => {
  const { directives } = p.tokens;
  const { at, end, depth, isFragment, inMacro } = p;
  const start = p.tokens.count;
  p.lexer.lexDirective(
    directives.start(directive),
    directives.end(directive),
    directives.line(directive),
    directives.lineStart(directive),
  );
  p.refresh();
  unwrapDefined(p, start);
  p.end = p.tokens.count - 1;
  matchBrackets(p.tokens, start, p.end);
  p.at = start;
  p.isFragment = false;
  p.inMacro = false;
  let condition: number;
  try {
    condition = parseConditional(p);
  } catch (error) {
    asFailure(error);
    p.depth = depth;
    condition = p.node(Kind.Stringify, token, 0, 0, 0, 0);
  }
  p.at = at;
  p.end = end;
  p.isFragment = isFragment;
  p.inMacro = inMacro;
  return condition;
};

/** `defined X` and `defined(X)` -> X, in the tokens from `start` on. */
const unwrapDefined = (p: Parser, start: number): void => {
  const { kind, name, start: starts, position } = p.tokens;
  const { names } = p.interner;
  const count = p.tokens.count;
  let to = start;
  for (let i = start; i < count; i++) {
    if (kind[i] === Token.Identifier && names[name[i] as number] === 'defined' && i + 1 < count) {
      const isOpen = kind[i + 1] === Token.OpenParen;
      const symbol = isOpen ? i + 2 : i + 1;
      if (symbol < count - 1 && kind[symbol] === Token.Identifier) {
        kind[to] = Token.Identifier;
        name[to] = name[symbol] as number;
        starts[to] = starts[symbol] as number;
        position[to] = position[symbol] as number;
        to++;
        i = isOpen && kind[symbol + 1] === Token.CloseParen ? symbol + 1 : symbol;
        continue;
      }
    }
    kind[to] = kind[i] as number;
    name[to] = name[i] as number;
    starts[to] = starts[i] as number;
    position[to] = position[i] as number;
    to++;
  }
  p.tokens.count = to;
};
