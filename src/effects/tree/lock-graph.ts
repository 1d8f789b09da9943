/**
 * The lock graph of a tree: for each ordered pair of lock classes (and modes) how sure the order is, how many
 * functions follow it, and a few of them as witnesses. In a file of its own beside the tree's index.
 */
import { join } from 'node:path';
import { ByteReader, ByteWriter } from '../../c/bytes.ts';
import { SectionFile, writeSectionFile } from '../../index/section-file.ts';
import { unlessMissing } from '../../index/segment.ts';
import type { TreeIndex } from '../../index/tree-index.ts';
import type { LockMode } from '../../kernel/locks.ts';
import type { LockUse } from '../locks/dependencies.ts';
import type { StoredDependency } from './stored-dependencies.ts';

/** A function in which an order is seen. */
interface Witness {
  /** Number of the function in the tree. */
  readonly number: number;
  readonly line: number;
}

export interface TreeDependency {
  readonly from: LockUse;
  readonly to: LockUse;
  /** 0 to 1. */
  readonly weight: number;
  /** Functions that follow this order. */
  readonly count: number;
  /** The surest of them, at most WITNESSES. */
  readonly witnesses: readonly Witness[];
}

const WITNESSES = 3;
const MODES: readonly LockMode[] = ['write', 'read', 'recursive'];

// An edge in words: both ends, modes, weight in thousandths, count, then the witnesses' numbers + 1 and lines.
const FROM = 0;
const TO = 1;
const MODE = 2;
const WEIGHT = 3;
const COUNT = 4;
const WITNESS = 5;
const EDGE_WORDS = WITNESS + WITNESSES * 2;

interface Gathered {
  readonly from: string;
  readonly to: string;
  readonly modes: number;
  count: number;
  /** The surest first. */
  readonly witnesses: { number: number; line: number; weight: number }[];
}

/** Gathers the dependencies of functions in any order; finish() writes the same graph for the same ones. */
export class LockGraphWriter {
  readonly #edges = new Map<string, Gathered>();
  readonly #splits = new Set<string>();

  /** Notes lock classes whose objects have several classes in lockdep. */
  split(locks: readonly string[]): void {
    for (const lock of locks) this.#splits.add(lock);
  }

  /** The dependencies of one function, each pair of locks and modes at most once. */
  add(number: number, dependencies: readonly StoredDependency[]): void {
    for (const { from, to, fromMode, toMode, line, weight } of dependencies) {
      const modes = MODES.indexOf(fromMode) * MODES.length + MODES.indexOf(toMode);
      const key = `${from}\0${to}\0${modes}`;
      let edge = this.#edges.get(key);
      if (edge === undefined) {
        edge = { from, to, modes, count: 0, witnesses: [] };
        this.#edges.set(key, edge);
      }
      edge.count++;
      edge.witnesses.push({ number, line, weight });
      edge.witnesses.sort((x, y) => y.weight - x.weight || x.number - y.number);
      edge.witnesses.length = Math.min(edge.witnesses.length, WITNESSES);
    }
  }

