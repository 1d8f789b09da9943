/** The checkers of code, in the order in which they run. To add one is to add a folder and a line. */

import { buildAssert } from './build-assert/index.ts';
import type { CodeChecker } from './checker.ts';
import { lockOrder } from './lock-order/index.ts';
import { nullDeref } from './null-deref/index.ts';

export const codeCheckers: readonly CodeChecker[] = [lockOrder, nullDeref, buildAssert];

export const codeCheckerNames: readonly string[] = codeCheckers.map(({ name }) => name);
