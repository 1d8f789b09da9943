/** null-deref: paths on which a pointer is used that is NULL or an error pointer. */
import { type Effects, effectsOf } from '../../effects/effects.ts';
import { Walker } from '../../effects/paths.ts';
import { isHostProgram } from '../../kernel/user-space.ts';
import type { ChangeScope, CodeChecker, Finding } from '../checker.ts';
import { watchBeliefs } from './caller-beliefs.ts';
import { checkAfterUse, findCheckAfterUse } from './check-after-use.ts';
import { checkRemoved } from './check-removed.ts';
import { clearedThenUsed, findClearedThenUsed } from './cleared-then-used.ts';
import { compareSides } from './compare-sides.ts';
import { watchUses } from './dereference.ts';
import { findDriverDataUnset } from './driver-data-unset.ts';
import { findDroppedFailures } from './dropped-failure.ts';
import { errPtr, findErrorDereference, watchErrorTests, watchNullTests } from './err-ptr.ts';
import { FieldEvidence } from './field-evidence.ts';
import { FunctionContext } from './function-context.ts';
import { watchHanded } from './handed-untested.ts';
import { findIteratorsPastEnd, iteratorPastEnd } from './iterator-past-end.ts';
import { findKnownNull, knownNull } from './known-null.ts';
import { findNullArguments, nullArgument, watchNullArguments } from './null-argument.ts';
import { findNullForError } from './null-for-error.ts';
import { findNullMembers, watchNullMembers } from './null-member.ts';
import { watchStores } from './stored-untested.ts';
import { findUncheckedAlloc, uncheckedAlloc } from './unchecked-alloc.ts';
import { nullOp, uncheckedField, watchFields } from './unchecked-field.ts';
import { findUncheckedLookup, uncheckedLookup } from './unchecked-lookup.ts';

export const nullDeref: CodeChecker = {
  name: 'null-deref',
  rules: [
    knownNull,
    clearedThenUsed,
    uncheckedAlloc,
    uncheckedLookup,
    uncheckedField,
    nullOp,
    nullArgument,
    errPtr,
    checkRemoved,
    iteratorPastEnd,
    checkAfterUse,
  ],
  compare: compareSides,
  audit(program, paths, scope) {
    const effects = effectsOf(program);
    const walker = new Walker();
    const fields = new FieldEvidence(effects);
    // Who runs out of memory while the kernel is built builds it again.
    const kernel = paths.filter((path) => !isHostProgram(program.facts(path)?.includes ?? []));
    return kernel.flatMap((path) => auditFile(effects, fields, walker, path, scope));
  },
};

/** Callers are asked only about the functions that a change touches. */
function auditFile(
  effects: Effects,
  fields: FieldEvidence,
  walker: Walker,
  path: string,
  scope: ChangeScope | undefined,
): Finding[] {
  const { program } = effects;
  return program.definitions(path).flatMap((ref) => {
    const { flow } = ref.fact;
    if (flow === undefined) return [];
    if (scope !== undefined && !scope.mayNoticeTouched(ref) && !scope.usesChangedField(ref)) return [];
    const context = new FunctionContext(effects, ref, flow);
    walker.walk(flow, {
      observers: [
        watchUses(context, {
          whenNull: [(at, use) => findKnownNull(at, use, fields), findClearedThenUsed],
          whenMaybeNull: [findUncheckedAlloc, findUncheckedLookup],
          whenMaybeError: [findErrorDereference],
        }),
        watchErrorTests(context),
        watchNullTests(context),
        watchNullArguments(context),
        watchNullMembers(context),
        watchHanded(context, fields),
        watchStores(context, fields),
        watchFields(context, fields),
        watchBeliefs(context),
      ],
      knowledge: (call) => effects.knowledge(flow, call, path),
      constant: (name) => effects.constant(name, path),
    });
    if (scope?.isTouched(ref) ?? true) {
      findNullArguments(context, fields);
      findNullMembers(context);
    }
    findDroppedFailures(context, fields);
    findCheckAfterUse(context);
    findNullForError(context);
    findIteratorsPastEnd(context);
    findDriverDataUnset(context);
    return context.findings;
  });
}