  finish(index: Pick<TreeIndex, 'folder'>, name: string): void {
    const edges = [...this.#edges.values()];
    const locks = [...new Set(edges.flatMap(({ from, to }) => [from, to]))].sort();
    const numberOf = new Map(locks.map((lock, number) => [lock, number]));
    const words = edges
      .map(({ from, to, modes, count, witnesses }) => {
        const row = new Uint32Array(EDGE_WORDS);
        row[FROM] = numberOf.get(from) as number;
        row[TO] = numberOf.get(to) as number;
        row[MODE] = modes;
        row[WEIGHT] = witnesses[0]?.weight ?? 0;
        row[COUNT] = count;
        for (const [n, witness] of witnesses.entries()) {
          row[WITNESS + n * 2] = witness.number + 1;
          row[WITNESS + n * 2 + 1] = witness.line;
        }
        return row;
      })
      .sort(
        (x, y) =>
          (x[FROM] as number) - (y[FROM] as number) ||
          (x[TO] as number) - (y[TO] as number) ||
          (x[MODE] as number) - (y[MODE] as number),
      );
    const out = new Uint32Array(words.length * EDGE_WORDS);
    for (const [n, row] of words.entries()) out.set(row, n * EDGE_WORDS);
    const strings = (texts: readonly string[]): Uint8Array => {
      const text = new ByteWriter();
      text.strings(texts);
      return text.take();
    };
    writeSectionFile(
      join(index.folder, TreeLockGraph.fileName(name)),
      [
        ['locks', strings(locks)],
        ['splits', strings([...this.#splits].sort())],
        ['edges', out],
      ],
      {},
    );
  }
}

/** A tree's lock graph as it was written. A few megabytes: it is read whole. */
export class TreeLockGraph {
  readonly locks: readonly string[];
  readonly #splits: ReadonlySet<string>;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #edges: Uint32Array;
  /** Per lock where the edges from it start; behind the last lock their end. */
  readonly #starts: Uint32Array;
  /** Edges in order of the lock that they lead to, and where those of each lock start. */
  readonly #incoming: Uint32Array;
  readonly #incomingStarts: Uint32Array;

  private constructor(locks: readonly string[], edges: Uint32Array, splits: readonly string[]) {
    this.locks = locks;
    this.#splits = new Set(splits);
    this.#numbers = new Map(locks.map((lock, number) => [lock, number]));
    this.#edges = edges;
    const count = edges.length / EDGE_WORDS;
    this.#starts = startsOf(edges, FROM, locks.length);
    this.#incomingStarts = startsOf(edges, TO, locks.length);
    const next = this.#incomingStarts.slice();
    this.#incoming = new Uint32Array(count);
    for (let edge = 0; edge < count; edge++) {
      const to = edges[edge * EDGE_WORDS + TO] as number;
      this.#incoming[next[to] as number] = edge;
      next[to] = (next[to] as number) + 1;
    }
  }

  /** The file in a tree's folder that has the graph of this name. */
  static fileName(name: string): string {
    return `${name}.graph`;
  }

  /** The graph of this name; undefined where the tree has none. */
  static open(index: Pick<TreeIndex, 'folder'>, name: string): TreeLockGraph | undefined {
    const file = unlessMissing(() => new SectionFile(join(index.folder, TreeLockGraph.fileName(name))));
    if (file === undefined) return undefined;
    try {
      const locks = new ByteReader(file.bytes('locks')).strings();
      const splits = new ByteReader(file.bytes('splits')).strings();
      return new TreeLockGraph(locks, new Uint32Array(file.bytes('edges').buffer), splits);
    } finally {
      file.close();
    }
  }

  /** Dependencies in all. */
  get size(): number {
    return this.#edges.length / EDGE_WORDS;
  }

  /** Whether objects of a class have several classes in lockdep. */
  isSplit(lock: string): boolean {
    return this.#splits.has(lock.replace(/\/\d+$/, ''));
  }

  /** How many dependencies lead from a lock, and to it: under() and over() without the making of them. */
  countUnder(lock: string): number {
    return countAt(this.#starts, this.#numbers.get(lock));
  }

  countOver(lock: string): number {
    return countAt(this.#incomingStarts, this.#numbers.get(lock));
  }

  /** What is taken under a lock. */
  under(lock: string): readonly TreeDependency[] {
    const number = this.#numbers.get(lock);
    if (number === undefined) return [];
    const found: TreeDependency[] = [];
    for (let edge = this.#starts[number] as number; edge < (this.#starts[number + 1] as number); edge++)
      found.push(this.#edge(edge));
    return found;
  }

  /** What a lock is taken under. */
  over(lock: string): readonly TreeDependency[] {
    const number = this.#numbers.get(lock);
    if (number === undefined) return [];
    const from = this.#incomingStarts[number] as number;
    const to = this.#incomingStarts[number + 1] as number;
    return Array.from(this.#incoming.subarray(from, to), (edge) => this.#edge(edge));
  }

  /** The dependencies from one lock to another, one for each pair of modes. */
  between(from: string, to: string): readonly TreeDependency[] {
    const [a, b] = [this.#numbers.get(from), this.#numbers.get(to)];
    if (a === undefined || b === undefined) return [];
    const found: TreeDependency[] = [];
    let low = this.#starts[a] as number;
    let high = this.#starts[a + 1] as number;
    const end = high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#edges[middle * EDGE_WORDS + TO] as number) < b) low = middle + 1;
      else high = middle;
    }
    for (let edge = low; edge < end && this.#edges[edge * EDGE_WORDS + TO] === b; edge++)
      found.push(this.#edge(edge));
    return found;
  }

  #edge(edge: number): TreeDependency {
    const at = edge * EDGE_WORDS;
    const word = (offset: number): number => this.#edges[at + offset] as number;
    const modes = word(MODE);
    const witnesses: Witness[] = [];
    for (let n = 0; n < WITNESSES && word(WITNESS + n * 2) !== 0; n++)
      witnesses.push({ number: word(WITNESS + n * 2) - 1, line: word(WITNESS + n * 2 + 1) });
    return {
      from: { lock: this.locks[word(FROM)] as string, mode: MODES[Math.floor(modes / 3)] as LockMode },
      to: { lock: this.locks[word(TO)] as string, mode: MODES[modes % 3] as LockMode },
      weight: word(WEIGHT) / 1000,
      count: word(COUNT),
      witnesses,
    };
  }
}

function countAt(starts: Uint32Array, number: number | undefined): number {
  return number === undefined ? 0 : (starts[number + 1] as number) - (starts[number] as number);
}

function startsOf(edges: Uint32Array, end: number, locks: number): Uint32Array {
  const starts = new Uint32Array(locks + 1);
  for (let at = end; at < edges.length; at += EDGE_WORDS) {
    const lock = edges[at] as number;
    starts[lock + 1] = (starts[lock + 1] as number) + 1;
  }
  for (let lock = 0; lock < locks; lock++)
    starts[lock + 1] = (starts[lock + 1] as number) + (starts[lock] as number);
  return starts;
}
