/**
 * A cycle in lockdep's own words: the chain in reverse order, and who takes what on which CPU.
 * The forms are those of print_circular_bug() and print_circular_lock_scenario(), kernel/locking/lockdep.c.
 */
import type { LockMode } from '../../kernel/locks.ts';
import type { CycleEdge, Step } from '../checker.ts';
import type { Dependency } from './graph.ts';

const verb: Readonly<Record<LockMode, string>> = { write: 'lock', read: 'rlock', recursive: 'rlock' };

const lockCall = (use: Dependency['from']): string => `${verb[use.mode]}(${use.lock})`;

/**
 * The steps of a cycle for a trace: lockdep's chain, the highest number first, `#0` last. `cycle` begins with
 * the dependency that the change introduces: its second lock is #0, taken while the highest is held.
 */
export const chainSteps = (cycle: readonly Dependency[]): readonly Step[] =>
  cycle
    .map((dependency, number) =>
      dependency.witness.map((step, i) =>
        i === 0 ? { ...step, text: `-> #${number} (${dependency.to.lock}): ${step.text}` } : step,
      ),
    )
    .reverse()
    .flat();

/** The edges of a cycle, with the part of chainSteps() that each is seen by. */
export const cycleEdges = (cycle: readonly Dependency[]): readonly CycleEdge[] => {
  let end = cycle.reduce((sum, { witness }) => sum + witness.length, 0);
  return cycle.map(({ from, to, witness }) => {
    const start = end - witness.length;
    const edge: CycleEdge = {
      from: from.lock,
      to: to.lock,
      calls: [lockCall(from), lockCall(to)],
      steps: [start, end],
    };
    end = start;
    return edge;
  });
};

/** "A --> B --> C", the chain from the lock that is held. */
export const chainLine = (cycle: readonly Dependency[]): string =>
  [...cycle.map((d) => d.from.lock), cycle[0]?.from.lock ?? ''].join(' --> ');

/** The table of a scenario that ends in *** DEADLOCK ***: one column a dependency, CPU0 is the new one. */
export const scenario = (cycle: readonly Dependency[]): string => {
  const columns = cycle.map((d) => [`${lockCall(d.from)};`, `${lockCall(d.to)};`] as const);
  const widths = columns.map(([a, b]) => Math.max(a.length, b.length, 8) + 3);
  const row = (cells: readonly string[]): string =>
    `  ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('')}`.trimEnd();
  const only = (index: number, text: string): string => row(columns.map((_, i) => (i === index ? text : '')));
  return [
    'Possible unsafe locking scenario:',
    '',
    row(columns.map((_, i) => `CPU${i}`)),
    row(columns.map(() => '----')),
    ...columns.map(([first], i) => only(i, first)),
    ...columns.map(([, second], i) => only(i, second)),
    '',
    '  *** DEADLOCK ***',
  ].join('\n');
};
