/** Which files a file includes, directly or not, in a tree with changed files laid over it. */
import { BoundedMap } from './bounded-map.ts';
import { OwnArchitecture } from './include-paths.ts';

/** The tree as it was indexed: the files that file n includes are `targets` from `starts[n]` to before `starts[n + 1]`. */
export interface IncludeGraph {
  readonly starts: Uint32Array;
  readonly targets: Uint32Array;
}

/** What of it has changed. */
export interface IncludeChanges {
  /** Files by number, those of the tree first. */
  readonly fileCount: number;
  path(file: number): string;
  fileOf(path: string): number | undefined;
  /** By number of a changed file of the tree: its number now, or -1. */
  readonly moved: ReadonlyMap<number, number>;
  /** Names, without folders, of files that the tree does not have. */
  readonly newNames: ReadonlySet<string>;
  /** Finds what the includes of a file mean now. */
  resolve(file: number): Int32Array;
}

/** Files whose visible headers are kept, as a bit for each file of the tree. */
const VISIBLE_SETS = 3000;

export class IncludedFiles {
  readonly #graph: IncludeGraph;
  readonly #changes: IncludeChanges;
  readonly #visible = new BoundedMap<string, Int32Array>(VISIBLE_SETS);
  /** Of the files that include what has changed. */
  readonly #now = new Map<number, Int32Array>();
  #stale: Uint8Array | undefined;

  constructor(graph: IncludeGraph, changes: IncludeChanges) {
    this.#graph = graph;
    this.#changes = changes;
  }

  /** Tells of a file's number whether the file `from` includes it, directly or not. */
  from(from: string): (file: number) => boolean {
    const seen = this.#visible.get(from, () => this.#reachable(from));
    return (file) => ((seen[file >> 5] as number) & (1 << (file & 31))) !== 0;
  }

  #reachable(from: string): Int32Array {
    const changes = this.#changes;
    const seen = new Int32Array((changes.fileCount >> 5) + 1);
    const start = changes.fileOf(from);
    if (start === undefined) return seen;
    const ours = new OwnArchitecture(from, (path) => changes.fileOf(path));
    const { starts, targets } = this.#graph;
    this.#stale ??= this.#findStale();
    const stale = this.#stale;
    const treeFiles = starts.length - 1;
    const work = [start];
    for (let at = 0; at < work.length; at++) {
      const includer = work[at] as number;
      const isAsIndexed = includer < treeFiles && stale[includer] === 0;
      const edges = isAsIndexed ? targets : this.#includesNow(includer);
      const end = isAsIndexed ? (starts[includer + 1] as number) : edges.length;
      for (let i = isAsIndexed ? (starts[includer] as number) : 0; i < end; i++) {
        const included = edges[i] as number;
        const file = ours.isMain ? included : ours.of(included, changes.path(included));
        const bit = 1 << (file & 31);
        if (file === start || ((seen[file >> 5] as number) & bit) !== 0) continue;
        seen[file >> 5] = (seen[file >> 5] as number) | bit;
        work.push(file);
      }
    }
    return seen;
  }

  /** The files of the tree that include one that is changed, gone, or has the name of a new one. */
  #findStale(): Uint8Array {
    const { starts, targets } = this.#graph;
    const { moved, newNames } = this.#changes;
    const treeFiles = starts.length - 1;
    const stale = new Uint8Array(treeFiles);
    if (moved.size === 0 && newNames.size === 0) return stale;
    const isChanged = new Uint8Array(treeFiles);
    for (const file of moved.keys()) isChanged[file] = 1;
    if (newNames.size > 0) {
      for (let file = 0; file < treeFiles; file++) if (this.#hasNewName(file)) isChanged[file] = 1;
    }
    for (let file = 0; file < treeFiles; file++) {
      for (let i = starts[file] as number; i < (starts[file + 1] as number); i++) {
        if (isChanged[targets[i] as number] === 1) stale[file] = 1;
      }
    }
    return stale;
  }

  #hasNewName(file: number): boolean {
    const path = this.#changes.path(file);
    return this.#changes.newNames.has(path.slice(path.lastIndexOf('/') + 1));
  }

  /** Numbers of the files that a changed or stale file includes. */
  #includesNow(file: number): Int32Array {
    let known = this.#now.get(file);
    if (known === undefined) {
      known = this.#findIncludes(file);
      this.#now.set(file, known);
    }
    return known;
  }

  #findIncludes(file: number): Int32Array {
    const { starts, targets } = this.#graph;
    const { moved, resolve } = this.#changes;
    if (file >= starts.length - 1) return resolve(file);
    const before = targets.subarray(starts[file], starts[file + 1]);
    const now = Int32Array.from(before, (target) => moved.get(target) ?? target);
    // A header that is gone or new may have another one of its name in its place.
    const isOpen = before.some((target, i) => (now[i] as number) < 0 || this.#hasNewName(target));
    return isOpen ? resolve(file) : now;
  }
}
