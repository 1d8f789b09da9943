/**
 * `if (q->soft) lock(); … if (q->soft) unlock();`: releases that depend on the condition that the taking depends on. What
 * locals say is followed on the paths; what fields and calls say may be forgotten in between.
 */
import { expressionText } from '../expression-text.ts';
import type { Held } from './held.ts';
import { type Body, blocksOfCalls } from './lock-body.ts';

/** Asks about the locks of one body. */
export class CorrelatedReleases {
  readonly #body: Pick<Body, 'flow' | 'conditions' | 'events'>;
  #blocks: readonly (number | undefined)[] | undefined;
  readonly #decided = new Map<number, readonly (readonly [branch: number, condition: string])[]>();
  readonly #correlated = new Map<number, readonly number[]>();

  constructor(body: Pick<Body, 'flow' | 'conditions' | 'events'>) {
    this.#body = body;
  }

  /** Block in which a call is made; undefined for one that no instruction makes. */
  blockOf(call: number): number | undefined {
    this.#blocks ??= blocksOfCalls(this.#body.flow);
    return this.#blocks[call];
  }

  /** The branches that decide whether a call is made: their blocks, and their conditions. */
  branchesBefore(call: number): readonly (readonly [branch: number, condition: number])[] {
    const block = this.blockOf(call);
    return block === undefined ? [] : this.#body.conditions.decidingFor(block);
  }

  /** The same, with the conditions as they are written. */
  decidedBy(call: number): readonly (readonly [branch: number, condition: string])[] {
    let decided = this.#decided.get(call);
    if (decided === undefined) {
      const { flow } = this.#body;
      decided = this.branchesBefore(call).map(([branch, e]) => [branch, expressionText(flow, e)] as const);
      this.#decided.set(call, decided);
    }
    return decided;
  }

  /** The calls that release a lock under the condition that it was taken under. */
  of(lock: Held): readonly number[] {
    let calls = this.#correlated.get(lock.call);
    if (calls === undefined) {
      const releases = this.#body.events.filter((e) => e.kind === 'release' && e.lock?.place === lock.place);
      calls = this.among(
        releases.map((e) => e.call),
        lock.call,
      );
      this.#correlated.set(lock.call, calls);
    }
    return calls;
  }

  /** Those of some calls that are made under the condition that the call `taken` is made under. */
  among(releases: readonly number[], taken: number): readonly number[] {
    if (releases.length === 0) return [];
    const deciding = this.decidedBy(taken);
    const taking = deciding.filter(([, condition]) => /->|\.|\(\)/.test(condition));
    // `buf = x->own; if (buf) lock(); … if (buf == x->own) unlock();`
    const variables = deciding.filter(([, condition]) => /^\w+$/.test(condition));
    if (taking.length + variables.length === 0) return [];
    const isSame = ([branch, condition]: readonly [number, string]): boolean =>
      !deciding.some(([other]) => other === branch) &&
      (taking.some(([, same]) => same === condition) ||
        variables.some(([, name]) => condition.startsWith(`${name} == `)));
    return releases.filter((call) => this.decidedBy(call).some(isSame));
  }

  /** Whether a lock that a path holds may have been released before a call, by what decided its taking. */
  mayBeReleased(call: number, lock: Held): boolean {
    return this.of(lock).some((release) => release < call || call < lock.call);
  }

  /** 0 to 1: how sure it is that the lock is held at a call, as far as that goes. */
  certainty(call: number, lock: Held): number {
    return this.mayBeReleased(call, lock) ? 0.3 : 1;
  }
}
