/** The dependencies that a function of a tree adds to the tree's lock graph, and their record. */
import { lineOf } from '../../c/flow.ts';
import type { LockMode } from '../../kernel/locks.ts';
import { CorrelatedReleases } from '../locks/correlated.ts';
import { dependenciesOfBody, orderedClass, weightOf } from '../locks/dependencies.ts';
import type { Body } from '../locks/lock-body.ts';
import { choice, list, record, text, uint } from './codec.ts';

export interface StoredDependency {
  readonly from: string;
  readonly fromMode: LockMode;
  readonly to: string;
  readonly toMode: LockMode;
  /** Of the event in the function. */
  readonly line: number;
  /** In thousandths. */
  readonly weight: number;
}

/** Pairs of locks that one function may add: some take everything under a lock of their own. */
const MAX_DEPENDENCIES = 100;

/** Those of a body: of each pair of locks and modes the surest. */
export function storedDependencies(body: Body): readonly StoredDependency[] {
  const found = new Map<string, StoredDependency>();
  const releases = new CorrelatedReleases(body);
  for (const d of dependenciesOfBody(body)) {
    const weight = Math.round(weightOf(d) * releases.certainty(d.event.call, d.from) * 1000);
    const from = orderedClass(d.from);
    const key = `${from}\0${d.to.lock}\0${d.from.mode}\0${d.to.mode}`;
    const known = found.get(key);
    if (known !== undefined ? known.weight >= weight : found.size >= MAX_DEPENDENCIES) continue;
    found.set(key, {
      from,
      fromMode: d.from.mode,
      to: d.to.lock,
      toMode: d.to.mode,
      line: lineOf(d.event.position),
      weight,
    });
  }
  return [...found.values()];
}

const mode = choice<LockMode>(['write', 'read', 'recursive']);

export const dependenciesCodec = list(
  record<StoredDependency>({
    from: text,
    fromMode: mode,
    to: text,
    toMode: mode,
    line: uint,
    weight: uint,
  }),
);

/** Of all functions of a batch that have some: the function's number and its dependencies. */
export const batchDependenciesCodec = list(
  record<{ number: number; dependencies: readonly StoredDependency[] }>({
    number: uint,
    dependencies: dependenciesCodec,
  }),
);
