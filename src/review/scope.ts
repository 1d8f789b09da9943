/**
 * What a change has to do with in the changed files: the functions that it touches, those that lead to one of them and
 * those that one of them leads to, by calls, operations tables and functions handed on; and the fields that it says
 * something new of. By name, and for both sides alike: what one side has and the other has not must be a difference,
 * and not that one was looked at and the other was not.
 */
import type { ChangeScope } from '../checkers/checker.ts';
import type { FileDiff } from '../git/change.ts';
import type { FunctionRef, Program } from '../index/program.ts';
import type { AffectedPaths } from './affected.ts';
import { changedFields } from './changed-fields.ts';
import { usesOneOf } from './changed-names.ts';
import { namesLinked } from './linked-names.ts';
import type { Sides } from './programs.ts';
import { functionKey, type TouchedFunctions } from './touched.ts';

export type ScopeOf = (program: Program) => ChangeScope;

/** The scope of a change that touches these functions, in each program that shows it: of both sides, and of the commits between. */
export function scopeOf(
  diff: readonly FileDiff[],
  sides: Pick<Sides, 'base' | 'head'> | undefined,
  paths: AffectedPaths,
  touched: TouchedFunctions,
): ScopeOf {
  const [leading, below, fields] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const both = [
    { side: 'old', program: sides?.base, files: paths.base },
    { side: 'new', program: sides?.head, files: paths.head },
  ] as const;
  const names = [...touched].map((key) => key.slice(key.lastIndexOf(' ') + 1));
  const touchedPaths = [...new Set([...touched].map((key) => key.slice(0, key.lastIndexOf(' '))))];
  for (const { side, program, files } of both) {
    if (program === undefined) continue;
    const linked = namesLinked(program, files, names);
    for (const name of linked.leading) leading.add(name);
    for (const name of linked.below) below.add(name);
    for (const name of changedFields(diff, side, program)) fields.add(name);
  }
  const isTouched = ({ path, name }: FunctionRef): boolean => touched.has(functionKey(path, name));
  return (program) => ({
    touched: touchedPaths.flatMap((path) => program.definitions(path).filter(isTouched)),
    isTouched,
    leadsToTouched: ({ name }) => leading.has(name),
    isBelowTouched: ({ name }) => below.has(name),
    usesChangedField: ({ fact }) => usesOneOf(fact.flow, { names: fields, fields }),
  });
}
