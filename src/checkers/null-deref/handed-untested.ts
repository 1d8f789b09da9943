/** An allocation that is handed, without a test, to a function that keeps it: NULL is found in it later, or never. */
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import type { Observer } from '../../effects/domain.ts';
import type { Effects } from '../../effects/effects.ts';
import { fieldKey } from '../../effects/field-uses.ts';
import { calleeName, isLocal, stripCasts } from '../../effects/flow-expressions.ts';
import { mayBeNull } from '../../effects/values.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { GIVES_UP, WARNINGS } from '../../kernel/pointers.ts';
import type { FieldEvidence } from './field-evidence.ts';
import type { FunctionContext } from './function-context.ts';
import { allocationText } from './source.ts';
import { isTested } from './tested-with.ts';
import { isMappedForGood, uncheckedAlloc } from './unchecked-alloc.ts';

/** How far an argument is followed from function to function. */
const MAX_HANDS = 4;

/** Watches arguments that are allocations of which nothing is known. */
export function watchHanded(context: FunctionContext, fields: FieldEvidence): Observer {
  const { flow, effects, ref } = context;
  return {
    call(call, view) {
      const callee = calleeName(flow, call);
      if (callee === '' || view.isMerged || GIVES_UP.test(callee)) return;
      const { dereferences, mayDereference } = view.knowledge(call);
      for (const [k, arg] of (flow.calls[call]?.args ?? []).entries()) {
        const e = stripCasts(flow, arg);
        if (k > 30 || e <= 0 || ((dereferences | mayDereference) & (1 << k)) !== 0) continue;
        if (!mayBeNull(view.bits(e)) || view.isWeak(e)) continue;
        const allocator = calleeName(flow, view.originCall(e));
        const kept = ALLOCATORS.has(allocator) ? keptIn(effects, callee, ref.path, k) : [];
        if (kept.length === 0) continue;
        const isExpected = kept.some(({ path, key, isOfVariable }) =>
          [...fields.ofFile(path, key), ...(isOfVariable ? [] : fields.besides(path, key))].some(
            (use) => use.isTested,
          ),
        );
        const isStatic = isMappedForGood(context, view.originCall(e));
        const name = context.text(e);
        const line = lineOf(flow.calls[view.originCall(e)]?.position ?? 0);
        const position = context.positionOf(view.at);
        context.report({
          rule: uncheckedAlloc,
          // Whoever finds it there looks whether there is anything; or this function does, afterwards.
          confidence:
            isExpected || isTested(flow, e) || isKeeperAsked(flow, call)
              ? 'low'
              : isStatic
                ? 'medium'
                : 'high',
          // What is in a variable is read while the call lasts, by functions that may take none (`init.name`, which is copied).
          ...(isStatic || kept.every((one) => one.isOfVariable) ? { confidenceInUse: 'low' as const } : {}),
          position,
          identity: `handed ${allocator} ${name}`,
          message: `${name} is passed to ${callee}(), which keeps it, without a test: ${allocator}() at line ${line} returns NULL when it fails.`,
          explanation: `Neither line ${line} to ${lineOf(position)} nor ${callee}() tests ${name}. Test it right behind the allocation and leave with an error (usually -ENOMEM).`,
          missingTest: { pointer: name, line, returns: ref.fact.returns },
          trace: [
            context.step(line, allocationText(name, allocator)),
            context.step(lineOf(position), `${name} is passed to ${callee}()`),
          ],
        });
      }
    },
  };
}

/** `keep(&map, p); if (is_null(&map))`: the object that it is put into is asked for it afterwards. */
function isKeeperAsked(flow: Flow, call: number): boolean {
  const keepers = flow.calls[call]?.args.filter((arg) => flow.exprOp[arg] === Expr.Address) ?? [];
  return flow.branches.some((condition, i) => {
    const e = stripCasts(
      flow,
      flow.exprOp[condition] === Expr.Unary ? (flow.exprA[condition] as number) : condition,
    );
    if (i % 3 !== 0 || flow.exprOp[e] !== Expr.Result) return false;
    const asked = flow.exprA[e] as number;
    return asked > call && flow.calls[asked]?.args.some((arg) => keepers.includes(arg)) === true;
  });
}

interface Kept {
  readonly key: string;
  readonly path: string;
  /** It is kept in a variable of the function, and handed on with that: others with such a variable mean their own. */
  readonly isOfVariable: boolean;
}

/** The fields in which a function or macro stores an argument, where neither it nor one that gets it before tests it. */
function keptIn(effects: Effects, name: string, from: string, k: number): readonly Kept[] {
  const kept: Kept[] = [];
  const follow = (callee: string, path: string, argument: number, hands: number): boolean => {
    const { functions, macro } = effects.meaning(callee, path);
    const body = functions[0] ?? macro;
    const flow = body?.fact.flow;
    if (body === undefined || flow === undefined || GIVES_UP.test(callee)) return true;
    if ((effects.callee(callee, path).summary.tests & (1 << argument)) !== 0) return false;
    if (isWarnedOf(flow, argument)) return false;
    for (const place of placesOf(flow, argument))
      kept.push({
        key: fieldKey(effects, flow, place, body.path),
        path: body.path,
        isOfVariable: isOfVariable(flow, place),
      });
    if (hands === 0) return true;
    return flow.calls.every(({ args }, n) =>
      args.every(
        (arg, m) => !isLocal(flow, arg, argument) || follow(calleeName(flow, n), body.path, m, hands - 1),
      ),
    );
  };
  return follow(name, from, k, MAX_HANDS) ? kept : [];
}

/** `if (WARN_ONCE(!name, …)) return -EINVAL;` */
const isWarnedOf = (flow: Flow, local: number): boolean =>
  flow.calls.some(
    ({ args }, call) =>
      WARNINGS.test(calleeName(flow, call)) &&
      args.some((arg) => {
        const asked = flow.exprOp[arg] === Expr.Unary ? (flow.exprA[arg] as number) : arg;
        return isLocal(flow, asked, local);
      }),
  );

/** Where a function stores one of its parameters. */
function placesOf(flow: Flow, local: number): readonly number[] {
  const places: number[] = [];
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Assign) continue;
    const op = flow.exprOp[flow.ops[at + 1] as number];
    if (op !== Expr.Local && op !== Expr.Temporary && isLocal(flow, flow.ops[at + 2] as number, local))
      places.push(flow.ops[at + 1] as number);
  }
  return places;
}

/** `init.name` of a local struct. */
function isOfVariable(flow: Flow, place: number): boolean {
  let e = place;
  while (flow.exprOp[e] === Expr.Field) e = flow.exprA[e] as number;
  return flow.exprOp[e] === Expr.Local;
}
