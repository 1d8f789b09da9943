/**
 * Nodes of a graph, each after those that it leads to; those of a cycle together (Tarjan's strongly connected
 * components, without recursion). What belongs together is the same wherever the visit begins.
 */
export class BottomUp {
  readonly #edges: (node: number) => ArrayLike<number>;
  readonly #component: (members: readonly number[], isCycle: boolean) => void;
  /** Per node when it was found, from 1 on; DONE once its component was handed out. */
  readonly #found: Int32Array;
  readonly #lowest: Int32Array;
  readonly #open: number[] = [];
  #count = 0;

  /** `component` is handed each component once, after all that its members lead to. */
  constructor(
    nodes: number,
    edges: (node: number) => ArrayLike<number>,
    component: (members: readonly number[], isCycle: boolean) => void,
  ) {
    this.#edges = edges;
    this.#component = component;
    this.#found = new Int32Array(nodes);
    this.#lowest = new Int32Array(nodes);
  }

  /** Hands out a node's component and all below it that were not yet. */
  visit(root: number): void {
    if (this.#found[root] !== 0) return;
    const path: { node: number; edges: ArrayLike<number>; next: number; isCycle: boolean }[] = [];
    const enter = (node: number): void => {
      this.#count++;
      this.#found[node] = this.#count;
      this.#lowest[node] = this.#count;
      this.#open.push(node);
      path.push({ node, edges: this.#edges(node), next: 0, isCycle: false });
    };
    enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node, edges } = top;
      if (top.next < edges.length) {
        const target = edges[top.next++] as number;
        const found = this.#found[target] as number;
        if (found === 0) enter(target);
        else if (found !== DONE) {
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
