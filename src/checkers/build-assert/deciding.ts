/** Which decisions of a flow let a block be reached or not. */
import { type Flow, Op } from '../../c/flow.ts';
import { endOfBlock, Successors } from '../../c/flow-blocks.ts';

/** In larger bodies nothing is looked for. */
const MAX_BLOCKS = 400;

/** Values of the branches and switches on which it hangs whether `block` is reached. */
export function decidingValues(flow: Flow, block: number): number[] {
  const count = flow.blocks.length;
  if (count > MAX_BLOCKS) return [];
  const successors = new Successors().build(flow);
  const before: number[][] = Array.from({ length: count }, () => []);
  for (let from = 0; from < count; from++) for (const to of successors.of(from)) before[to]?.push(from);

  const values: number[] = [];
  for (let from = 0; from < count; from++) {
    const next = successors.of(from);
    if (next.length < 2) continue;
    const leads = leadingTo(before, block, from);
    const some = next.some((to) => leads.has(to));
    if (!some || next.every((to) => leads.has(to))) continue;
    const at = (endOfBlock(flow, from) - 1) * 4;
    const x = flow.ops[at + 1] as number;
    if (flow.ops[at] === Op.Branch) values.push(flow.branches[x * 3] as number);
    if (flow.ops[at] === Op.Switch) values.push(flow.switches[x]?.value ?? 0);
  }
  return values;
}

/** The blocks from which `block` can be reached without going through `avoid`. */
function leadingTo(
  before: readonly (readonly number[])[],
  block: number,
  avoid: number,
): ReadonlySet<number> {
  const seen = new Set([block]);
  const work = [block];
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    if (at === avoid) continue;
    for (const from of before[at] ?? []) {
      if (seen.has(from)) continue;
      seen.add(from);
      work.push(from);
    }
  }
  return seen;
}
