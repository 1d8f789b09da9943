/** Locks that are taken before, or without, being initialised: lockdep gives up on the first, and debugging builds stop. */

import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { calleeName, stripCasts } from '../../effects/flow-expressions.ts';
import { lockClass } from '../../effects/locks/lock-class.ts';
import type { Acquired } from '../../effects/locks/lock-summary.ts';
import { Places } from '../../effects/locks/place.ts';
import type { StructFact } from '../../index/facts.ts';
import { folderOf } from '../../index/folder.ts';
import type { FunctionRef, Program } from '../../index/program.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { registrations } from '../../kernel/contexts.ts';
import {
  DEFINES_PER_CPU,
  KEEPS_IRQ_OFF,
  LOCK_TYPES,
  lockInitializers,
  lockInits,
} from '../../kernel/lock-inits.ts';
import { lockAssertions, lockFunctions } from '../../kernel/locks.ts';
import type { Confidence, Rule } from '../checker.ts';
import { acquisitionSteps } from './causes.ts';
import type { FunctionLocks } from './function-locks.ts';

export const uninitialized: Rule = {
  id: 'lock-order/uninitialized',
  severity: 'warning',
  summary: 'A lock is taken that is not initialised, or may be taken before it is.',
  source:
    'kernel/locking/lockdep.c, "INIT: trying to register non-static key"; lib/Kconfig.debug, DEBUG_SHIRQ',
};

/** Interrupt handlers that are registered before the locks that they take are initialised. */
export function findTakenBeforeInitialized(locks: FunctionLocks): void {
  const { flow } = locks.body;
  if (!flow.calls.some((_, call) => requestsIrq(calleeName(flow, call))) || keepsInterruptOff(flow)) return;
  const inits = initsIn(locks.effects.effects.program, flow, locks.ref.path);
  for (const [call, { args, position }] of flow.calls.entries()) {
    const name = calleeName(flow, call);
    if (!requestsIrq(name)) continue;
    for (const { handler } of registrations.get(name) ?? []) {
      const ref = functionNamed(locks, flow, args[handler] ?? 0);
      if (ref === undefined) continue;
      for (const acquired of locks.effects.summary(ref).acquires) {
        const own = inits.filter((init) => init.lockClass === acquired.lockClass);
        const [first] = own;
        if (first === undefined || own.some((init) => init.call < call)) continue;
        locks.report({
          rule: uninitialized,
          confidence: confidenceOf(acquired),
          position,
          identity: `${ref.name} ${acquired.lockClass}`,
          message: `${ref.name}() may run from here on, and takes ${acquired.lockClass}, which is initialised only at line ${lineOf(first.position)}.`,
          explanation: `An interrupt that is pending, or shared with another device, is handled at once; with CONFIG_DEBUG_SHIRQ the kernel calls a shared handler when it is registered. Initialise the lock before ${name}().`,
          trace: [
            locks.step(lineOf(position), `${name}() registers ${ref.name}()`),
            ...acquisitionSteps(locks.effects, acquired, ref.name, ref.path),
            locks.step(lineOf(first.position), `${acquired.lockClass} is initialised`),
          ],
        });
      }
    }
  }
}

const requestsIrq = (name: string): boolean => /request.*irq/.test(name);

function confidenceOf({ cause: { conditional, depth } }: Acquired): Confidence {
  if (conditional !== false) return 'low';
  return depth === 0 ? 'high' : 'medium';
}

interface Init {
  readonly call: number;
  readonly lockClass: string;
  readonly position: number;
}

/** The locks in objects that a body in file `path` initialises. */
function initsIn(program: Program, flow: Flow, path: string): readonly Init[] {
  const places = new Places(flow);
  return flow.calls.flatMap(({ args, position }, call) => {
    const lock = lockInits.get(calleeName(flow, call));
    if (lock === undefined) return [];
    const found = lockClass(program, flow, path, places.behind(args[lock] ?? 0));
    return found.startsWith('struct ') ? [{ call, lockClass: found, position }] : [];
  });
}

const keepsInterruptOff = (flow: Flow): boolean =>
  flow.exprOp.some(
    (op, e) => op === Expr.Global && KEEPS_IRQ_OFF.test(flow.names[flow.exprA[e] as number] ?? ''),
  );

function functionNamed(locks: FunctionLocks, flow: Flow, e: number): FunctionRef | undefined {
  const value = stripCasts(flow, e);
  if (flow.exprOp[value] !== Expr.Global) return undefined;
  const { program } = locks.effects.effects;
  return program.functions(flow.names[flow.exprA[value] as number] ?? '', locks.ref.path)[0];
}

/** What the functions of a file do with a lock in an object. */
interface Uses {
  /** The first that takes it. */
  taken: { readonly locks: FunctionLocks; readonly position: number } | undefined;
  /** Whether all that its address is given to are functions of the lock API, and none initialises it. */
  isPlain: boolean;
}

