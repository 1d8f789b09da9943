/** Which members of a cycle must be worked on again: those that call what has changed since. */
import { lockSummaryCodec } from '../locks/lock-codec.ts';
import { encodeSummary } from '../summary.ts';
import { RecordWriter } from './codec.ts';
import type { FunctionEffects } from './function-effects.ts';

/** What of a function's effects no longer follows from those of its callees. */
export interface Stale {
  readonly summary: boolean;
  /** Also where only a callee's Summary has changed: it decides which paths there are. */
  readonly locks: boolean;
}

/** Turns are counted, from 1. */
interface Member {
  readonly callees: readonly number[];
  madeAt: number;
  summaryChangedAt: number;
  locksChangedAt: number;
  /** Of the last effects. */
  summaryBytes: Uint8Array | undefined;
  locksBytes: Uint8Array | undefined;
}

export class CycleChanges {
  readonly #members: ReadonlyMap<number, Member>;
  readonly #writer = new RecordWriter();
  #turn = 1;

  /** `callees`: of each member, the numbers of what it calls, members or not. */
  constructor(members: readonly number[], callees: ReadonlyMap<number, readonly number[]>) {
    const inside = new Set(members);
    this.#members = new Map(
      members.map((number) => [
        number,
        {
          callees: (callees.get(number) ?? []).filter((callee) => inside.has(callee)),
          madeAt: 0,
          summaryChangedAt: 0,
          locksChangedAt: 0,
          summaryBytes: undefined,
          locksBytes: undefined,
        },
      ]),
    );
  }

  /** A member's turn comes: says what of it must be made. All of it the first time. */
  begin(number: number): Stale {
    const { madeAt, callees } = this.#member(number);
    if (madeAt === 0) return { summary: true, locks: true };
    let summary = false;
    let locks = false;
    for (const callee of callees) {
      const { summaryChangedAt, locksChangedAt } = this.#member(callee);
      if (summaryChangedAt > madeAt) summary = true;
      if (locksChangedAt > madeAt) locks = true;
    }
    return { summary, locks: locks || summary };
  }

  /** Its turn is over, with these effects. Returns whether they are new. */
  end(number: number, { summary, locks }: FunctionEffects): boolean {
    const member = this.#member(number);
    const w = this.#writer;
    w.reset();
    if (summary !== undefined) encodeSummary(w, summary);
    const summaryBytes = w.take();
    w.reset();
    lockSummaryCodec.write(w, locks);
    const locksBytes = w.take();
    // What it calls itself was read before: its own change is later than its turn.
    const hasNewSummary = !isSame(member.summaryBytes, summaryBytes);
    const hasNewLocks = !isSame(member.locksBytes, locksBytes);
    if (hasNewSummary) member.summaryChangedAt = this.#turn + 1;
    if (hasNewLocks) member.locksChangedAt = this.#turn + 1;
    member.summaryBytes = summaryBytes;
    member.locksBytes = locksBytes;
    member.madeAt = this.#turn;
    this.#turn++;
    return hasNewSummary || hasNewLocks;
  }

  /** The members that call one of some members. */
  callersOf(numbers: Iterable<number>): ReadonlySet<number> {
    const wanted = new Set(numbers);
    const callers = new Set<number>();
    for (const [number, { callees }] of this.#members) {
      if (callees.some((callee) => wanted.has(callee))) callers.add(number);
    }
    return callers;
  }

  #member(number: number): Member {
    return this.#members.get(number) as Member;
  }
}

const isSame = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && Buffer.compare(a, b) === 0;
