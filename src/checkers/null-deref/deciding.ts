/** What decides whether a block of a function runs. */
import type { Flow } from '../../c/flow.ts';
import { Conditions } from '../../effects/locks/conditional.ts';

/** Blocks of a function from which on nobody asks: the answer costs their square. */
const MAX_BLOCKS = 400;

const known = new WeakMap<Flow, Conditions>();

function conditionsOf(flow: Flow): Conditions {
  const conditions = known.get(flow) ?? new Conditions(flow);
  known.set(flow, conditions);
  return conditions;
}

/** The branches that decide it: their blocks, and their conditions. None in a function that is too large to ask. */
export const decidingFor = (flow: Flow, block: number): ReturnType<Conditions['decidingFor']> =>
  flow.blocks.length > MAX_BLOCKS ? [] : conditionsOf(flow).decidingFor(block);
