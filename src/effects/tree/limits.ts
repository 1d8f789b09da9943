import type { WalkLimits } from '../state-store.ts';

/** Of the walks for a whole tree's lock effects. A review walks the functions that it reports on without these. */
export const TREE_LIMITS: WalkLimits = { statesPerBlock: 8, merges: 3, states: 800 };
