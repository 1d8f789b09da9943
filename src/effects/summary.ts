/**
 * What calling a function (or using a macro) does, as its callers must know it. One record per function, made
 * from its body once all it calls have theirs (see summarise.ts); the index stores it as bytes.
 */
import type { ByteReader, ByteWriter } from '../c/bytes.ts';
import { type CallKnowledge, CONTINUES, type Implication, UNKNOWN_CALL } from './knowledge.ts';
import { ANY } from './values.ts';

export interface Summary extends CallKnowledge {
  /** Line of the return that gives NULL; 0 where none does, or where it is not known. */
  readonly nullLine: number;
  /** The function whose NULL that return passes on; '' where NULL is written there. */
  readonly nullFrom: string;
  readonly errorLine: number;
  readonly errorFrom: string;
  /** Line of the first dereference of each parameter that `dereferences` or `mayDereference` names. */
  readonly dereferenceLines: readonly number[];
  /** Mask of parameters that a branch tests. */
  readonly tests: number;
}

export const UNKNOWN_SUMMARY: Summary = {
  ...UNKNOWN_CALL,
  nullLine: 0,
  nullFrom: '',
  errorLine: 0,
  errorFrom: '',
  dereferenceLines: [],
  tests: 0,
};

const BLOCKS = ['none', 'loop', 'guard', 'conditional'] as const;

const Flag = {
  NoReturn: 1,
  Modifies: 2,
  Dereferences: 4,
  Null: 8,
  Error: 16,
  Implies: 32,
  Writes: 64,
  Rest: 128,
};

/** Appends a summary; most are a few bytes. */
export function encodeSummary(w: ByteWriter, s: Summary): void {
  const hasDereferences = s.dereferences !== 0 || s.mayDereference !== 0 || s.tests !== 0;
  const rest =
    s.same >= 0 ||
    s.isFresh ||
    s.mayReturn ||
    s.nullOnlyIf !== 0 ||
    s.assigns !== 0 ||
    s.block !== 'none' ||
    s.returns !== CONTINUES ||
    s.iterators.length > 0;
  w.byte(
    (s.noReturn ? Flag.NoReturn : 0) |
      (s.modifies ? Flag.Modifies : 0) |
      (hasDereferences ? Flag.Dereferences : 0) |
      (s.nullLine !== 0 || s.nullFrom !== '' ? Flag.Null : 0) |
      (s.errorLine !== 0 || s.errorFrom !== '' ? Flag.Error : 0) |
      (s.implies.length > 0 ? Flag.Implies : 0) |
      (s.writes !== 0 ? Flag.Writes : 0) |
      (rest ? Flag.Rest : 0),
  );
  w.byte(s.result);
  if (s.writes !== 0) w.varint(s.writes >>> 0);
  if (hasDereferences) {
    w.varint(s.dereferences);
    w.varint(s.mayDereference);
    w.varint(s.tests);
    w.varint(s.dereferenceLines.length);
    for (const line of s.dereferenceLines) w.varint(line);
  }
  if (s.nullLine !== 0 || s.nullFrom !== '') {
    w.varint(s.nullLine);
    w.string(s.nullFrom);
  }
  if (s.errorLine !== 0 || s.errorFrom !== '') {
    w.varint(s.errorLine);
    w.string(s.errorFrom);
  }
  if (s.implies.length > 0) {
    w.varint(s.implies.length);
    for (const i of s.implies) {
      w.byte(i.when | (i.through ? 8 : 0));
      w.byte(i.argument);
      w.byte(i.bits);
    }
  }
  if (!rest) return;
  w.varint(s.same + 1);
  w.byte((s.isFresh ? 1 : 0) | (s.mayReturn ? 2 : 0));
  w.varint(s.returns - CONTINUES);
  w.varint(s.nullOnlyIf);
  w.varint(s.assigns);
  w.byte(BLOCKS.indexOf(s.block));
  w.varint(s.iterators.length);
  for (const i of s.iterators) {
    w.byte(i.argument);
    w.byte(i.inBody);
    w.byte(i.afterwards);
  }
}

/** Reads what encodeSummary() wrote. */
export function decodeSummary(r: ByteReader): Summary {
  const flags = r.byte();
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const list = <T>(length: number, item: () => T): T[] => Array.from({ length }, item);
  const result = r.byte();
  const writes = has(Flag.Writes) ? r.varint() | 0 : 0;
  let dereferences = 0;
  let mayDereference = 0;
  let tests = 0;
  let dereferenceLines: number[] = [];
  if (has(Flag.Dereferences)) {
    dereferences = r.varint();
    mayDereference = r.varint();
    tests = r.varint();
    dereferenceLines = list(r.varint(), () => r.varint());
  }
  const nullLine = has(Flag.Null) ? r.varint() : 0;
  const nullFrom = has(Flag.Null) ? r.string() : '';
  const errorLine = has(Flag.Error) ? r.varint() : 0;
  const errorFrom = has(Flag.Error) ? r.string() : '';
  const implies = has(Flag.Implies)
    ? list(r.varint(), (): Implication => {
        const first = r.byte();
        return { when: first & ANY, through: (first & 8) !== 0, argument: r.byte(), bits: r.byte() };
      })
    : [];
  const rest = has(Flag.Rest);
  const same = rest ? r.varint() - 1 : -1;
  const first = rest ? r.byte() : 0;
  return {
    result,
    writes,
    dereferences,
    mayDereference,
    tests,
    dereferenceLines,
    nullLine,
    nullFrom,
    errorLine,
    errorFrom,
    implies,
    noReturn: has(Flag.NoReturn),
    modifies: has(Flag.Modifies),
    same,
    isFresh: (first & 1) !== 0,
    mayReturn: (first & 2) !== 0,
    returns: rest ? r.varint() + CONTINUES : CONTINUES,
    nullOnlyIf: rest ? r.varint() : 0,
    assigns: rest ? r.varint() : 0,
    block: rest ? (BLOCKS[r.byte()] ?? 'none') : 'none',
    iterators: rest
      ? list(r.varint(), () => ({ argument: r.byte(), inBody: r.byte(), afterwards: r.byte() }))
      : [],
    complains: false,
    assertsTrue: 0,
    assertsFalse: 0,
  };
}
