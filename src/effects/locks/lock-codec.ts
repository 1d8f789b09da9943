/** Lock summaries in bytes. */
import type { LockKind, LockMode } from '../../kernel/locks.ts';
import type { Awaited } from '../../kernel/waits.ts';
import { bool, type Codec, choice, int, list, optional, record, text, uint } from '../tree/codec.ts';
import type { Condition } from './condition.ts';
import type { Acquired, Asserted, Cause, Happening, LockSummary, NetEffect, Waited } from './lock-summary.ts';

const condition: Codec<Condition> = {
  write(w, value) {
    w.byte(typeof value === 'string' ? 2 : Number(value));
    if (typeof value === 'string') w.text(value);
  },
  read(r) {
    const kind = r.byte();
    return kind === 2 ? r.text() : kind !== 0;
  },
};

const cause = record<Cause>({
  line: uint,
  callee: text,
  calleePath: text,
  depth: uint,
  conditional: condition,
  key: text,
});

const lockClass = text;
const place = text;
/** Texts of a closed set, which the table of a batch holds once each. */
const kind = text as Codec<string> as Codec<LockKind>;
const mode = choice<LockMode>(['write', 'read', 'recursive']);
const awaits = text as Codec<string> as Codec<Awaited>;
const without = list(lockClass);

const acquired = record<Acquired>({
  lockClass,
  place,
  kind,
  mode,
  subclass: int,
  blocks: bool,
  without,
  far: uint,
  cause,
});

const netEffect = record<NetEffect>({
  operation: choice(['acquire', 'release']),
  lockClass,
  place,
  kind,
  mode,
  subclass: int,
  success: choice(['always', 'nonzero', 'zero', 'sometimes', 'valid']),
});

const happening = record<Happening>({ what: text, gfp: int, without, cause });

const waited = record<Waited>({ awaits, place, target: text, without, cause });

const asserted = record<Asserted>({
  lockClass,
  place,
  mode: choice<LockMode | 'any'>(['any', 'write', 'read', 'recursive']),
  line: uint,
});

export const lockSummaryCodec = record<LockSummary>({
  acquires: list(acquired),
  net: list(netEffect),
  sleeps: optional(happening),
  reclaims: optional(happening),
  waits: list(waited),
  asserts: list(asserted),
  calls: uint,
  preempt: int,
  softirq: int,
  hardirq: int,
  nofs: int,
});
