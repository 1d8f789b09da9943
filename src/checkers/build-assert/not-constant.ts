import { columnOf, lineOf } from '../../c/flow.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { Rule } from '../checker.ts';
import type { Candidate } from '../function-findings.ts';
import type { Asserted } from './assertions.ts';
import { parametersText } from './words.ts';

export const notConstant: Rule = {
  id: 'build-assert/not-constant',
  severity: 'warning',
  summary: 'A value that only the running program knows is given to a compile-time assertion.',
  source: 'include/linux/build_bug.h',
};

/** What is asserted can't be known to the compiler: it is read from memory, or a parameter of a function that is compiled on its own. */
export function findNotConstant(ref: FunctionRef, own: Asserted, isStored: boolean): Candidate | undefined {
  const { fact } = ref;
  const { isRead, isRuntime, parameters } = own.dependence;
  const isOutOfLine = isStored || !(fact.isStatic || fact.isInline || fact.alwaysInline);
  // Of an assertion that stands here its author has asked the compiler already.
  const isGiven = isRead && own.called !== own.name;
  if (own.isGuarded || !(isGiven || (isOutOfLine && parameters !== 0 && !isRuntime))) return undefined;
  const value = isRead
    ? 'a value that only the running program knows'
    : `the ${parametersText(fact, parameters)} of a function that others call`;
  const asserts =
    own.called === own.name ? `${own.name}() asserts` : `${own.called}() asserts, by ${own.name}(),`;
  return {
    rule: notConstant,
    confidence: 'medium',
    line: lineOf(own.position),
    column: columnOf(own.position),
    identity: own.called,
    message: `${asserts} something of ${value}: the compiler can't decide it.`,
    explanation: `A compile-time assertion needs a value that the compiler knows where the code is compiled. Give ${own.called}() a constant, or test the value at run time.`,
    trace: own.trace,
  };
}
