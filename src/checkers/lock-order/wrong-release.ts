/**
 * Releases that do not fit what was taken: in another mode, of a lock that this path has not taken, with another form
 * than the taking had; and sections with preemption or interrupts off that a path leaves open.
 */
import { lineOf } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import { type Held, isSpinning, MAYBE } from '../../effects/locks/held.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import { atomicSections, type LockKind, lockFunctions } from '../../kernel/locks.ts';
import type { Confidence } from '../checker.ts';
import type { FunctionLocks } from './function-locks.ts';
import { isReleasedByNoCaller, isToldByFlag } from './left-to-others.ts';
import { isTold, outcomeOf, unbalanced, wasTakenTwice } from './unbalanced.ts';

/** A release by a primitive, with the lock that it names. */
type Release = LockEvent & { readonly lock: Held };

const releasesOf = (locks: FunctionLocks): readonly Release[] =>
  locks.body.events.filter(
    (e): e is Release =>
      e.kind === 'release' && e.lock !== undefined && e.lock.through === '' && !e.lock.place.startsWith('?'),
  );

/** Kinds that readers and writers release by different functions; a map of lockdep has one for both. */
const HAVE_READERS: ReadonlySet<LockKind> = new Set(['rwsem', 'percpu_rwsem', 'rwlock']);

/** `down_read(&x); … up_write(&x);` */
export function findOtherMode(locks: FunctionLocks): void {
  for (const event of releasesOf(locks)) {
    const { lock, state } = event;
    if (!HAVE_READERS.has(lock.kind)) continue;
    const same = state.held.filter((h) => h.place === lock.place);
    const [held] = same;
    if (held === undefined || held.through !== '' || same.some(({ mode }) => mode === lock.mode)) continue;
    if (wasTakenTwice(locks, lock)) continue;
    const text = locks.text(lock);
    const isDoubtful = event.isMerged || locks.correlatedReleases(held).length > 0;
    locks.report({
      rule: unbalanced,
      confidence: isDoubtful ? 'low' : 'high',
      position: event.position,
      identity: `mode ${lock.lockClass || text}`,
      message: `${text} is released here as if ${held.mode === 'write' ? 'a reader' : 'a writer'} held it, but it was taken at line ${locks.lineOfTaking(held)} by ${calleeName(locks.body.flow, held.call)}().`,
      explanation: `${calleeName(locks.body.flow, event.call)}() undoes the other form: the count of the lock is wrong from here on, and others wait for ever or come in. Release it in the form in which it was taken.`,
      trace: [locks.stepOfTaking(held), locks.step(lineOf(event.position), `${text} is released`)],
    });
  }
}

/** A release that some paths come to with the lock, and this one without having taken it. */
export function findNotTaken(locks: FunctionLocks): void {
  const releases = releasesOf(locks);
  for (const event of releases) {
    const { lock, state } = event;
    if (event.isMerged || state.dropped.includes(lock.place) || isHeldHere(event)) continue;
    const other = releases.find((e) => e.call === event.call && !e.isMerged && isHeldHere(e));
    const taken = other?.state.held.find((h) => h.place === lock.place);
    if (taken === undefined || taken.through !== '') continue;
    const text = locks.text(lock);
    locks.report({
      rule: unbalanced,
      confidence: notTakenConfidence(locks, event, taken),
      position: event.position,
      identity: `never ${lock.lockClass || text}`,
      message: `${text} is released here, but a path leads here on which it was not taken: the taking at line ${locks.lineOfTaking(taken)} has failed, or was not come to.`,
      explanation: `A release of what is not held corrupts the lock, or releases it under another holder. Leave by a label behind the release on this path.`,
      trace: [
        locks.stepOfTaking(taken),
        locks.step(lineOf(event.position), `${text} is released, also without that`),
      ],
    });
  }
}

const isHeldHere = ({ state, lock }: Release): boolean =>
  state.held.some((h) => h.place === lock.place || h.place === MAYBE + lock.place);