/** Locks of the types that a file defines which no function gives to anything but what takes and releases them. */
export function findNeverInitialized(path: string, functions: readonly FunctionLocks[]): void {
  const [first] = functions;
  if (first === undefined) return;
  const { program } = first.effects.effects;
  const facts = program.facts(path);
  const members = new Set(facts?.structs.flatMap(lockMembers));
  if (facts?.isPartial || members.size === 0) return;
  if (lockInitializers.some((name) => program.usesName(path, name))) return;
  const uses = new Map<string, Uses>();
  for (const locks of functions) addUses(locks, members, uses);
  const made = new Set(functions.flatMap(({ ref }) => [...madeIn(ref.fact.flow)]));
  for (const [name, { taken, isPlain }] of uses) {
    const [type] = name.split('.') as [string];
    if (taken === undefined || !isPlain || !made.has(`${type} *`) || isDefined(program, path, type)) continue;
    if (isInitializedBeside(program, path, name)) continue;
    taken.locks.report({
      rule: uninitialized,
      confidence: 'high',
      position: taken.position,
      identity: `never ${name}`,
      message: `${name} is taken here, and nothing initialises it.`,
      explanation: `lockdep stops at a lock that was never initialised ("INIT: trying to register non-static key"), and with CONFIG_DEBUG_SPINLOCK or CONFIG_DEBUG_MUTEXES the kernel warns of it. Initialise it where the object is made.`,
      trace: [taken.locks.step(lineOf(taken.position), `${name} is taken`)],
    });
  }
}

/** Classes of the locks that lie in a type itself: what lies in a queue is initialised with that. */
const lockMembers = ({ name, fields }: StructFact): readonly string[] =>
  fields.filter(({ type }) => LOCK_TYPES.test(type)).map((field) => `${name}.${field.name}`);

function addUses(locks: FunctionLocks, members: ReadonlySet<string>, uses: Map<string, Uses>): void {
  const { flow } = locks.ref.fact;
  if (flow === undefined) return;
  const places = new Places(flow);
  for (const [call, { args, position }] of flow.calls.entries()) {
    const name = nameOf(flow, call);
    for (const arg of args) {
      if (flow.exprOp[stripCasts(flow, arg)] !== Expr.Address) continue;
      const found = lockClass(locks.effects.effects.program, flow, locks.ref.path, places.behind(arg));
      if (!members.has(found)) continue;
      const use: Uses = uses.get(found) ?? { taken: undefined, isPlain: true };
      uses.set(found, use);
      const operation = GUARDS.has(name) ? 'acquire' : lockFunctions.get(name)?.operation;
      if (operation === 'acquire') use.taken ??= { locks, position };
      if (operation === undefined && !lockAssertions.has(name) && !name.endsWith('_is_locked'))
        use.isPlain = false;
    }
  }
}

const GUARDS: ReadonlySet<string> = new Set(['guard', 'scoped_guard']);

/** Of `guard(mutex)(&lock)` the name is that of the inner call. */
function nameOf(flow: Flow, call: number): string {
  const callee = flow.calls[call]?.callee ?? 0;
  return flow.exprOp[callee] === Expr.Result
    ? calleeName(flow, flow.exprA[callee] as number)
    : calleeName(flow, call);
}

/**
 * The types of the pointers to objects that a body makes: those that it allocates, or has beside another (`iio_priv()`,
 * `netdev_priv()`).
 */
function* madeIn(flow: Flow | undefined): Generator<string> {
  for (let at = 0; flow !== undefined && at < flow.ops.length; at += 4) {
    const target = flow.ops[at + 1] as number;
    if (flow.ops[at] !== Op.Assign || flow.exprOp[target] !== Expr.Local) continue;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    if (flow.exprOp[value] !== Expr.Result) continue;
    const name = calleeName(flow, flow.exprA[value] as number);
    const type = flow.locals[flow.exprA[target] as number]?.type ?? '';
    if (ALLOCATORS.has(name) || name.endsWith('_priv')) yield type;
  }
}

/** An object that is defined in the file, or for each processor, is initialised there. */
function isDefined(program: Program, path: string, type: string): boolean {
  const { globals = [], topLevelMacros = [] } = program.facts(path) ?? {};
  return (
    globals.some((global) => new RegExp(`^${type}\\b`).test(global.type)) ||
    topLevelMacros.some(({ name, args }) => DEFINES_PER_CPU.test(name) && args.includes(type))
  );
}

/** A type of the same name may be another file's, too. */
function isInitializedBeside(program: Program, path: string, name: string): boolean {
  const folder = folderOf(path);
  return [...lockInits.keys()].some((init) =>
    program
      .mentioning(init, (other) => other.startsWith(folder))
      .some(
        ({ path: other, fact: { flow } }) =>
          flow !== undefined && initsIn(program, flow, other).some((found) => found.lockClass === name),
      ),
  );
}
