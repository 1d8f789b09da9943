/**
 * What a change has to do with in the changed files: the functions that it touches, those that lead to one of them and
 * those that one of them leads to, by calls, operations tables and functions handed on; and the fields that it treats
 * in another way. By name, and for both sides alike: what one side has and the other has not must be a difference,
 * and not that one was looked at and the other was not.
 */
import { sameFlow } from '../c/same-flow.ts';
import type { ChangeScope, CodeChecker } from '../checkers/checker.ts';
import type { FunctionRef, Program } from '../index/program.ts';
import type { AffectedPaths } from './affected.ts';
import { changedFields } from './changed-fields.ts';
import { usesOneOf } from './changed-names.ts';
import { type LinkedNames, namesLinked } from './linked-names.ts';
import type { Sides } from './programs.ts';
import { functionKey, partsOfKey, type TouchedFunctions } from './touched.ts';

/** The scope of a change in each program that shows it: of both sides, and of the commits between. */
export type ScopeOf = (program: Program) => ChangeScope;

/** What is to be known of a change. */
export interface ScopeInput {
  readonly sides: Pick<Sides, 'base' | 'head' | 'sameForCallers'>;
  readonly paths: AffectedPaths;
  readonly touched: TouchedFunctions;
  /** Those of them that use what changes outside of functions. */
  readonly otherMeaning: TouchedFunctions;
  /** Functions that several commits touch, whatever comes of that. */
  readonly reworked: TouchedFunctions;
}

/** Answers with the scope of a change for one checker: to some, a function can be the same in spite of the change. */
export function scopesOf(
  input: ScopeInput,
): (checker: Pick<CodeChecker, 'isSame' | 'leadsAlike'>) => ScopeOf {
  const { sides, paths, otherMeaning, reworked } = input;
  const { base, head } = sides;
  const links = [
    ...(base ? [namesLinked(base, paths.base)] : []),
    ...(head ? [namesLinked(head, paths.head)] : []),
  ];
  const all = new Set([...input.touched, ...reworked]);
  const sameForCallers = new Set(sides.sameForCallers?.map(({ path, name }) => functionKey(path, name)));
  const [inBase, inHead] = [definitionsIn(base), definitionsIn(head)];
  /** A function on both sides, where its two bodies tell of all that it does in another way: only an index knows that. */
  const compared = (key: string): readonly [Defined, Defined] | undefined => {
    if (sides.sameForCallers === undefined || reworked.has(key) || otherMeaning.has(key)) return undefined;
    const [before, after] = [inBase(key), inHead(key)];
    return before && after && [before, after];
  };
  /** Those of which callers can see no difference. */
  const quiet = [...all].filter((key) => {
    const both = compared(key);
    return both !== undefined && (sameForCallers.has(key) || haveSameBody(...both));
  });
  const without = (functions: readonly string[]): TouchedFunctions => {
    const left = new Set(all);
    for (const key of functions) left.delete(key);
    return left;
  };
  const noticed = without(quiet);
  return ({ isSame, leadsAlike }) => {
    const isSameTo = (key: string): boolean => {
      const both = compared(key);
      return both !== undefined && isSame?.(...both) === true;
    };
    const touched = isSame === undefined ? all : without(quiet.filter(isSameTo));
    const isAsBefore = (key: string): ((name: string) => boolean) => {
      const both = compared(key);
      return (both && leadsAlike?.(...both)) ?? (() => false);
    };
    return scopeOver(sides, links, { touched, noticed, reworked }, isAsBefore);
  };
}

type Functions = Record<'touched' | 'noticed' | 'reworked', TouchedFunctions>;

/** Each part is made when a checker asks for it. */
function scopeOver(
  sides: ScopeInput['sides'],
  links: readonly LinkedNames[],
  { touched, noticed, reworked }: Functions,
  isAsBefore: (key: string) => (name: string) => boolean,
): ScopeOf {
  const noticing = once(() => union(links.map((link) => link.leadingTo(namesOf(noticed)))));
  const below = once(() => {
    const ways = Map.groupBy(touched, (key) => partsOfKey(key).name);
    const alike = new Map([...ways].map(([name, keys]) => [name, keys.map(isAsBefore)]));
    const isAlike = (from: string, to: string): boolean => alike.get(from)?.every((is) => is(to)) === true;
    return union(links.map((link) => link.below(namesOf(touched), isAlike)));
  });
  const fields = once(() => changedFields(sides, touched, reworked));
  const touchedPaths = [...new Set([...touched].map((key) => partsOfKey(key).path))];
  const isTouched = ({ path, name }: FunctionRef): boolean => touched.has(functionKey(path, name));
  return (program) => ({
    touched: touchedPaths.flatMap((path) => program.definitions(path).filter(isTouched)),
    isTouched,
    mayNoticeTouched: (ref) => isTouched(ref) || noticing().has(ref.name),
    isBelowTouched: ({ name }) => below().has(name),
    usesChangedField: ({ fact }) => usesOneOf(fact.flow, { names: fields(), fields: fields() }),
  });
}

type Defined = readonly [Program, FunctionRef];

/** Answers with the first function of a path and name. */
function definitionsIn(program: Program | undefined): (key: string) => Defined | undefined {
  const files = new Map<string, Map<string, Defined>>();
  return (key) => {
    if (program === undefined) return undefined;
    const { path, name } = partsOfKey(key);
    let file = files.get(path);
    if (file === undefined) {
      file = new Map();
      for (const ref of program.definitions(path))
        if (!file.has(ref.name)) file.set(ref.name, [program, ref]);
      files.set(path, file);
    }
    return file.get(name);
  };
}

function haveSameBody([, before]: Defined, [, after]: Defined): boolean {
  const [one, other] = [before.fact.flow, after.fact.flow];
  return one !== undefined && other !== undefined && sameFlow(one, other);
}

const namesOf = (functions: TouchedFunctions): readonly string[] =>
  [...functions].map((key) => partsOfKey(key).name);

const union = (sets: readonly ReadonlySet<string>[]): ReadonlySet<string> =>
  new Set(sets.flatMap((set) => [...set]));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
