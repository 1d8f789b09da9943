/** Where a function, or one that it hands its parameter on to, dereferences a member of that without a test. */
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { blockOf, branchCondition } from '../../c/flow-blocks.ts';
import type { Effects } from '../../effects/effects.ts';
import { calleeName, isLocal, pointerOf, stripCasts } from '../../effects/flow-expressions.ts';
import { lastField } from '../../index/link-record.ts';
import type { FunctionRef } from '../../index/program.ts';
import { firstDereference } from './first-dereference.ts';
import { reaches, successors } from './function-context.ts';
import { setsMember } from './known-null.ts';

/** Functions that a parameter is followed into. */
const MAX_HANDS = 2;

/** `p->a.b` of a local p: its number, and '->a.b'. */
interface Member {
  readonly local: number;
  readonly path: string;
}

/** A dereference of a member of a parameter. */
export interface MemberDereference {
  /** Where that is. */
  readonly ref: FunctionRef;
  readonly position: number;
  /** Where the function that was asked about does it, or calls who does. */
  readonly at: number;
  /** Members of the same object that decide whether it is come to: '->count'. */
  readonly decidedBy: readonly string[];
  /** Something else decides it. */
  readonly isConditional: boolean;
}

/** A place as a member behind a local; undefined where it is none. */
export function memberOfLocal(flow: Flow, place: number): Member | undefined {
  let path = '';
  for (let e = place; ; e = flow.exprA[e] as number) {
    const op = flow.exprOp[e];
    if (op === Expr.Local && path.startsWith('->')) return { local: flow.exprA[e] as number, path };
    if (op !== Expr.Arrow && op !== Expr.Field) return undefined;
    path = `${op === Expr.Arrow ? '->' : '.'}${flow.names[flow.exprB[e] as number]}${path}`;
  }
}

/** The first dereference of the member `path` of a parameter of `ref`; undefined where it is tested or set, or not sure. */
export function memberDereference(
  effects: Effects,
  ref: FunctionRef,
  parameter: number,
  path: string,
  hands = MAX_HANDS,
): MemberDereference | undefined {
  const { flow } = ref.fact;
  if (flow === undefined || ref.fact.parameters.length <= parameter) return undefined;
  const names = namesOf(flow, parameter, path);
  const isMember = (e: number): boolean => names.has(stripCasts(flow, e));
  if (isTestedOrSet(flow, isMember)) return undefined;
  const found = names.size === 0 ? undefined : firstDereference(effects, flow, ref.path, isMember);
  const at = found === undefined ? flow.ops.length / 4 : instructionAt(flow, found.position);
  const member = lastField(path);
  for (let i = 0; i < at; i++) {
    if (flow.ops[i * 4] !== Op.Call) continue;
    const call = flow.ops[i * 4 + 1] as number;
    const argument = (flow.calls[call]?.args ?? []).findIndex((arg) => isLocal(flow, arg, parameter));
    if (argument < 0) continue;
    const callee = effects.callee(calleeName(flow, call), ref.path).function;
    if (callee !== undefined && hands > 0) {
      const below = memberDereference(effects, callee, argument, path, hands - 1);
      if (below !== undefined)
        return {
          ...below,
          at: flow.ops[i * 4 + 3] as number,
          ...under(below, decisionsFor(flow, i, parameter)),
        };
    }
    if (maySet(effects, callee, member, effects.knowledge(flow, call, ref.path).writes, argument))
      return undefined;
  }
  if (found === undefined) return undefined;
  const { position } = found;
  return { ref, position, at: position, ...decisionsFor(flow, at, parameter) };
}

/** The expressions that are the member, and the locals that only ever hold it or point into what it points to. */
function namesOf(flow: Flow, parameter: number, path: string): ReadonlySet<number> {
  const names = new Set<number>();
  for (const e of flow.exprOp.keys()) {
    const member = memberOfLocal(flow, e);
    if (member?.local === parameter && member.path === path) names.add(e);
  }
  const values = new Map<number, number>();
  for (let at = 0; at < flow.ops.length; at += 4) {
    const target = flow.ops[at + 1] as number;
    if (flow.ops[at] !== Op.Assign || flow.exprOp[target] !== Expr.Local) continue;
    values.set(target, values.has(target) ? 0 : pointerOf(flow, flow.ops[at + 2] as number));
  }
  for (const [local, value] of values) if (names.has(value)) names.add(local);
  return names;
}

