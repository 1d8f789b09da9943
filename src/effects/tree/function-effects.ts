/** What is known of one function of a tree, and its record. */
import { lockSummaryCodec } from '../locks/lock-codec.ts';
import { type LockSummary, NO_LOCKS } from '../locks/lock-summary.ts';
import { decodeSummary, encodeSummary, type Summary } from '../summary.ts';
import type { RecordReader, RecordWriter } from './codec.ts';

export interface FunctionEffects {
  /** Undefined where nobody calls it by name. */
  readonly summary: Summary | undefined;
  readonly locks: LockSummary;
}

const Part = { Summary: 1, Locks: 2 };

export function writeEffects(w: RecordWriter, { summary, locks }: FunctionEffects): void {
  w.byte((summary === undefined ? 0 : Part.Summary) | (locks === NO_LOCKS ? 0 : Part.Locks));
  if (summary !== undefined) encodeSummary(w, summary);
  if (locks !== NO_LOCKS) lockSummaryCodec.write(w, locks);
}

export function readEffects(r: RecordReader): FunctionEffects {
  const parts = r.byte();
  return {
    summary: (parts & Part.Summary) === 0 ? undefined : decodeSummary(r),
    locks: (parts & Part.Locks) === 0 ? NO_LOCKS : lockSummaryCodec.read(r),
  };
}
