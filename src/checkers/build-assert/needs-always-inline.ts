import { lineOf } from '../../c/flow.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { Rule } from '../checker.ts';
import type { Candidate } from '../function-findings.ts';
import type { Asserted } from './assertions.ts';
import { parametersText } from './words.ts';

export const needsAlwaysInline: Rule = {
  id: 'build-assert/needs-always-inline',
  severity: 'note',
  summary:
    'A compile-time assertion hangs on a parameter of a function that the compiler need not inline: it breaks the build where it does not.',
  source: 'include/linux/build_bug.h; kernel commit d02b2103 (drm/i915: fix build error some more)',
};

/** The function is not __always_inline, and an assertion in it holds only where the compiler knows its argument. */
export function findNeedsAlwaysInline(
  ref: FunctionRef,
  asserted: readonly Asserted[],
): Candidate | undefined {
  const { fact, name, path } = ref;
  if (fact.alwaysInline || !(fact.isStatic || fact.isInline)) return undefined;
  const own = asserted.find(({ dependence }) => dependence.parameters !== 0 && !dependence.isRuntime);
  if (own === undefined) return undefined;
  const parameters = parametersText(fact, own.dependence.parameters);
  const what = own.called === own.name ? `${own.name}()` : `${own.called}(), which has a ${own.name}(),`;
  return {
    rule: needsAlwaysInline,
    confidence: !own.isGuarded ? 'high' : own.dependence.isComputed ? 'medium' : 'low',
    line: fact.line,
    column: fact.column,
    identity: '',
    message: `${name}() must be __always_inline: ${what} at line ${lineOf(own.position)} hangs on its ${parameters}.`,
    explanation: own.isGuarded
      ? `__builtin_constant_p() and the assertion behind it are decided at different times. Where the compiler keeps part of ${name}() out of line, it may find the value constant on one path only, and the assertion then fails although the caller is right.`
      : `The assertion holds where the compiler has inlined ${name}() and knows the argument. Whether it inlines a function that is not __always_inline is its own choice: with another compiler, optimisation level, coverage or sanitizer option the build breaks here.`,
    reword: fact.isInline
      ? { line: fact.line, words: ['inline', '__inline', '__inline__'], by: '__always_inline' }
      : { line: fact.line, words: ['static'], by: 'static __always_inline' },
    trace: [
      { path, line: fact.line, function: name, text: `${name}() may be compiled on its own` },
      ...own.trace,
    ],
  };
}
