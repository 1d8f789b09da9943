/**
 * What only both sides of a change show together: tests that it removes or makes come too late, and functions that it
 * lets return NULL.
 */
import { sameFlow } from '../../c/same-flow.ts';
import { effectsOf } from '../../effects/effects.ts';
import type { FunctionRef, Program } from '../../index/program.ts';
import type { Finding } from '../checker.ts';
import { doubtedByChange } from './check-after-use.ts';
import { findRemovedChecks, testsOf } from './check-removed.ts';
import { FieldEvidence } from './field-evidence.ts';
import { findNewlyNull } from './newly-null.ts';

function isChanged(old: FunctionRef, now: FunctionRef): boolean {
  const [before, after] = [old.fact.flow, now.fact.flow];
  return before !== undefined && after !== undefined && !sameFlow(before, after);
}

/** Compares the functions of `paths` that both sides have; `introduced` are the findings of head that base has not. */
export function compareSides(
  base: Program,
  head: Program,
  paths: readonly string[],
  introduced: readonly Finding[],
): readonly Finding[] {
  const effects = effectsOf(head);
  const fields = new FieldEvidence(effects);
  const changed = paths.flatMap((path) => {
    const before = new Map(base.definitions(path).map((ref) => [ref.name, ref]));
    return head.definitions(path).flatMap((now) => {
      const old = before.get(now.name);
      if (old === undefined || !isChanged(old, now)) return [];
      return [
        ...findRemovedChecks(effects, fields, old, now, introduced),
        ...findNewlyNull(base, effects, old, now),
      ];
    });
  });
  const wasTested = (path: string, name: string, pointer: string): boolean => {
    const flow = base.definitions(path).find((ref) => ref.name === name)?.fact.flow;
    return flow !== undefined && testsOf(effects, flow, path).has(pointer);
  };
  return [...changed, ...doubtedByChange(introduced, wasTested)];
}