function notTakenConfidence(locks: FunctionLocks, event: Release, taken: Held): Confidence {
  if (locks.correlatedReleases(taken).length > 0 || isToldByFlag(locks, taken)) return 'low';
  // A parameter or a flag that decides whether it is taken says that the caller has it then.
  if (locks.isConditional(taken.call) || locks.isConditional(event.call)) return 'low';
  // On a way around the taking a caller may have it, by what it has left in the object before.
  return lockFunctions.get(calleeName(locks.body.flow, taken.call))?.success === 'always' ? 'low' : 'medium';
}

/** One lock is taken and never released, another of its kind is released and was never taken: they are mixed up. */
export function findWrongLock(locks: FunctionLocks): void {
  const { events } = locks.body;
  const exits = events.filter((e) => e.kind === 'leave');
  if (
    exits.length === 0 ||
    locks.ref.fact.attributes.some(({ name }) => /^__(?:releases|acquires)/.test(name))
  )
    return;
  const releases = releasesOf(locks);
  const left = exits[0]?.state.held.find(
    (h) =>
      h.through === '' &&
      exits.every((e) => e.state.held.some((o) => o.place === h.place)) &&
      !releases.some((e) => e.lock.place === h.place),
  );
  if (left === undefined) return;
  const wrong = releases.find(
    ({ lock, isMerged }) =>
      !isMerged &&
      lock.kind === left.kind &&
      lock.lockClass !== left.lockClass &&
      lock.lockClass !== '' &&
      !events.some((e) => e.kind === 'acquire' && e.lock?.lockClass === lock.lockClass) &&
      exits.every((e) => e.state.released.includes(lock.place)),
  );
  if (wrong === undefined || !isReleasedByNoCaller(locks, left)) return;
  const [taken, released] = [locks.text(left), locks.text(wrong.lock)];
  locks.report({
    rule: unbalanced,
    confidence: 'medium',
    position: wrong.position,
    identity: `other ${left.lockClass} ${wrong.lock.lockClass}`,
    message: `${released} is released here, but what this function has taken is ${taken}, at line ${locks.lineOfTaking(left)}, and nobody releases that.`,
    explanation: `Whoever takes ${taken} next waits for ever, and ${released} is released under whoever holds it. Release the lock that was taken.`,
    trace: [locks.stepOfTaking(left), locks.step(lineOf(wrong.position), `${released} is released`)],
  });
}

const SECTIONS = {
  preempt: { stops: 'preemption', says: 'Preemption' },
  softirq: { stops: 'softirq', says: 'Softirqs' },
  hardirq: { stops: 'hardirq', says: 'Interrupts' },
} as const;

const STOPS = { none: '', bh: 'softirq', irq: 'hardirq', irqsave: 'hardirq' } as const;

