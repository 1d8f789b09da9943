/**
 * A lock that is held while somebody's callback is called, through a field with so many functions in it that callees are
 * not followed through it: some of them come back and take that lock.
 */
import { Expr, type Flow, lineOf } from '../../c/flow.ts';
import { typeOf } from '../../effects/expression-text.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import type { Held } from '../../effects/locks/held.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import { MAX_TARGETS } from '../../effects/locks/lock-effects.ts';
import type { Acquired } from '../../effects/locks/lock-summary.ts';
import { storeOf } from '../../effects/stores.ts';
import type { FunctionRef } from '../../index/program.ts';
import { nestedClasses } from '../../kernel/locks.ts';
import type { Step } from '../checker.ts';
import { acquisitionSteps } from './causes.ts';
import type { FunctionLocks } from './function-locks.ts';
import { canRecurse, recursive, recursiveScenario } from './recursive.ts';

/** Functions in a field: an operation that everybody has says nothing of the one that is meant. */
const MAX_STORED = 100;
/** Functions that come back: of a single one the caller may know that it is another's. */
const SEVERAL = 2;
/** Tables of operations, of which the caller knows whose they are. What users set one by one is a callback. */
const OPERATIONS = /(?:_ops|_funcs?|_operations|_driver|_proto|struct proto)(?: \*)?$/;
/** Calls from the callback to the lock. */
const MAX_DEPTH = 5;

/** A call through a field, in the function itself or in one that it calls. */
interface Site {
  readonly type: string;
  readonly field: string;
  readonly path: string;
  readonly steps: readonly Step[];
}

interface Taker {
  readonly ref: FunctionRef;
  readonly acquired: Acquired;
}

export function findCalledBack(locks: FunctionLocks): void {
  for (const event of locks.body.events) {
    if (event.kind !== 'call' || event.isMerged) continue;
    const held = event.state.held.filter(isExclusive);
    if (held.length === 0) continue;
    for (const site of sitesOf(locks, event)) {
      for (const lock of held) {
        const takers = takersOf(locks, site, lock.lockClass);
        const [first] = takers;
        if (first !== undefined && takers.length >= SEVERAL)
          report(locks, event, lock, site, first, takers.length);
      }
    }
  }
}

const isExclusive = ({ lockClass, kind, mode, subclass, place }: Held): boolean =>
  lockClass !== '' &&
  // Sockets of other families have other callbacks.
  !lockClass.includes('socket_lock_t') &&
  !nestedClasses.has(lockClass) &&
  canRecurse(kind) &&
  mode === 'write' &&
  subclass === 0 &&
  !place.startsWith('?');

/** The calls through fields that an event makes. */
function sitesOf(locks: FunctionLocks, event: LockEvent): readonly Site[] {
  const { effects, ref } = locks;
  const { flow } = locks.body;
  const line = lineOf(event.position);
  const name = calleeName(flow, event.call);
  if (name === '') {
    const own = fieldOf(locks, flow, event.call, ref.path);
    return own === undefined ? [] : [{ ...own, path: ref.path, steps: [] }];
  }
  const callee = effects.effects.program.functions(name, ref.path)[0];
  const body = callee?.fact.flow;
  if (callee === undefined || body === undefined || locks.isConditional(event.call)) return [];
  return body.calls.flatMap((made, call): Site[] => {
    const field = calleeName(body, call) === '' ? fieldOf(locks, body, call, callee.path) : undefined;
    if (field === undefined) return [];
    const text = `calls ${field.type}.${field.field}`;
    return [
      {
        ...field,
        path: callee.path,
        steps: [
          locks.step(line, `${name}() is called`),
          { path: callee.path, line: lineOf(made.position), function: callee.name, text },
        ],
      },
    ];
  });
}

function fieldOf(
  { effects }: FunctionLocks,
  flow: Flow,
  call: number,
  from: string,
): Pick<Site, 'type' | 'field'> | undefined {
  const callee = flow.calls[call]?.callee ?? 0;
  const op = flow.exprOp[callee];
  if (op !== Expr.Arrow && op !== Expr.Field) return undefined;
  const type = typeOf(flow, flow.exprA[callee] as number, effects.effects.program, from);
  return type === '' || OPERATIONS.test(type)
    ? undefined
    : { type, field: flow.names[flow.exprB[callee] as number] ?? '' };
}

/** Functions in a field that take a lock of this class, whatever they are called with. */
function takersOf(
  { effects, ref: { path: from } }: FunctionLocks,
  { type, field, path }: Site,
  lockClass: string,
): readonly Taker[] {
  const stored = effects.effects.program.stored(type, field, MAX_STORED, path);
  if (stored.length <= MAX_TARGETS) return [];
  // Who stores a function of its own there calls that.
  const own = stored.filter((one) => one.path === from);
  const found = new Map<string, Taker>();
  for (const { ref } of own.length > 0 ? own : stored) {
    const acquired = effects
      .summary(ref)
      .acquires.find(
        (a) =>
          a.lockClass === lockClass &&
          a.blocks &&
          a.subclass === 0 &&
          a.cause.conditional === false &&
          a.far <= MAX_DEPTH &&
          !a.without.includes(lockClass),
      );
    if (acquired !== undefined) found.set(ref.id, { ref, acquired });
  }
  return [...found.values()].sort((x, y) => x.acquired.far - y.acquired.far);
}

/** Lockdep has several classes for the objects: those who are called back are of other ones. */
const isSplit = ({ effects }: FunctionLocks, lockClass: string): boolean =>
  storeOf(effects.effects.program)?.lockGraph.isSplit(lockClass) === true;

function report(
  locks: FunctionLocks,
  event: LockEvent,
  held: Held,
  { type, field, steps }: Site,
  { ref, acquired }: Taker,
  count: number,
): void {
  const text = locks.text(held);
  const others = count > 1 ? ` (and ${count - 1} more)` : '';
  const line = lineOf(event.position);
  locks.report({
    rule: recursive,
    confidence: locks.mayBeReleased(event, held) || isSplit(locks, held.lockClass) ? 'low' : 'medium',
    position: event.position,
    identity: `back ${held.lockClass} ${type}.${field}`,
    message: `${type}.${field} is called here with ${text} held since line ${locks.lineOfTaking(held)}, and ${ref.name}()${others}, which is stored there, takes ${held.lockClass}: possible recursive locking.`,
    explanation: `${recursiveScenario(held.lockClass)}\n\nWho is called back may call what takes the lock. Release it before, with what is needed copied under it.`,
    trace: [
      locks.stepOfTaking(held),
      ...(steps.length > 0 ? steps : [locks.step(line, `${type}.${field} is called`)]),
      { path: ref.path, line: ref.fact.line, function: ref.name, text: `${ref.name}() is stored there` },
      ...acquisitionSteps(locks.effects, acquired, ref.name, ref.path),
    ],
  });
}
