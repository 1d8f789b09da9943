/** What decides whether a block of a function runs. */
import type { Flow } from '../../c/flow.ts';
import { Conditions } from '../../effects/locks/conditional.ts';

/** Blocks of a function from which on nobody asks: the answer costs their square. */
const MAX_BLOCKS = 400;

/** The branches that decide it: their blocks, and their conditions. None in a function that is too large to ask. */
export const decidingFor = (flow: Flow, block: number): ReturnType<Conditions['decidingFor']> =>
  flow.blocks.length > MAX_BLOCKS ? [] : new Conditions(flow).decidingFor(block);
