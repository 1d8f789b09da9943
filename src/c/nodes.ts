/** The node arrays of a syntax tree, grown by doubling and used again from file to file. */
const FIRST_SIZE = 1 << 15;

/** More nodes than this are not made: see TooLarge in parser/cursor.ts. */
export const NODE_LIMIT = 1 << 24;

export class Nodes {
  kind = new Uint8Array(FIRST_SIZE);
  a = new Int32Array(FIRST_SIZE);
  b = new Int32Array(FIRST_SIZE);
  c = new Int32Array(FIRST_SIZE);
  name = new Int32Array(FIRST_SIZE);
  next = new Int32Array(FIRST_SIZE);
  token = new Int32Array(FIRST_SIZE);
  /** Number of nodes, the absent one included. */
  count = 1;

  /** Makes a node; the number of it. */
  add(kind: number, token: number, name: number, a: number, b: number, c: number): number {
    const node = this.count;
    if (node === this.kind.length) this.#grow();
    this.count = node + 1;
    this.kind[node] = kind;
    this.token[node] = token;
    this.name[node] = name;
    this.a[node] = a;
    this.b[node] = b;
    this.c[node] = c;
    this.next[node] = 0;
    return node;
  }

  /** Forgets all nodes. Room that an enormous file took is given back. */
  clear(): void {
    if (this.kind.length > 1 << 22) {
      this.kind = new Uint8Array(FIRST_SIZE);
      this.a = new Int32Array(FIRST_SIZE);
      this.b = new Int32Array(FIRST_SIZE);
      this.c = new Int32Array(FIRST_SIZE);
      this.name = new Int32Array(FIRST_SIZE);
      this.next = new Int32Array(FIRST_SIZE);
      this.token = new Int32Array(FIRST_SIZE);
    }
    this.count = 1;
  }

  #grow(): void {
    const size = 2 * this.kind.length;
    if (size > NODE_LIMIT) throw new RangeError('syntax tree too large');
    const kind = new Uint8Array(size);
    kind.set(this.kind);
    this.kind = kind;
    this.a = copied(this.a, size);
    this.b = copied(this.b, size);
    this.c = copied(this.c, size);
    this.name = copied(this.name, size);
    this.next = copied(this.next, size);
    this.token = copied(this.token, size);
  }
}

const copied = (from: Int32Array, size: number): Int32Array<ArrayBuffer> => {
  const to = new Int32Array(size);
  to.set(from);
  return to;
};
