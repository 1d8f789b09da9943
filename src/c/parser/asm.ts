/** Inline assembly: its operands matter, its text does not. */
import { Kind } from '../ast.ts';
import { Token } from '../token.ts';
import { asFailure, type Parser } from './cursor.ts';
import { parseExpression } from './expressions.ts';

/** asm [volatile] [goto] (template : outputs : inputs : clobbers : labels), with its semicolon. */
export const parseAsm = (p: Parser): number => {
  const token = p.at++;
  while (p.kind[p.at] !== Token.OpenParen) {
    const k = p.kind[p.at] as number;
    if (k !== Token.Qualifier && k !== Token.Goto && k !== Token.Inline && k !== Token.Identifier) {
      p.fail('expected ( of asm');
    }
    p.at++;
  }
  const open = p.at;
  const close = p.close[open] as number;
  if (p.kind[close] !== Token.CloseParen && !p.isFragment) p.fail('unclosed ( of asm', open);
  p.at = skipSection(p, open + 1, close);
  const outputs = parseOperands(p, close);
  const inputs = parseOperands(p, close);
  let labels = 0;
  if (p.at < close) p.at = skipSection(p, p.at + 1, close); // clobbers
  let last = 0;
  for (; p.at < close; p.at++) {
    if (p.kind[p.at] !== Token.Identifier) continue;
    const label = p.node(Kind.Identifier, p.at, p.name[p.at] as number, 0, 0, 0);
    if (labels === 0) labels = label;
    else p.nodes.next[last] = label;
    last = label;
  }
  p.at = close + (close < p.end ? 1 : 0);
  if (p.kind[p.at] === Token.Semicolon) p.at++;
  return p.node(Kind.Asm, token, 0, outputs, inputs, labels);
};

/** The next colon at or after `from`, or `close`. */
const skipSection = (p: Parser, from: number, close: number): number => {
  let i = from;
  while (i < close && p.kind[i] !== Token.Colon) {
    const k = p.kind[i];
    i =
      k === Token.OpenParen || k === Token.OpenBracket || k === Token.OpenBrace
        ? Math.max(i + 1, p.after(i))
        : i + 1;
  }
  return Math.min(i, close);
};

/** Operands after a colon: of each, the expression in its last parentheses. Stands on the next colon or `close`. */
const parseOperands = (p: Parser, close: number): number => {
  if (p.at >= close) return 0;
  const end = skipSection(p, p.at + 1, close);
  let first = 0;
  let last = 0;
  let i = p.at + 1;
  const depth = p.depth;
  while (i < end) {
    let group = 0;
    while (i < end && p.kind[i] !== Token.Comma) {
      const k = p.kind[i] as number;
      if (k === Token.OpenParen) group = i;
      i =
        k === Token.OpenParen || k === Token.OpenBracket || k === Token.OpenBrace
          ? Math.max(i + 1, p.after(i))
          : i + 1;
    }
    i++;
    if (group === 0) continue;
    p.at = group + 1;
    try {
      const operand = parseExpression(p);
      if (first === 0) first = operand;
      else p.nodes.next[last] = operand;
      last = operand;
      while (p.nodes.next[last] !== 0) last = p.nodes.next[last] as number;
    } catch (error) {
      asFailure(error);
      p.depth = depth;
    }
  }
  p.at = end;
  return first;
};