function isTestedOrSet(flow: Flow, isMember: (e: number) => boolean): boolean {
  for (let b = 0; b < flow.branches.length; b += 3)
    if (askedIn(flow, flow.branches[b] as number).some(isMember)) return true;
  for (let at = 0; at < flow.ops.length; at += 4) {
    const target = flow.ops[at + 1] as number;
    if (flow.ops[at] === Op.Assign && flow.exprOp[target] !== Expr.Local && isMember(target)) return true;
  }
  return false;
}

/** What a condition asks about: what it compares, and what it hands to a function. */
function askedIn(flow: Flow, condition: number): readonly number[] {
  const e = stripCasts(flow, condition);
  switch (flow.exprOp[e]) {
    case Expr.Unary:
      return askedIn(flow, flow.exprA[e] as number);
    case Expr.Binary:
      return [...askedIn(flow, flow.exprA[e] as number), ...askedIn(flow, flow.exprB[e] as number)];
    case Expr.Result:
      return (flow.calls[flow.exprA[e] as number]?.args ?? []).map((arg) => stripCasts(flow, arg));
    default:
      return [e];
  }
}

/** Whether a callee that is handed the object may set the member. */
function maySet(
  effects: Effects,
  callee: FunctionRef | undefined,
  member: string,
  writes: number,
  argument: number,
  hands = MAX_HANDS,
): boolean {
  if (writes !== -1 && (writes & (1 << argument)) === 0) return false;
  const flow = callee?.fact.flow;
  if (callee === undefined || flow === undefined || hands === 0 || setsMember(flow, member)) return true;
  return flow.calls.some(({ args }, call) => {
    const next = args.findIndex((arg) => isLocal(flow, arg, argument));
    if (next < 0) return false;
    const below = effects.callee(calleeName(flow, call), callee.path).function;
    return maySet(effects, below, member, effects.knowledge(flow, call, callee.path).writes, next, hands - 1);
  });
}

interface Decisions {
  readonly decidedBy: readonly string[];
  readonly isConditional: boolean;
}

/** What decides that an instruction is come to: members of the parameter's object, or something else. */
function decisionsFor(flow: Flow, instruction: number, parameter: number): Decisions {
  const here = blockOf(flow, instruction);
  const decidedBy = new Set<string>();
  let isConditional = false;
  for (const block of flow.blocks.keys()) {
    const ways = block === here ? [] : successors(flow, block);
    const leading = ways.filter((way) => reaches(flow, way, here, block));
    if (leading.length === 0 || leading.length === ways.length) continue;
    if (!reaches(flow, 0, block, here)) continue;
    const members = membersIn(flow, block, parameter);
    if (members.length === 0) isConditional = true;
    for (const member of members) decidedBy.add(member);
  }
  return { decidedBy: [...decidedBy], isConditional };
}

/** The members of a parameter's object that the branch at a block's end asks about. */
function membersIn(flow: Flow, block: number, parameter: number): readonly string[] {
  const condition = branchCondition(flow, block);
  if (condition === undefined) return [];
  return askedIn(flow, condition).flatMap((e) => {
    const member = memberOfLocal(flow, e);
    return member?.local === parameter ? [member.path] : [];
  });
}

const under = (below: Decisions, above: Decisions): Decisions => ({
  decidedBy: [...above.decidedBy, ...below.decidedBy],
  isConditional: above.isConditional || below.isConditional,
});

/** The first instruction at a position. */
function instructionAt(flow: Flow, position: number): number {
  for (let at = 0; at < flow.ops.length; at += 4) if (flow.ops[at + 3] === position) return at / 4;
  return flow.ops.length / 4;
}