/** A way out with preemption or interrupts off, where another has them on again. */
export function findSectionLeft(locks: FunctionLocks): void {
  const { body, ref } = locks;
  const exits = body.events.filter(
    (e) =>
      e.kind === 'leave' &&
      !e.isMerged &&
      e.state.released.length === 0 &&
      !e.state.held.some((h) => isSpinning(h.kind) || h.kind === 'rcu'),
  );
  for (const field of ['preempt', 'softirq', 'hardirq'] as const) {
    const open = exits.filter((e) => e.state[field] > 0);
    if (open.length === 0) continue;
    const { stops, says } = SECTIONS[field];
    const ends = endsOf(locks, stops);
    const closed = exits.filter((e) => e.state[field] === 0 && passes(locks, e, ends));
    const wrong = wrongForm(locks, stops);
    if (wrong === undefined && (closed.length === 0 || isTold(open, closed))) continue;
    const exit = open.find(
      (e) =>
        wrong !== undefined ||
        outcomeOf(e) === 'failure' ||
        closed.some((other) => outcomeOf(other) === outcomeOf(e)),
    );
    if (exit === undefined) continue;
    const line = lineOf(exit.position);
    const begin =
      wrong?.state.held.find((h) => h.place === wrong.lock.place)?.call ?? beginOf(locks, stops, exit);
    if (begin === undefined) continue;
    const name = calleeName(body.flow, begin);
    const since = lineOf(body.flow.calls[begin]?.position ?? 0);
    locks.report({
      rule: unbalanced,
      confidence: sectionConfidence(locks, begin, ends, wrong),
      position: wrong?.position ?? exit.position,
      identity: `section ${stops}`,
      message:
        wrong === undefined
          ? `${says}, switched off by ${name}() at line ${since}, ${field === 'preempt' ? 'is' : 'are'} still off when ${ref.name}() returns here.`
          : `${locks.text(wrong.lock)} was taken at line ${since} by ${name}(), and this releases the lock alone: ${says.toLowerCase()} stay off.`,
      explanation:
        wrong === undefined
          ? 'Whatever runs next runs with them off: it must not sleep, and the CPU is late for everything else. Undo it before this return, or leave by the label that does.'
          : `Whatever runs next runs with them off. Release the lock in the form in which it was taken.`,
      trace: [
        locks.step(since, `${name}() is called`),
        ...(wrong === undefined
          ? []
          : [locks.step(lineOf(wrong.position), `${calleeName(body.flow, wrong.call)}() is called`)]),
        locks.step(line, `the function returns`),
      ],
    });
  }
}

/** The calls that end a section. */
const endsOf = ({ body: { flow } }: FunctionLocks, stops: string): readonly number[] =>
  [...flow.calls.keys()].filter((call) => {
    const name = calleeName(flow, call);
    const section = atomicSections.get(name);
    if (section !== undefined) return section.stops === stops && section.step < 0;
    const primitive = lockFunctions.get(name);
    return primitive?.operation === 'release' && STOPS[primitive.irq] === stops;
  });

/** The last call on the way to an exit that begins a section. */
function beginOf(locks: FunctionLocks, stops: string, exit: LockEvent): number | undefined {
  const { flow } = locks.body;
  return [...flow.calls.keys()].findLast((call) => {
    const name = calleeName(flow, call);
    const section = atomicSections.get(name);
    const primitive = lockFunctions.get(name);
    const begins =
      section !== undefined
        ? section.stops === stops && section.step > 0
        : primitive?.operation === 'acquire' && STOPS[primitive.irq] === stops;
    return begins && passes(locks, exit, [call]);
  });
}

const passes = (locks: FunctionLocks, exit: LockEvent, calls: readonly number[]): boolean =>
  calls.some((call) => {
    const block = locks.blockOf(call);
    return block !== undefined && exit.path?.includes(block) === true;
  });

/** `spin_lock_irq(&l); … spin_unlock(&l);`, where no call ends what the taking has begun. */
function wrongForm(locks: FunctionLocks, stops: string): Release | undefined {
  const { flow } = locks.body;
  const formOf = (call: number) => STOPS[lockFunctions.get(calleeName(flow, call))?.irq ?? 'none'];
  return releasesOf(locks).find((event) => {
    const held = event.state.held.find((h) => h.place === event.lock.place);
    if (held === undefined || held.through !== '' || event.isMerged) return false;
    if (formOf(held.call) !== stops || formOf(event.call) === stops) return false;
    // Another lock that is held takes the end of the section over, or a call by name does.
    return (
      event.state.held.length === 1 &&
      !flow.calls.some((_, call) => {
        const section = atomicSections.get(calleeName(flow, call));
        return section?.stops === stops && section.step < 0;
      })
    );
  });
}

function sectionConfidence(
  locks: FunctionLocks,
  begin: number,
  ends: readonly number[],
  wrong: Release | undefined,
): Confidence {
  if (!locks.body.complete) return 'low';
  const deciding = locks.decidedBy(begin).map(([, condition]) => condition);
  const isCorrelated = ends.some((end) => locks.decidedBy(end).some(([, c]) => deciding.includes(c)));
  if (isCorrelated || locks.isConditional(begin)) return 'low';
  return wrong === undefined ? 'medium' : 'high';
}
