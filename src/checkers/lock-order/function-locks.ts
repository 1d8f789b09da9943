/** What a lock-order rule is given: one function, what happened to locks on its paths, and where to put findings. */
import { columnOf, lineOf } from '../../c/flow.ts';
import { expressionText } from '../../effects/expression-text.ts';
import { type Held, NOTHING_HELD } from '../../effects/locks/held.ts';
import { type Body, blocksOfCalls } from '../../effects/locks/lock-body.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import type { LockEffects } from '../../effects/locks/lock-effects.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { Step } from '../checker.ts';
import { type Candidate, FunctionFindings } from '../function-findings.ts';

/** A finding as a rule says it, at a position of the flow. */
export type LockCandidate = Omit<Candidate, 'line' | 'column'> & { readonly position: number };

export class FunctionLocks {
  readonly effects: LockEffects;
  readonly ref: FunctionRef;
  readonly body: Body;
  readonly #findings: FunctionFindings;
  #blocks: readonly (number | undefined)[] | undefined;

  constructor(effects: LockEffects, ref: FunctionRef, body: Body) {
    this.effects = effects;
    this.ref = ref;
    this.body = body;
    this.#findings = new FunctionFindings('lock-order', ref);
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
    const { flow, conditions } = this.body;
    this.#blocks ??= blocksOfCalls(flow);
    const block = this.#blocks[call];
    return block !== undefined && conditions.isConditional(block, under && this.#blocks[under.call]);
  }

  /** The branches that decide whether a call is made: their blocks, and their conditions as they are written. */
  decidedBy(call: number): readonly (readonly [branch: number, condition: string])[] {
    const { flow, conditions } = this.body;
    this.#blocks ??= blocksOfCalls(flow);
    const block = this.#blocks[call];
    if (block === undefined) return [];
    return conditions.decidingFor(block).map(([branch, e]) => [branch, expressionText(flow, e)] as const);
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
