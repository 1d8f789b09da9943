/** Who relies on its callers for the test of a field. */
import type { Effects } from '../../effects/effects.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import type { FunctionRef } from '../../index/program.ts';
import { everyCaller } from './callers.ts';
import type { FieldEvidence } from './field-evidence.ts';

/** How far up callers are asked. */
const MAX_LEVELS = 3;

/** A function all of whose callers test the field, or set it, or are only called by such, relies on them. */
export function isGuardedByCallers(
  effects: Effects,
  fields: FieldEvidence,
  ref: FunctionRef,
  key: string,
  setters: ReadonlySet<string>,
  levels = MAX_LEVELS,
): boolean {
  return everyCaller(effects, ref, (caller) => {
    const { flow } = caller.fact;
    if (flow?.calls.some((_, call) => setters.has(calleeName(flow, call)))) return true;
    const use = fields.ofFile(caller.path, key).find(({ function: name }) => name === caller.name);
    if (use?.isTested || use?.isSet) return true;
    return (
      levels > 1 &&
      caller.fact.isStatic &&
      isGuardedByCallers(effects, fields, caller, key, setters, levels - 1)
    );
  });
}
