/**
 * What a change has to do with in the changed files: the functions that it touches, those that lead to one of them and
 * those that one of them leads to, by calls, operations tables and functions handed on; and the fields that it treats
 * in another way. By name, and for both sides alike: what one side has and the other has not must be a difference,
 * and not that one was looked at and the other was not.
 */
import type { ChangeScope } from '../checkers/checker.ts';
import type { FunctionRef, Program } from '../index/program.ts';
import type { AffectedPaths } from './affected.ts';
import { changedFields } from './changed-fields.ts';
import { usesOneOf } from './changed-names.ts';
import { namesLinked } from './linked-names.ts';
import type { Sides } from './programs.ts';
import { functionKey, partsOfKey, type TouchedFunctions } from './touched.ts';

export type ScopeOf = (program: Program) => ChangeScope;

type ScopeSides = Pick<Sides, 'base' | 'head' | 'sameForCallers'>;

/**
 * The scope of a change that touches these functions, in each program that shows it: of both sides, and of the commits
 * between. `reworked` are functions that several commits touch, whatever comes of that.
 */
export function scopeOf(
  sides: ScopeSides | undefined,
  paths: AffectedPaths,
  touchedByAll: TouchedFunctions,
  reworked: TouchedFunctions,
): ScopeOf {
  const touched = new Set([...touchedByAll, ...reworked]);
  const noticed = new Set(touched);
  for (const { path, name } of sides?.sameForCallers ?? []) {
    const key = functionKey(path, name);
    if (!reworked.has(key)) noticed.delete(key);
  }
  const [leading, noticing, below] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const both = [
    { program: sides?.base, files: paths.base },
    { program: sides?.head, files: paths.head },
  ] as const;
  for (const { program, files } of both) {
    if (program === undefined) continue;
    const linked = namesLinked(program, files);
    addAll(leading, linked.leadingTo(namesOf(touched)));
    addAll(noticing, linked.leadingTo(namesOf(noticed)));
    addAll(below, linked.below(namesOf(touched)));
  }
  const fields = changedFields(sides ?? { base: undefined, head: undefined }, touched, reworked);
  const touchedPaths = [...new Set([...touched].map((key) => partsOfKey(key).path))];
  const isTouched = ({ path, name }: FunctionRef): boolean => touched.has(functionKey(path, name));
  return (program) => ({
    touched: touchedPaths.flatMap((path) => program.definitions(path).filter(isTouched)),
    isTouched,
    leadsToTouched: ({ name }) => leading.has(name),
    mayNoticeTouched: (ref) => isTouched(ref) || noticing.has(ref.name),
    isBelowTouched: ({ name }) => below.has(name),
    usesChangedField: ({ fact }) => usesOneOf(fact.flow, { names: fields, fields }),
  });
}

const namesOf = (functions: TouchedFunctions): readonly string[] =>
  [...functions].map((key) => partsOfKey(key).name);

function addAll(set: Set<string>, values: Iterable<string>): void {
  for (const value of values) set.add(value);
}
