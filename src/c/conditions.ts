/** What is known of #if conditions without a configuration: true, false, or (mostly) nothing. */
import { NameFlag, nameFlags } from './word-shapes.ts';

export const Truth = { False: 0, True: 1, Unknown: 2 } as const;

const WORDS = /\w+|&&|\|\||[!()]|\S/g;

/** Nesting of parentheses that is followed; beyond it nothing is known. */
const MAX_DEPTH = 20;

/** Truth of a symbol that is tested with #ifdef. */
export const truthOfSymbol = (symbol: string): number => {
  const flags = nameFlags(symbol);
  if ((flags & NameFlag.Undefined) !== 0) return Truth.False;
  if ((flags & NameFlag.Defined) !== 0) return Truth.True;
  return Truth.Unknown;
};

export const negate = (truth: number): number => (truth === Truth.Unknown ? truth : 1 - truth);

/** Truth of the text of an #if or #elif. */
export const truthOf = (text: string): number => {
  if (text.length > 2000 || !/\b[01]\b|defined/.test(text)) return Truth.Unknown;
  const words = text.replaceAll(/\/\*.*?\*\/|\/\/.*|\\\r?\n/gs, ' ').match(WORDS) ?? [];
  const evaluation = new Evaluation(words);
  const truth = evaluation.or(0);
  return evaluation.at < words.length ? Truth.Unknown : truth;
};

/** The one symbol that a condition tests, if there is just one, and whether the condition is that it is not set. */
export const symbolOf = (text: string): { symbol: string; isNegative: boolean } => {
  const plain = text.trim();
  const match = /^(!?)\s*(?:defined|IS_ENABLED|IS_REACHABLE|IS_BUILTIN)?\s*\(?\s*(\w+)\s*\)?$/.exec(plain);
  if (match === null) return { symbol: plain, isNegative: false };
  return { symbol: match[2] as string, isNegative: match[1] === '!' };
};

class Evaluation {
  readonly #words: readonly string[];
  at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  or(depth: number): number {
    let truth = this.and(depth);
    while (this.#words[this.at] === '||') {
      this.at++;
      const right = this.and(depth);
      if (truth === Truth.True || right === Truth.True) truth = Truth.True;
      else if (truth === Truth.Unknown || right === Truth.Unknown) truth = Truth.Unknown;
    }
    return truth;
  }

  and(depth: number): number {
    let truth = this.unary(depth);
    while (this.#words[this.at] === '&&') {
      this.at++;
      const right = this.unary(depth);
      if (truth === Truth.False || right === Truth.False) truth = Truth.False;
      else if (truth === Truth.Unknown || right === Truth.Unknown) truth = Truth.Unknown;
    }
    return truth;
  }

  unary(depth: number): number {
    let isNegative = false;
    while (this.#words[this.at] === '!') {
      isNegative = !isNegative;
      this.at++;
    }
    const truth = this.primary(depth);
    return isNegative ? negate(truth) : truth;
  }

  primary(depth: number): number {
    const word = this.#words[this.at++];
    if (word === '(') {
      if (depth > MAX_DEPTH) return Truth.Unknown;
      const truth = this.or(depth + 1);
      if (this.#words[this.at] === ')') this.at++;
      return truth;
    }
    if (word === 'defined') {
      const isOpen = this.#words[this.at] === '(';
      if (isOpen) this.at++;
      const symbol = this.#words[this.at++] ?? '';
      if (isOpen && this.#words[this.at] === ')') this.at++;
      return truthOfSymbol(symbol);
    }
    if (word === '0') return Truth.False;
    if (word === '1') return Truth.True;
    return Truth.Unknown;
  }
}
