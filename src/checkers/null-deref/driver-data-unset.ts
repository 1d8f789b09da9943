/** A driver's callback uses what nothing in the driver, or below it, has stored with the device. */
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import type { Effects } from '../../effects/effects.ts';
import { calleeName, isNullConstant, stripCasts } from '../../effects/flow-expressions.ts';
import { modelOf } from '../../effects/models.ts';
import type { FunctionRef } from '../../index/program.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import {
  DRIVER_DATA_GETTERS,
  DRIVER_DATA_MEMBER,
  DRIVER_DATA_SETTERS,
  DRIVER_TABLES,
  MAKES_DRIVER_TABLE,
  REGISTERS_PROBE,
} from '../../kernel/driver-data.ts';
import { type Known, remembered } from '../remembered.ts';
import { firstDereference } from './first-dereference.ts';
import type { FunctionContext } from './function-context.ts';
import { uncheckedLookup } from './unchecked-lookup.ts';

/** Calls from the functions of the file that are followed, and functions that are looked at: with more, any may set it. */
const MAX_DEPTH = 8;
const MAX_FUNCTIONS = 2000;

/** Reports what a callback of a driver does with the data of its own device, where that can only be NULL. */
export function findDriverDataUnset(context: FunctionContext): void {
  const { flow, ref, effects } = context;
  for (const [call, { position }] of flow.calls.entries()) {
    if (!getsOwn(flow, call)) continue;
    const getter = calleeName(flow, call);
    const data = dataOf(flow, call);
    if (data === 0 || isTested(flow, data)) continue;
    const use = firstDereference(effects, flow, ref.path, (e) => e === data);
    if (use === undefined || !isCallback(effects, ref) || !isDriver(effects, ref.path)) continue;
    if (mayBeSet(effects, ref.path)) continue;
    const name = context.text(data);
    context.report({
      rule: uncheckedLookup,
      confidence: 'high',
      position: use.position,
      identity: `${getter} ${name}`,
      message: `${name} is ${use.how}, but nothing in this driver sets what ${getter}() gives: it is NULL.`,
      explanation: `${ref.name}() runs for a device that the driver has bound to. Set its data where the device is probed.`,
      trace: [
        context.step(lineOf(position), `${getter}() gives NULL, for nothing was set`),
        context.step(lineOf(use.position), `${name} is ${use.how}`),
      ],
    });
  }
}

/** The first parameter, or the device in it: not what it points to. */
function isOwnDevice(flow: Flow, given: number): boolean {
  let e = stripCasts(flow, given);
  if (flow.exprOp[e] === Expr.Address) {
    e = flow.exprA[e] as number;
    if (flow.exprOp[e] === Expr.Arrow) e = flow.exprA[e] as number;
  }
  return flow.exprOp[e] === Expr.Local && flow.exprA[e] === 0 && flow.locals[0]?.isParameter === true;
}

/** The local that is set to the result, and to nothing else; 0 where there is none. */
function dataOf(flow: Flow, call: number): number {
  const assigned: { target: number; value: number }[] = [];
  for (let at = 0; at < flow.ops.length; at += 4)
    if (flow.ops[at] === Op.Assign)
      assigned.push({
        target: flow.ops[at + 1] as number,
        value: stripCasts(flow, flow.ops[at + 2] as number),
      });
  const found = assigned.find(
    ({ value }) => flow.exprOp[value] === Expr.Result && flow.exprA[value] === call,
  )?.target;
  if (found === undefined || flow.exprOp[found] !== Expr.Local) return 0;
  return assigned.filter(({ target }) => target === found).length === 1 ? found : 0;
}

/** Whether something asks if the data is there. */
function isTested(flow: Flow, data: number): boolean {
  return flow.branches.some((condition, n) => n % 3 === 0 && mentions(flow, condition, data));
}

function mentions(flow: Flow, condition: number, data: number): boolean {
  const e = stripCasts(flow, condition);
  if (e === data) return true;
  if (flow.exprOp[e] === Expr.Result)
    return flow.calls[flow.exprA[e] as number]?.args.includes(data) === true;
  return flow.exprOp[e] === Expr.Binary && (flow.exprA[e] === data || flow.exprB[e] === data);
}

function isCallback({ program }: Effects, ref: FunctionRef): boolean {
  if (program.storedIn(ref).some(({ entry }) => isDriverTable(entry.type))) return true;
  return (program.facts(ref.path)?.topLevelMacros ?? []).some(
    ({ name, args }) => MAKES_DRIVER_TABLE.test(name) && args.includes(ref.name),
  );
}

