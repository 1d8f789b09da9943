/** Waiting for a completion with a lock held that keeps it from coming. */
import { lineOf } from '../../c/flow.ts';
import type { Held } from '../../effects/locks/held.ts';
import type { Body } from '../../effects/locks/lock-body.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import { nestedClasses } from '../../kernel/locks.ts';
import type { Step } from '../checker.ts';
import type { FunctionLocks, LockCandidate } from './function-locks.ts';
import type { Completer } from './handlers.ts';
import { type Over, type Wait, waitScenario } from './held-waits.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * A completion is waited for with a lock held that everybody takes who could end the wait: under the lock, or before.
 * One who does without it may be the one that counts, and a wait with a timeout ends by itself.
 */
export function waitsForCompletion(
  locks: FunctionLocks,
  event: LockEvent,
  wait: Wait,
  over: readonly Over[],
  around: Surroundings,
): readonly Omit<LockCandidate, 'rule'>[] {
  if (/_timeout\(\)/.test(wait.steps.at(-1)?.text ?? '')) return [];
  const found: Omit<LockCandidate, 'rule'>[] = [];
  const completers = around
    .handlers(locks.ref.path)
    .completersOf(wait.target)
    .filter(({ ref }) => ref.id !== locks.ref.id);
  for (const held of over) {
    const [first, ...others] = completers.map((completer) => takenBefore(locks, completer, held.lock));
    if (first === undefined || others.some((taken) => taken === undefined)) continue;
    if (wait.without.includes(held.lock.lockClass)) continue;
    if (held.by !== undefined && around.paths.has(wait.calleePath)) continue;
    const { ref } = completers[0] as Completer;
    const by = held.by === undefined ? '' : ` (${held.steps[0]?.function}() holds it)`;
    const distance = wait.depth + (held.by?.calls ?? 0);
    const own = held.by === undefined ? held.lock : undefined;
    const isDoubtful =
      event.isMerged ||
      wait.conditional ||
      held.by?.doubtful === true ||
      locks.isConditional(event.call, own) ||
      nestedClasses.has(held.lock.lockClass);
    found.push({
      confidence: isDoubtful || distance > 3 ? 'low' : 'medium',
      position: event.position,
      identity: '',
      defect: `${held.steps[0]?.function} ${held.lock.lockClass} ${wait.steps.at(-1)?.function} ${wait.target}`,
      message: `${wait.what}() waits for ${wait.target} here with ${held.text} held${by}, and ${ref.name}() takes that before it completes it: possible deadlock.`,
      explanation: `${waitScenario(held.lock.lockClass, wait, ref.name)}\n\nRelease ${held.text} before the wait, or complete ${wait.target} without it.`,
      trace: [...held.steps, ...wait.steps, ...first],
    });
  }
  return found;
}

/** The steps from taking a lock of the class to ending the wait; undefined where that is done without. */
function takenBefore(
  { effects }: FunctionLocks,
  { ref, call, object }: Completer,
  held: Held,
): readonly Step[] | undefined {
  const body = effects.body(ref);
  if (body === undefined) return undefined;
  const ends = body.events.filter((e) => e.call === call);
  const isSame = (lock: Held | undefined): boolean =>
    lock !== undefined &&
    lock.lockClass === held.lockClass &&
    (lock.mode === 'write' || held.mode === 'write');
  const end = ends[0];
  if (end === undefined) return undefined;
  const holder = ends.every(({ state }) => state.held.some(isSame)) ? end.state.held.find(isSame) : undefined;
  const taking =
    holder === undefined
      ? body.events.find((e) => e.kind === 'acquire' && e.blocks !== false && isSame(e.lock) && e.call < call)
      : undefined;
  const at = holder?.call ?? (isOnTheWay(body, taking?.call, call) ? taking?.call : undefined);
  if (at === undefined) return undefined;
  const step = (position: number, text: string): Step => ({
    path: ref.path,
    line: lineOf(position),
    function: ref.name,
    text,
  });
  return [
    step(body.flow.calls[at]?.position ?? 0, `${held.lockClass} is taken`),
    step(end.position, `${object} is completed`),
  ];
}

/** Whether every path to a call has made another before. */
function isOnTheWay(body: Body, before: number | undefined, call: number): boolean {
  if (before === undefined) return false;
  const place = body.events.find((e) => e.kind === 'acquire' && e.call === before)?.lock?.place ?? '';
  return body.events
    .filter((e) => e.call === call)
    .every(({ state }) => state.dropped.includes(place) || state.held.some((h) => h.place === place));
}
