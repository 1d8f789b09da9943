/** What is found out once, by name, for all who ask: of functions of a program, of operations, of files. */

/** What is known, by the effects or the program that it was found out with. */
export type Known<Owner extends object, T> = WeakMap<Owner, Map<string, T>>;

/** What is known of `id` with one owner, made when it is first asked for. */
export function remembered<Owner extends object, T>(
  known: Known<Owner, T>,
  owner: Owner,
  id: string,
  make: () => T,
): T {
  let answers = known.get(owner);
  if (answers === undefined) {
    answers = new Map();
    known.set(owner, answers);
  }
  let answer = answers.get(id);
  if (answer === undefined) {
    answer = make();
    answers.set(id, answer);
  }
  return answer;
}
