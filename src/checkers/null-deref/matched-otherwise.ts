/** The id table of a driver whose devices are matched another way, too: what is looked up in it need not be there. */
import { type Call, Expr, type Flow } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import {
  ACPI_IDS,
  ASKS_HOW_MATCHED,
  FIRMWARE_NODES,
  ID_LOOKUPS,
  ID_TABLE,
  MATCHED_BY_FORCE,
  NEEDS_FIRMWARE_NODE,
} from '../../kernel/id-lookups.ts';
import { isForEverybody } from './callers.ts';
import type { FunctionContext } from './function-context.ts';
import { isAnswerTested } from './known-to-succeed.ts';

/**
 * Line of the other table of ids, where a call looks its device up in the one that has names, and the function asks
 * nowhere how the device was matched; 0 otherwise.
 */
export function matchedOtherwise(context: FunctionContext, call: number): number {
  const { effects, flow, ref } = context;
  const name = calleeName(flow, call);
  if (!ID_LOOKUPS.has(name)) return 0;
  const macros = effects.program.facts(ref.path)?.topLevelMacros ?? [];
  const table = macros.find((macro) => macro.name === ID_TABLE && macro.args[0] === ACPI_IDS);
  if (table === undefined) return 0;
  const asks =
    flow.calls.some((_, n) => ASKS_HOW_MATCHED.test(calleeName(flow, n))) ||
    flow.names.some((member, n) => ASKS_HOW_MATCHED.test(member) && isMember(context, n));
  return asks ? 0 : table.line;
}

/**
 * Whether a call asks for what firmware tells of a device, where any device can be made to match, and nothing before the
 * position `usedAt` shows that this one has it.
 */
export function isMatchedByForce(
  { effects, flow, ref }: FunctionContext,
  call: number,
  usedAt: number,
): boolean {
  if (!FIRMWARE_NODES.has(calleeName(flow, call))) return false;
  const shows = ({ position }: Call, n: number): boolean =>
    position < usedAt && NEEDS_FIRMWARE_NODE.has(calleeName(flow, n)) && isAnswerMinded(flow, n);
  if (flow.calls.some(shows)) return false;
  const { type, field } = MATCHED_BY_FORCE;
  return effects.program.storedIn(ref).some(({ entry }) => entry.type === type && entry.field === field);
}

/** It is tested, or `err = install(ACPI_HANDLE(dev))` is, where install() looks at what it gets. */
const isAnswerMinded = (flow: Flow, call: number): boolean =>
  isAnswerTested(flow, call) ||
  flow.calls.some(
    ({ args }, n) =>
      args.some((arg) => flow.exprOp[arg] === Expr.Result && flow.exprA[arg] === call) &&
      isAnswerTested(flow, n),
  );

/**
 * Whether a call looks a device up in its driver's table for drivers of all kinds: not each of them has one, nor is each
 * device matched by it.
 */
export const isOfAnyDriver = ({ effects, flow, ref }: FunctionContext, call: number): boolean =>
  ID_LOOKUPS.has(calleeName(flow, call)) && isForEverybody(effects, ref);

function isMember({ flow }: FunctionContext, name: number): boolean {
  for (let e = 1; e < flow.exprOp.length; e++) {
    const op = flow.exprOp[e];
    if ((op === Expr.Arrow || op === Expr.Field) && flow.exprB[e] === name) return true;
  }
  return false;
}
