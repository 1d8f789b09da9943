/** What one look of the doctor found. */
export interface Diagnosis {
  readonly state: 'good' | 'doubtful' | 'bad';
  /** What was looked at. */
  readonly what: string;
  readonly says: string;
  /** How to mend it; nothing where it is good. */
  readonly mend?: string;
}

export const good = (what: string, says: string): Diagnosis => ({ state: 'good', what, says });
export const doubtful = (what: string, says: string, mend: string): Diagnosis => ({
  state: 'doubtful',
  what,
  says,
  mend,
});
export const bad = (what: string, says: string, mend: string): Diagnosis => ({
  state: 'bad',
  what,
  says,
  mend,
});
