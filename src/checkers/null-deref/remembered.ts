/** What is found out once of a function or macro, for all who ask. */
import type { Effects } from '../../effects/effects.ts';

export type Known<T> = WeakMap<Effects, Map<string, T>>;

/** What is known of a function or macro in one program, made when it is first asked for. */
export function remembered<T>(known: Known<T>, effects: Effects, id: string, make: () => T): T {
  let answers = known.get(effects);
  if (answers === undefined) {
    answers = new Map();
    known.set(effects, answers);
  }
  let answer = answers.get(id);
  if (answer === undefined) {
    answer = make();
    answers.set(id, answer);
  }
  return answer;
}
