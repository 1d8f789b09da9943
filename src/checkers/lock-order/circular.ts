import { columnOf, lineOf } from '../../c/flow.ts';
import { expressionText } from '../../effects/expression-text.ts';
import type { Program } from '../../index/program.ts';
import { nestedClasses } from '../../kernel/locks.ts';
import { FS_RECLAIM } from '../../kernel/reclaim.ts';
import { type Confidence, compareConfidence, type Finding, type Rule, type Step } from '../checker.ts';
import { fingerprint } from '../fingerprint.ts';
import { areFarApart } from './areas.ts';
import type { PlacedDependency } from './dependencies.ts';
import type { Dependency } from './graph.ts';
import type { Neighbourhood, OrderGraph } from './neighbourhood.ts';
import { chainLine, chainSteps, cycleEdges, scenario } from './scenario.ts';

export const circular: Rule = {
  id: 'lock-order/circular',
  severity: 'error',
  summary: 'Locks are taken in an order that other code contradicts: two tasks can wait for each other.',
  source: 'Documentation/locking/lockdep-design.rst; kernel/locking/lockdep.c, print_circular_bug()',
};

export const reclaim: Rule = {
  id: 'lock-order/reclaim',
  severity: 'error',
  summary: 'Memory is allocated, in a way that may enter reclaim, under a lock that reclaim itself may take.',
  source: 'Documentation/core-api/gfp_mask-from-fs-io.rst; mm/page_alloc.c, fs_reclaim_acquire()',
};

/** Locks in a cycle: between more of them, that each pair means the same objects is not to be believed. */
const LONGEST = 3;

/**
 * A cycle through each dependency that the audited files make. One cycle has one fingerprint, wherever it is
 * entered (one for each sort of allocation that leads to reclaim): who reports takes the place that the change touches.
 */
export function findCycles({ graph, own }: Neighbourhood): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const through of own) {
    // An annotation teaches what reclaim takes: the defect is where memory is asked for under that.
    if (through.from.lock === FS_RECLAIM || isAnnotation(through)) continue;
    const cycle = graph.cycle(through, LONGEST);
    if (cycle === undefined) continue;
    const confidence = confidenceOf(graph, through, cycle);
    // Locks of two file systems meet nowhere, whatever may be stored in the operations of both.
    if (confidence === 'low' && areFarApart(cycle.map(({ place }) => place))) continue;
    const finding = toFinding(through, cycle, confidence);
    const key = `${finding.fingerprint} ${through.from.lock} ${finding.path} ${finding.function}`;
    const known = found.get(key);
    if (known === undefined || compareConfidence(finding.confidence, known.confidence) > 0)
      found.set(key, finding);
  }
  return [...found.values()];
}

/** A lock that is made of another one and an annotation (`socket_lock_t`): the two have no order. */
function isAnnotation({ from, to }: Dependency): boolean {
  const [a, b] = [from.lock, to.lock].map((lock) => lock.slice(0, lock.lastIndexOf('.')));
  return a === b && (from.lock.endsWith('.dep_map') || to.lock.endsWith('.dep_map'));
}

function toFinding(through: PlacedDependency, cycle: readonly Dependency[], confidence: Confidence): Finding {
  const rule = cycle.some((d) => d.from.lock === FS_RECLAIM) ? reclaim : circular;
  const { from, to, locks, position } = through;
  const line = lineOf(position);
  const names = cycle.map((d) => d.from.lock);
  // Where memory is asked for once more, that is another defect.
  const allocators = through.allocator === '' ? [] : [through.allocator];
  // Who makes each dependency is sought where somebody reads it: most cycles are on both sides of a change.
  let trace: readonly Step[] | undefined;
  return {
    checker: 'lock-order',
    rule: rule.id,
    severity: rule.severity,
    confidence,
    path: locks.ref.path,
    line,
    endLine: line,
    column: columnOf(position),
    function: locks.ref.name,
    message: messageOf(cycle),
    explanation: `${scenario(cycle)}\n\nChain exists of: ${chainLine(cycle)}\n\n${remedy(rule, from.lock, to.lock)}`,
    fingerprint: fingerprint(rule.id, [...rotated(names), ...allocators].join(' ')),
    get trace() {
      trace ??= chainSteps(cycle);
      return trace;
    },
    get cycle() {
      return cycleEdges(cycle);
    },
    hasSeveralPlaces: true,
  };
}

