/** Every rule there is, of code and of messages. */
import type { Rule } from './checker.ts';
import { codeCheckers } from './registry.ts';
import { trailers } from './trailers/index.ts';

export const allRules: readonly Rule[] = [
  ...codeCheckers.flatMap((checker) => checker.rules),
  ...trailers.rules,
];
