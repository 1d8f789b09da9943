/** What a lock-order rule is given: one function, what happened to locks on its paths, and where to put findings. */
import { columnOf, lineOf } from '../../c/flow.ts';
import { CorrelatedReleases } from '../../effects/locks/correlated.ts';
import { type Held, NOTHING_HELD } from '../../effects/locks/held.ts';
import type { Body } from '../../effects/locks/lock-body.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import { type LockEffects, lockEffectsOf } from '../../effects/locks/lock-effects.ts';
import type { FunctionRef, Program } from '../../index/program.ts';
import type { Step } from '../checker.ts';
import { type Candidate, FunctionFindings } from '../function-findings.ts';

/** A finding as a rule says it, at a position of the flow. */
export type LockCandidate = Omit<Candidate, 'line' | 'column'> & { readonly position: number };

/** Of functions that are asked about before they are audited, by their effects. */
const keptBodies = new WeakMap<LockEffects, Map<string, Body>>();

/** A function that a change touches: what it does to locks is asked more than once. Undefined where it has no body. */
export function keptLocks([program, ref]: readonly [Program, FunctionRef]): FunctionLocks | undefined {
  if (ref.fact.flow === undefined) return undefined;
  const effects = lockEffectsOf(program);
  const locks = new FunctionLocks(effects, ref);
  const kept = keptBodies.get(effects) ?? new Map();
  keptBodies.set(effects, kept.set(ref.id, locks.body));
  return locks;
}

export class FunctionLocks {
  readonly effects: LockEffects;
  readonly ref: FunctionRef;
  /** Undefined until it is asked for. */
  #body: Body | undefined;
  readonly #findings: FunctionFindings;
  #correlated: CorrelatedReleases | undefined;

  /** `ref`: one that has a body. */
  constructor(effects: LockEffects, ref: FunctionRef) {
    this.effects = effects;
    this.ref = ref;
    this.#findings = new FunctionFindings('lock-order', ref);
  }

  get body(): Body {
    this.#body ??= keptBodies.get(this.effects)?.get(this.ref.id) ?? this.effects.body(this.ref);
    if (this.#body === undefined) throw new Error(`${this.ref.id} has no body`);
    return this.#body;
  }

  get #releases(): CorrelatedReleases {
    this.#correlated ??= new CorrelatedReleases(this.body);
    return this.#correlated;
  }

  /** The body's events; where nothing in it touches locks, its calls, with nothing held. */
  get eventsOrCalls(): readonly LockEvent[] {
    const { events, flow } = this.body;
    if (events.length > 0) return events;
    return flow.calls.map(({ position }, call) => ({
      kind: 'call',
      call,
      position,
      state: NOTHING_HELD,
      isMerged: false,
    }));
  }

  /**
   * Whether a flag, a parameter or the context decides that a call is made; with a lock that the function holds then,
   * once that has been taken.
   */
  isConditional(call: number, under?: Held): boolean {
    const block = this.blockOf(call);
    if (block === undefined) return false;
    return this.body.conditions.isConditional(block, under && this.blockOf(under.call));
  }

  /** The branches that decide whether a call is made: their blocks, and their conditions as they are written. */
  decidedBy(call: number): readonly (readonly [branch: number, condition: string])[] {
    return this.#releases.decidedBy(call);
  }

  /** The calls that release a lock under the condition that it was taken under. */
  correlatedReleases(lock: Held): readonly number[] {
    return this.#releases.of(lock);
  }

  /** Those of some calls that are made under the condition that the call `taken` is made under. */
  correlatedWith(taken: number, calls: readonly number[]): readonly number[] {
    return this.#releases.among(calls, taken);
  }

  /** Whether a lock that a path holds may have been released before, by what decided its taking. */
  mayBeReleased(event: LockEvent, lock: Held): boolean {
    return this.#releases.mayBeReleased(event.call, lock);
  }

  /** 0 to 1: how sure it is that a lock is held at an event, as far as that goes. */
  certainty(event: LockEvent, lock: Held): number {
    return this.#releases.certainty(event.call, lock);
  }

  /** Block in which a call is made; undefined for one that no instruction makes. */
  blockOf(call: number): number | undefined {
    return this.#releases.blockOf(call);
  }

  /** The branches that decide whether a call is made: their blocks, and their conditions. */
  branchesBefore(call: number): readonly (readonly [branch: number, condition: number])[] {
    return this.#releases.branchesBefore(call);
  }

  get findings(): FunctionFindings['all'] {
    return this.#findings.all;
  }

  report(candidate: LockCandidate): void {
    const { position, ...rest } = candidate;
    this.#findings.report({ ...rest, line: lineOf(position), column: columnOf(position) });
  }

  /** The lock as the function writes it: `&dev->lock`. */
  text(lock: Held): string {
    if (lock.kind === 'rcu') return 'rcu_read_lock()';
    const place = lock.place.startsWith('?') ? lock.lockClass : this.body.places.text(lock.place);
    return place.startsWith('*') ? place.slice(1) : `&${place}`;
  }

  /** Line on which a lock of a state was taken. */
  lineOfTaking(lock: Held): number {
    return lineOf(this.body.flow.calls[lock.call]?.position ?? 0);
  }

  stepOfTaking(lock: Held): Step {
    const through = lock.through === '' ? '' : ` by ${lock.through}()`;
    return this.step(this.lineOfTaking(lock), `${this.text(lock)} is taken${through}`);
  }

  step(line: number, text: string): Step {
    return { path: this.ref.path, line, function: this.ref.name, text };
  }
}