/** Whether a file has the driver with its probing, which does not look for data that was set before. */
function isDriver({ program }: Effects, path: string): boolean {
  const { tableEntries = [], topLevelMacros = [], isPartial = false } = program.facts(path) ?? {};
  if (isPartial) return false;
  const probes = [
    ...tableEntries
      .filter(({ type, field }) => field === 'probe' && isDriverTable(type))
      .map(({ target }) => target),
    ...topLevelMacros.filter(({ name }) => REGISTERS_PROBE.test(name)).map(({ args }) => args[1] ?? ''),
  ];
  const looksForIt = (target: string): boolean =>
    program
      .functions(target, path)
      .some(({ fact: { flow } }) => flow?.calls.some((_, call) => getsOwn(flow, call)) === true);
  return probes.length > 0 && !probes.some(looksForIt);
}

const isDriverTable = (type: string): boolean => DRIVER_TABLES.has(type.replace(/^struct /, ''));

const getsOwn = (flow: Flow, call: number): boolean =>
  DRIVER_DATA_GETTERS.has(calleeName(flow, call)) && isOwnDevice(flow, flow.calls[call]?.args[0] ?? 0);

const known: Known<Effects, boolean> = new WeakMap();

/** Whether a function of the file, or one that is called below, may set the data of a device that it did not make. */
const mayBeSet = (effects: Effects, path: string): boolean =>
  remembered(known, effects, path, () => isSetBelow(effects, path));

function isSetBelow(effects: Effects, path: string): boolean {
  const { program } = effects;
  const stored = (program.facts(path)?.tableEntries ?? []).flatMap(({ target }) =>
    target === '' ? [] : program.functions(target, path),
  );
  const own = [...program.definitions(path), ...stored];
  if (own.some(({ fact: { flow } }) => flow !== undefined && callsUnknown(effects, flow, path))) return true;
  const seen = new Map(own.map((ref) => [ref.id, ref]));
  let reached: readonly FunctionRef[] = [...seen.values()];
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const next: FunctionRef[] = [];
    for (const ref of reached) {
      const { flow } = ref.fact;
      if (flow === undefined) continue;
      if (sets(flow)) return true;
      for (const callee of effects.called(flow, ref.path)) {
        if (seen.has(callee.id) || DRIVER_DATA_SETTERS.has(callee.name) || !mayBind(callee.path)) continue;
        seen.set(callee.id, callee);
        next.push(callee);
      }
      if (seen.size > MAX_FUNCTIONS) return true;
    }
    reached = next;
  }
  return false;
}

/** Whether a body calls what nobody has seen: without a whole tree that may be what sets the data. */
function callsUnknown(effects: Effects, flow: Flow, path: string): boolean {
  return flow.calls.some((_, call) => {
    const name = calleeName(flow, call);
    if (name === '' || name.startsWith('__builtin_') || modelOf(name, flow, call) !== undefined) return false;
    if (DRIVER_DATA_GETTERS.has(name) || DRIVER_DATA_SETTERS.has(name)) return false;
    const { macro, functions } = effects.meaning(name, path);
    return macro === undefined && functions.length === 0;
  });
}

/** Code that knows of drivers: that of the core sets the data of no device that it did not make. */
const mayBind = (path: string): boolean =>
  /^(?:drivers|sound|net|arch)\//.test(path) && !path.startsWith('drivers/base/');

/** Whether a body sets the data of a device, other than to NULL and other than of one that it allocates. */
function sets(flow: Flow): boolean {
  for (let at = 0; at < flow.ops.length; at += 4) {
    const x = flow.ops[at + 1] as number;
    if (flow.ops[at] === Op.Assign && isMember(flow, x) && !isNullConstant(flow, flow.ops[at + 2] as number))
      return true;
    if (flow.ops[at] !== Op.Call || !DRIVER_DATA_SETTERS.has(calleeName(flow, x))) continue;
    const [device = 0, data = 0] = flow.calls[x]?.args ?? [];
    if (!isNullConstant(flow, data) && !isAllocatedHere(flow, device)) return true;
  }
  return false;
}

const isMember = (flow: Flow, e: number): boolean =>
  (flow.exprOp[e] === Expr.Arrow || flow.exprOp[e] === Expr.Field) &&
  flow.names[flow.exprB[e] as number] === DRIVER_DATA_MEMBER;

/** `&made->dev`, of an object that the function allocates. */
function isAllocatedHere(flow: Flow, device: number): boolean {
  let e = stripCasts(flow, device);
  if (flow.exprOp[e] !== Expr.Address) return false;
  e = flow.exprA[e] as number;
  while (flow.exprOp[e] === Expr.Field) e = flow.exprA[e] as number;
  const made = flow.exprOp[e] === Expr.Arrow ? (flow.exprA[e] as number) : 0;
  for (let at = 0; at < flow.ops.length && made !== 0; at += 4) {
    if (flow.ops[at] !== Op.Assign || flow.ops[at + 1] !== made) continue;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    if (flow.exprOp[value] === Expr.Result && ALLOCATORS.has(calleeName(flow, flow.exprA[value] as number)))
      return true;
  }
  return false;
}
