/**
 * An error pointer that stays behind: an operation fails, and leaves what it got in a field of which the rest of the
 * file knows NULL only.
 */
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import type { View } from '../../effects/domain.ts';
import { fieldKey } from '../../effects/field-uses.ts';
import { calleeName, isLocal, stripCasts } from '../../effects/flow-expressions.ts';
import { ANY, ERR } from '../../effects/values.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { errPtr } from './err-ptr.ts';
import type { FieldEvidence } from './field-evidence.ts';
import type { FunctionContext } from './function-context.ts';
import { memberOfLocal } from './member-dereference.ts';

/** Operations whose failure is the end of the object: nobody looks at its fields afterwards. */
const ENDS_OBJECT = /probe|init|bind|attach|connect|open|setup|create|add|alloc|register|new/;

/** The function fails here, with `place` as the `call` at instruction `at` has set it. */
export function findErrorLeft(
  context: FunctionContext,
  fields: FieldEvidence,
  place: number,
  call: number,
  at: number,
  view: View,
): void {
  const { effects, flow, ref } = context;
  if ((view.bits(place) & ANY) !== ERR || view.originCall(place) !== call) return;
  const operations = effects.program.storedIn(ref);
  if (operations.length === 0 || operations.some(({ entry }) => ENDS_OBJECT.test(entry.field))) return;
  if (isMadeHere(flow, place)) return;
  const key = fieldKey(effects, flow, place, ref.path);
  const uses = key === '' ? [] : fields.ofFile(ref.path, key);
  const others = uses.filter((use) => use.function !== ref.name && !use.isSet);
  // Who only asks whether there is something does nothing with it.
  const witness = others.find((use) => use.isTested && use.isDereferenced);
  if (witness === undefined || uses.some((use) => use.isTestedForError && use.function !== ref.name)) return;
  const name = context.text(place);
  const position = context.positionOf(at);
  const callee = calleeName(flow, call);
  context.report({
    rule: errPtr,
    confidence: 'medium',
    // Whoever uses it is seldom called after that.
    confidenceInUse: 'low',
    position,
    identity: `left ${name}`,
    message: `${name} is still the error pointer of ${callee}() when ${ref.name}() fails, and ${witness.function}() takes what is not NULL for valid (line ${witness.testedAt}).`,
    explanation: `A failed ${operations[0]?.entry.field} does not end the object. Keep the result in a variable until it is known to be valid, or set ${name} to NULL on the way out.`,
    trace: [
      context.step(lineOf(position), `${name} is set to the result of ${callee}()`),
      context.step(lineOf(context.positionOf(view.at)), 'the function fails, and leaves it there'),
      {
        path: witness.path,
        line: witness.testedAt,
        function: witness.function,
        text: `${name} is tested for NULL only`,
      },
    ],
  });
}

/** The object is one that the function has just allocated: where it fails, nobody ever sees that. */
function isMadeHere(flow: Flow, place: number): boolean {
  const local = memberOfLocal(flow, place)?.local;
  for (let at = 0; local !== undefined && at < flow.ops.length; at += 4) {
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    if (flow.ops[at] !== Op.Assign || !isLocal(flow, flow.ops[at + 1] as number, local)) continue;
    if (flow.exprOp[value] !== Expr.Result) continue;
    if (ALLOCATORS.has(calleeName(flow, flow.exprA[value] as number))) return true;
  }
  return false;
}