/** What happens here, and what comes back. */
function messageOf(cycle: readonly Dependency[]): string {
  const [through, ...rest] = cycle as [Dependency, ...Dependency[]];
  const { from, to } = through;
  const back = rest.map((d) => `${d.to.lock} under ${d.from.lock}`).join(', ');
  if (to.lock === FS_RECLAIM) {
    // Of two locks the way back is said already.
    const way = rest.length > 1 ? ` (${back})` : '';
    return `Memory is allocated under ${from.lock} here, in a way that may enter reclaim, and reclaim can wait for ${from.lock}${way}: possible deadlock.`;
  }
  const elsewhere = rest.some((d) => d.to.lock === FS_RECLAIM) ? 'with reclaim between' : 'elsewhere';
  return `${to.lock} is taken under ${from.lock} here, and the other way round ${elsewhere} (${back}): possible deadlock.`;
}

/** A cycle's locks from the first in the alphabet on: the same wherever the search began. */
function rotated(names: readonly string[]): readonly string[] {
  const first = names.indexOf([...names].sort()[0] ?? '');
  return [...names.slice(first), ...names.slice(0, first)];
}

const remedy = (rule: Rule, from: string, to: string): string =>
  rule === reclaim
    ? `Release ${from} before the call that needs memory, allocate beforehand, or use GFP_NOFS or GFP_ATOMIC where that is right.`
    : `Release ${from} before ${to} is taken, or take the two in the order of the other place.`;

/**
 * `&x->rx.lock` on one side and `&x->tx.lock` on the other, of one struct that lies in another twice: each has a class of
 * its own in lockdep, by where it is initialised.
 */
function meansOtherMembers(program: Program, cycle: readonly Dependency[]): boolean {
  return cycle.some((d, n) => {
    const next = cycle[(n + 1) % cycle.length] as Dependency;
    const [here, there] = [memberIn(program, d.witness.at(-1)), memberIn(program, next.witness[0])];
    return here !== undefined && there !== undefined && here !== there;
  });
}

/** `rx.lock` of a lock that lies in a struct within another, as the function writes it that takes it in a step. */
function memberIn(program: Program, step: Step | undefined): string | undefined {
  if (step === undefined || !/ is taken\b/.test(step.text)) return undefined;
  const flow = program.functions(step.function, step.path).find(({ path }) => path === step.path)?.fact.flow;
  const call = flow?.calls.find(({ position }) => lineOf(position) === step.line);
  const lock = flow === undefined || call === undefined ? '' : expressionText(flow, call.args[0] ?? 0);
  return /^&\S*?(?:->|\.)(\w+\.\w+)$/.exec(lock)?.[1];
}

/** With so many functions on either side of a contradiction, they mean different objects: it would have been seen. */
const ESTABLISHED = 4;

/**
 * A chain is as sure as its weakest link; the fewer calls it takes, the surer. Whether both sides can mean the
 * same two objects is not known between functions, so what goes through many calls, through classes that
 * lockdep divides, or through subsystems that have nothing to do with each other stays low.
 */
function confidenceOf(
  graph: OrderGraph,
  through: PlacedDependency,
  cycle: readonly Dependency[],
): Confidence {
  const confidence = confidenceInChain(graph, through, cycle);
  const { program } = through.locks.effects.effects;
  return confidence !== 'low' && meansOtherMembers(program, cycle) ? 'low' : confidence;
}

function confidenceInChain(
  graph: OrderGraph,
  through: PlacedDependency,
  cycle: readonly Dependency[],
): Confidence {
  const weight = cycle.reduce((product, d) => product * d.weight, 1);
  const isReclaim = cycle.some((d) => d.from.lock === FS_RECLAIM);
  const isLong = cycle.length > 2;
  if (through.conditional || cycle.length > (isReclaim ? 3 : 2) || weight < (isReclaim ? 0.4 : 0.65))
    return 'low';
  if (cycle.some(({ from }) => nestedClasses.has(from.lock))) return 'low';
  // Some of the objects are of another class: those here may be, or not.
  const isSplit = cycle.some(({ from }) => graph.isSplit(from.lock));
  if (isSplit && weight < 0.8) return 'low';
  const isEstablished = cycle.every((d) => graph.follows(d.from.lock, d.to.lock) >= ESTABLISHED);
  if (isEstablished && !isReclaim) return 'low';
  if (areFarApart(cycle.map((d) => d.place))) return isLong || weight <= 0.8 ? 'low' : 'medium';
  return weight > 0.8 && !isLong && !isSplit ? 'high' : 'medium';
}
