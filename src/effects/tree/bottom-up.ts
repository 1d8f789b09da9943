/** Whether a node can be visited: it is handed out already, others are at it, or neither. */
export type Gate = 'done' | 'taken' | 'free';

/**
 * Nodes of a graph, each after those that it leads to; those of a cycle together (Tarjan's strongly connected
 * components, without recursion). What belongs together is the same wherever the visit begins.
 */
export class BottomUp {
  readonly #edges: (node: number) => ArrayLike<number>;
  readonly #component: (members: readonly number[], isCycle: boolean) => void;
  readonly #gate: (node: number) => Gate;
  /** Per node when it was found, from 1 on; DONE once its component was handed out. */
  readonly #found: Int32Array;
  readonly #lowest: Int32Array;
  readonly #open: number[] = [];
  #count = 0;

  /**
   * `component` is handed each component once, after all that its members lead to. `gate` is asked of each node before
   * its edges are.
   */
  constructor(
    nodes: number,
    edges: (node: number) => ArrayLike<number>,
    component: (members: readonly number[], isCycle: boolean) => void,
    gate: (node: number) => Gate = () => 'free',
  ) {
    this.#edges = edges;
    this.#component = component;
    this.#gate = gate;
    this.#found = new Int32Array(nodes);
    this.#lowest = new Int32Array(nodes);
  }

  /**
   * Hands out a node's component and all below it that were not yet. False where it came to a node that is taken: what
   * leads there is left as it was.
   */
  visit(root: number): boolean {
    if (this.#found[root] !== 0) return true;
    const path: { node: number; edges: ArrayLike<number>; next: number; isCycle: boolean }[] = [];
    const enter = (node: number): boolean => {
      const gate = this.#gate(node);
      if (gate === 'taken') return false;
      if (gate === 'done') {
        this.#found[node] = DONE;
        return true;
      }
      this.#count++;
      this.#found[node] = this.#count;
      this.#lowest[node] = this.#count;
      this.#open.push(node);
      path.push({ node, edges: this.#edges(node), next: 0, isCycle: false });
      return true;
    };
    if (!enter(root)) return false;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node, edges } = top;
      if (top.next < edges.length) {
        const target = edges[top.next++] as number;
        const found = this.#found[target] as number;
        if (found === 0) {
          if (!enter(target)) {
            for (const open of this.#open.splice(0)) this.#found[open] = 0;
            return false;
          }
        } else if (found !== DONE) {
          this.#lower(node, found);
          if (target === node) top.isCycle = true;
        }
        continue;
      }
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) this.#lower(above.node, this.#lowest[node] as number);
      if (this.#lowest[node] === this.#found[node]) this.#close(node, top.isCycle);
    }
    return true;
  }

  #lower(node: number, found: number): void {
    if (found < (this.#lowest[node] as number)) this.#lowest[node] = found;
  }

  #close(node: number, isCycle: boolean): void {
    const members = this.#open.splice(this.#open.lastIndexOf(node));
    for (const member of members) this.#found[member] = DONE;
    this.#component(members, isCycle || members.length > 1);
  }
}

const DONE = 0x7fffffff;
