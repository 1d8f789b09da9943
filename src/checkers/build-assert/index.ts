/** build-assert: compile-time assertions that hold only for some compilers and configurations. */
import { effectsOf } from '../../effects/effects.ts';
import type { FunctionRef, Program } from '../../index/program.ts';
import type { CodeChecker, Finding } from '../checker.ts';
import { FunctionFindings } from '../function-findings.ts';
import { Assertions } from './assertions.ts';
import { findNeedsAlwaysInline, needsAlwaysInline } from './needs-always-inline.ts';
import { findNotConstant, notConstant } from './not-constant.ts';

export const buildAssert: CodeChecker = {
  name: 'build-assert',
  rules: [needsAlwaysInline, notConstant],
  audit(program, paths) {
    const assertions = new Assertions(effectsOf(program));
    return paths.flatMap((path) =>
      program.definitions(path).flatMap((ref) => auditFunction(program, assertions, ref)),
    );
  },
};

function auditFunction(program: Program, assertions: Assertions, ref: FunctionRef): readonly Finding[] {
  const { id, path, name, fact } = ref;
  // Of a piece of a function it is not known how it is declared.
  if (fact.flow === undefined || fact.isPartial) return [];
  const asserted = assertions.of({ id, path, name, isMacro: false, flow: fact.flow });
  if (asserted.length === 0) return [];
  const findings = new FunctionFindings('build-assert', ref);
  const isStored = program.storedIn(ref).length > 0;
  const impossible = asserted.flatMap((own) => findNotConstant(ref, own, isStored) ?? []);
  for (const candidate of impossible) findings.report(candidate);
  const needed = findNeedsAlwaysInline(ref, isStored ? [] : asserted);
  if (needed !== undefined) findings.report(needed);
  return findings.all;
}
