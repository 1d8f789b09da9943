/** What may have been assigned before an instruction, whichever way leads to it. */
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { blockOf, endOfBlock, Successors } from '../../c/flow-blocks.ts';

/** Asks backwards through one flow. */
export class Before {
  readonly #flow: Flow;
  #predecessors: number[][] | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  /**
   * The nearest instructions before `at`, on each way to it, of which `isWanted` is true; the search ends there, and
   * where something that the place is reached through is set anew. `fromEntry`: a way comes from the function's entry.
   */
  nearest(
    place: number,
    at: number,
    isWanted: (instruction: number) => boolean,
  ): { found: readonly number[]; fromEntry: boolean } {
    const flow = this.#flow;
    const bases = basesOf(flow, place);
    const found: number[] = [];
    let fromEntry = false;
    const seen = new Set<number>();
    const first = blockOf(flow, at);
    const work: [number, number][] = [[first, at]];
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      const [block, end] = next;
      let isDone = false;
      for (let i = end - 1; i >= (flow.blocks[block] as number) && !isDone; i--) {
        if (isWanted(i)) found.push(i);
        isDone = found.at(-1) === i || setsAny(flow, i, bases);
      }
      if (isDone) continue;
      if (block === 0) fromEntry = true;
      for (const before of this.#before(block)) {
        if (seen.has(before)) continue;
        seen.add(before);
        work.push([before, endOfBlock(flow, before)]);
      }
    }
    return { found, fromEntry };
  }

  #before(block: number): readonly number[] {
    if (this.#predecessors === undefined) {
      const flow = this.#flow;
      const successors = new Successors().build(flow);
      this.#predecessors = [...flow.blocks].map(() => []);
      for (const from of flow.blocks.keys())
        for (const to of successors.of(from)) this.#predecessors[to]?.push(from);
    }
    return this.#predecessors[block] ?? [];
  }
}

/** The local, and the pointers, that a place is reached through. */
function basesOf(flow: Flow, place: number): ReadonlySet<number> {
  const bases = new Set<number>();
  const stack = [place];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (e !== place) bases.add(e);
    const op = flow.exprOp[e];
    if (op === Expr.Field || op === Expr.Arrow || op === Expr.Deref || op === Expr.Cast)
      stack.push(flow.exprA[e] as number);
    if (op === Expr.Index) stack.push(flow.exprA[e] as number, flow.exprB[e] as number);
  }
  return bases;
}

/** An assignment, or a loop or macro that assigns what it is given by name. */
function setsAny(flow: Flow, instruction: number, places: ReadonlySet<number>): boolean {
  const x = flow.ops[instruction * 4 + 1] as number;
  if (flow.ops[instruction * 4] === Op.Assign) return places.has(x);
  if (flow.ops[instruction * 4] !== Op.Call) return false;
  const args = flow.calls[x]?.args ?? [];
  return (
    flow.scopes.some((scope) => scope.call === x) &&
    args.some((arg) => flow.exprOp[arg] === Expr.Local && places.has(arg))
  );
}
