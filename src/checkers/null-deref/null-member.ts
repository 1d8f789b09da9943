/**
 * An object is handed on while a member of it is NULL, to a function that dereferences that member: mostly one that
 * cleans up, called where the member could not be allocated.
 */
import { type Flow, lineOf, Op } from '../../c/flow.ts';
import { endOfBlock } from '../../c/flow-blocks.ts';
import { isPointer } from '../../c/types.ts';
import type { Observer, View } from '../../effects/domain.ts';
import { calleeName, isLocal, pushOperands, stripCasts } from '../../effects/flow-expressions.ts';
import { Walker } from '../../effects/paths.ts';
import { isNull } from '../../effects/values.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { Confidence, Step } from '../checker.ts';
import { FunctionContext, nullOrigin } from './function-context.ts';
import { confidenceInNull } from './known-null.ts';
import { type MemberDereference, memberDereference, memberOfLocal } from './member-dereference.ts';
import { nullArgument } from './null-argument.ts';

/** Callers that are asked. */
const MAX_CALLERS = 40;

/** A call with an object of which a member is NULL. */
interface NullMember {
  readonly position: number;
  /** The member as the caller writes it. */
  readonly text: string;
  readonly callee: FunctionRef;
  /** The same, as the callee knows it. */
  readonly textInCallee: string;
  readonly dereference: MemberDereference;
  readonly confidence: Confidence;
  /** In the caller. */
  readonly steps: readonly Step[];
}

/** Watches calls with such an object, for the function that makes them. */
export function watchNullMembers(context: FunctionContext): Observer {
  return watch(context, undefined, (found) => {
    const { position, text, callee, dereference, confidence, steps } = found;
    const { ref, position: at } = dereference;
    context.report({
      rule: nullArgument,
      confidence,
      position,
      identity: '',
      defect: defectOf(context.ref, found),
      message: `${text} is NULL where its object is passed to ${callee.name}() here, and ${ref.name}() dereferences it without a test (${ref.path}:${lineOf(at)}).`,
      explanation: `${callee.name}() expects an object that is complete. Test the member there, or leave this function by a way that does not call it.`,
      trace: [...steps, ...stepsIn(callee, dereference)],
    });
  });
}

/** Asks the callers of a function for such objects. */
export function findNullMembers(context: FunctionContext): void {
  const { effects, ref } = context;
  for (const caller of effects.program.callers(ref, MAX_CALLERS)) {
    const { flow } = caller.fact;
    if (flow === undefined || caller.id === ref.id) continue;
    const of = new FunctionContext(effects, caller, flow);
    const observer = watch(of, ref, (found) => {
      const { position, textInCallee, dereference, confidence, steps } = found;
      context.report({
        rule: nullArgument,
        confidence,
        position: dereference.at,
        identity: '',
        defect: defectOf(caller, found),
        message: `${textInCallee} is dereferenced without a test, and ${caller.name}() passes an object in which it is NULL (${caller.path}:${lineOf(position)}).`,
        explanation: `${caller.name}() calls ${ref.name}() for an object that is not complete. Test ${textInCallee} before it is used.`,
        trace: [...steps, ...stepsIn(ref, dereference)],
      });
    });
    if (observer === NOTHING) continue;
    new Walker().walk(flow, {
      observers: [observer],
      knowledge: (call) => effects.knowledge(flow, call, caller.path),
      constant: (name) => effects.constant(name, caller.path),
    });
  }
}

const NOTHING: Observer = {};

