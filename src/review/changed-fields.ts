/**
 * The fields and global pointers that the touched functions treat in another way than before: what other functions of
 * their files do with these may mean something else now.
 */
import { effectsOf } from '../effects/effects.ts';
import { type FieldUse, fieldUses, nameOfKey } from '../effects/field-uses.ts';
import type { Program } from '../index/program.ts';
import type { Sides } from './programs.ts';
import { partsOfKey, type TouchedFunctions } from './touched.ts';

/** Their names. Of `reworked` functions, which were something else in between, all that they use. */
export function changedFields(
  { base, head }: Pick<Sides, 'base' | 'head'>,
  touched: TouchedFunctions,
  reworked: TouchedFunctions,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const one of touched) {
    const [before, after] = [usesIn(base, one), usesIn(head, one)];
    for (const key of new Set([...before.keys(), ...after.keys()]))
      if (reworked.has(one) || !isSame(before.get(key), after.get(key))) found.add(nameOfKey(key));
  }
  return found;
}

const NOTHING: ReadonlyMap<string, FieldUse> = new Map();

function usesIn(program: Program | undefined, touched: string): ReadonlyMap<string, FieldUse> {
  const { path, name } = partsOfKey(touched);
  const fact = program?.facts(path)?.functions.find((f) => !f.isPrototype && f.name === name);
  return program === undefined || fact === undefined ? NOTHING : fieldUses(effectsOf(program), fact, path);
}

const isSame = (a: FieldUse | undefined, b: FieldUse | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.isTested === b.isTested &&
  a.isTestedForError === b.isTestedForError &&
  a.isDereferenced === b.isDereferenced &&
  a.isSet === b.isSet &&
  a.clearedAt > 0 === b.clearedAt > 0;
