/**
 * Keeps the cache below a size. What goes first: folders of other versions of the analyser, facts that no
 * tree needs, trees that were not used for longest. The tree at hand stays, whatever its size.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FactStore } from './fact-store.ts';
import { unlessMissing } from './segment.ts';
import { TreeIndex } from './tree-index.ts';

const DEFAULT_BYTES = 4 * 2 ** 30;
/** Compacting is worth its while where it frees this part of the store. */
const WORTHWHILE = 0.1;

/** Brings the cache below `limit` bytes as far as that goes; `keep` is the folder of the tree in use. */
export function evict(cacheDir: string, store: FactStore, keep: string, limit = DEFAULT_BYTES): void {
  const isOver = (): boolean => bytesIn(cacheDir) > limit;
  if (!isOver()) return;
  const trees = dirname(keep);
  const others = [
    ...foldersIn(dirname(store.folder)).filter((folder) => folder !== store.folder),
    ...foldersIn(dirname(trees)).filter((folder) => folder !== trees),
  ];
  for (const folder of byAge(others)) {
    rmSync(folder, { recursive: true, force: true });
    if (!isOver()) return;
  }
  compact(store, trees);
  for (const folder of byAge(foldersIn(trees))) {
    if (!isOver()) return;
    if (basename(folder) === basename(keep)) continue;
    rmSync(folder, { recursive: true, force: true });
    compact(store, trees);
  }
}

/** Drops the facts that none of the trees needs. */
function compact(store: FactStore, trees: string): void {
  const live = new Set<string>();
  for (const folder of foldersIn(trees)) {
    const index = TreeIndex.openUnused(folder);
    for (const id of index?.ids ?? []) live.add(id.slice(0, 40));
    index?.close();
  }
  let liveBytes = 0;
  for (const id of live) liveBytes += store.length(id);
  const bytes = store.bytes();
  if (bytes - liveBytes > bytes * WORTHWHILE) store.compact((id) => live.has(id));
}

/** Least recently used first. */
function byAge(folders: readonly string[]): string[] {
  const used = new Map(folders.map((folder) => [folder, unlessMissing(() => statSync(folder).mtimeMs) ?? 0]));
  return [...folders].sort((x, y) => (used.get(x) ?? 0) - (used.get(y) ?? 0));
}

function foldersIn(folder: string): string[] {
  const entries = unlessMissing(() => readdirSync(folder, { withFileTypes: true })) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of unlessMissing(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += bytesIn(path);
    else bytes += unlessMissing(() => statSync(path).size) ?? 0;
  }
  return bytes;
}
