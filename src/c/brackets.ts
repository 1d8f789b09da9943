/** Which token closes each bracket, so that the parser can look behind a group in one step. */
import { REMOVED, Token } from './token.ts';
import type { Tokens } from './tokens.ts';

let stack = new Int32Array(1 << 10);

/**
 * Fills `close` for the tokens [from, end). A bracket that nothing closes ends before the brace that closes
 * what is around it, or at `end`. Where braces do not balance, a closing brace in the first column ends
 * everything that is open, as it does in kernel style.
 */
export const matchBrackets = (tokens: Tokens, from: number, end: number): void => {
  if (!match(tokens, from, end, false)) match(tokens, from, end, true);
};

const match = (tokens: Tokens, from: number, end: number, firstColumnCloses: boolean): boolean => {
  const { kind, close, position } = tokens;
  let balanced = true;
  let depth = 0;
  for (let i = from; i < end; i++) {
    const k = kind[i] as number;
    if (k > Token.CloseBrace || k < Token.OpenParen) continue;
    if ((k & 1) === 1) {
      if (depth === stack.length) {
        const larger = new Int32Array(2 * depth);
        larger.set(stack);
        stack = larger;
      }
      stack[depth++] = i;
      continue;
    }
    if (k === Token.CloseBrace) {
      if (firstColumnCloses && ((position[i] as number) & 0x3ff) === 1) {
        while (depth > 0) close[stack[--depth] as number] = i;
        continue;
      }
      // Parentheses and brackets cannot be open across the end of their block.
      while (depth > 0 && kind[stack[depth - 1] as number] !== Token.OpenBrace) {
        close[stack[--depth] as number] = i;
        balanced = false;
      }
      if (depth > 0) close[stack[--depth] as number] = i;
      else balanced = false;
      continue;
    }
    if (depth > 0 && kind[stack[depth - 1] as number] === k - 1) close[stack[--depth] as number] = i;
    else if (
      depth > 1 &&
      kind[stack[depth - 2] as number] === k - 1 &&
      kind[stack[depth - 1] as number] !== Token.OpenBrace
    ) {
      close[stack[--depth] as number] = i;
      close[stack[--depth] as number] = i;
    } else balanced = false;
  }
  if (depth > 0) balanced = false;
  while (depth > 0) close[stack[--depth] as number] = end;
  return balanced;
};

/** Takes removed tokens and the given ranges out of the stream. */
export const compact = (tokens: Tokens, ranges: readonly number[]): void => {
  const { kind, name, start, position } = tokens;
  const count = tokens.count;
  let to = 0;
  let range = 0;
  for (let i = 0; i < count; i++) {
    if (range < ranges.length && i === ranges[range]) {
      const end = ranges[range + 1] as number;
      range += 2;
      if (end > i) {
        i = end - 1;
        continue;
      }
      i--;
      continue;
    }
    const k = kind[i] as number;
    if (k === REMOVED) continue;
    if (to !== i) {
      kind[to] = k;
      name[to] = name[i] as number;
      start[to] = start[i] as number;
      position[to] = position[i] as number;
    }
    to++;
  }
  tokens.count = to;
};