/** Tells of calls with such an object; only of those of `only`, where that is given. NOTHING where there can be none. */
function watch(
  context: FunctionContext,
  only: FunctionRef | undefined,
  report: (found: NullMember) => void,
): Observer {
  const { effects, flow, ref } = context;
  const members = doubtfulMembers(context);
  if (members.length === 0) return NOTHING;
  const handed = flow.calls.flatMap(({ args }, call) =>
    only !== undefined && calleeName(flow, call) !== only.name
      ? []
      : members.flatMap(({ place, local, path }) => {
          const argument = args.findIndex((arg) => isLocal(flow, arg, local));
          return argument < 0 ? [] : [{ call, place, local, path, argument }];
        }),
  );
  if (handed.length === 0) return NOTHING;
  return {
    call(call, view) {
      for (const { place, local, path, argument } of handed.filter((one) => one.call === call)) {
        if (!isNull(view.bits(place)) || view.isWeak(place)) continue;
        const callee = effects.callee(calleeName(flow, call), ref.path).function;
        if (callee === undefined || (only !== undefined && callee.id !== only.id)) continue;
        const dereference = memberDereference(effects, callee, argument, path);
        if (dereference === undefined) continue;
        const position = flow.calls[call]?.position ?? 0;
        const text = context.text(place);
        report({
          position,
          text,
          callee,
          textInCallee: `${callee.fact.parameters[argument]?.name}${path}`,
          dereference,
          confidence: confidenceOf(flow, view, { call, place, local, argument }, dereference),
          steps: [
            context.step(nullOrigin(flow, place, view).line || lineOf(position), `${text} is NULL`),
            context.step(lineOf(position), `its object is passed to ${callee.name}()`),
          ],
        });
      }
    },
  };
}

interface Handed {
  readonly call: number;
  readonly place: number;
  readonly local: number;
  readonly argument: number;
}

/**
 * Sure where the callee comes to the dereference whatever the object is like; less where that depends on members that
 * the caller has dealt with before; and hardly where it depends on others, which may go with the one that is NULL.
 */
function confidenceOf(
  flow: Flow,
  view: View,
  { call, place, local, argument }: Handed,
  { decidedBy, isConditional }: MemberDereference,
): Confidence {
  const origin = nullOrigin(flow, place, view);
  const here = confidenceInNull(flow, origin, { pointer: place, view, through: call, argument });
  if (here === 'low' || view.isMerged) return 'low';
  const known = membersBefore(flow, local, endOfBlock(flow, origin.block));
  if (decidedBy.some((path) => !known.has(path))) return 'low';
  if (isConditional) return 'low';
  return decidedBy.length > 0 ? 'medium' : here;
}

/** The members of a local's object that instructions before `end` are about: what is set afterwards is not set yet. */
function membersBefore(flow: Flow, local: number, end: number): ReadonlySet<string> {
  const found = new Set<string>();
  const work: number[] = [];
  for (let at = 0; at < end * 4; at += 4) {
    const [op, x = 0, y = 0] = flow.ops.subarray(at, at + 3);
    if (op === Op.Assign) work.push(x, y);
    if (op === Op.Deref) work.push(y >> 1);
    if (op === Op.Branch) work.push(flow.branches[x * 3] as number);
    if (op === Op.Call) work.push(...(flow.calls[x]?.args ?? []));
  }
  for (let e = work.pop(); e !== undefined; e = work.pop()) {
    const member = memberOfLocal(flow, e);
    if (member?.local === local) found.add(member.path);
    pushOperands(flow, e, work);
  }
  return found;
}

/** Pointers in objects behind locals that a branch tests, or that are set to NULL. */
function doubtfulMembers(
  context: FunctionContext,
): readonly { place: number; local: number; path: string }[] {
  const { flow } = context;
  const places = new Set<number>();
  for (let b = 0; b < flow.branches.length; b += 3) places.add(stripCasts(flow, flow.branches[b] as number));
  for (let at = 0; at < flow.ops.length; at += 4)
    if (flow.ops[at] === Op.Assign) places.add(flow.ops[at + 1] as number);
  return [...places].flatMap((place) => {
    const member = memberOfLocal(flow, place);
    return member === undefined || !isPointer(context.typeOf(place)) ? [] : [{ place, ...member }];
  });
}

const defectOf = (caller: FunctionRef, { text, dereference }: NullMember): string =>
  `${caller.name} ${text} ${dereference.ref.name}`;

function stepsIn(callee: FunctionRef, { ref, at, position }: MemberDereference): readonly Step[] {
  const here = (of: FunctionRef, line: number, text: string): Step => ({
    path: of.path,
    line,
    function: of.name,
    text,
  });
  const end = here(ref, lineOf(position), 'the member is dereferenced without a test');
  return ref.id === callee.id ? [end] : [here(callee, lineOf(at), `calls ${ref.name}()`), end];
}
