/** Facts and link records of blobs: two stores that are filled together and read apart. */
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { unlessMissing } from './segment.ts';
import { BlobStore } from './store.ts';

export class FactStore {
  readonly folder: string;
  readonly facts: BlobStore;
  readonly links: BlobStore;

  private constructor(folder: string) {
    this.folder = folder;
    this.facts = BlobStore.open(join(folder, 'facts'));
    this.links = BlobStore.open(join(folder, 'links'));
  }

  static open(folder: string): FactStore {
    const store = new FactStore(folder);
    touch(folder);
    return store;
  }

  has(id: string): boolean {
    return this.links.has(id) && this.facts.has(id);
  }

  put(id: string, facts: Uint8Array, link: Uint8Array): void {
    this.facts.put(id, facts);
    this.links.put(id, link);
  }

  flush(): void {
    this.facts.flush();
    this.links.flush();
  }

  refresh(): void {
    this.facts.refresh();
    this.links.refresh();
  }

  /** Drops what no tree needs, see BlobStore.compact(). */
  compact(live: (id: string) => boolean): void {
    this.facts.compact(live);
    this.links.compact(live);
  }

  /** Bytes of a blob's records. */
  length(id: string): number {
    return this.facts.length(id) + this.links.length(id);
  }

  /** Bytes on disk. */
  bytes(): number {
    return this.facts.bytes() + this.links.bytes();
  }

  /** Deletes what is damaged, see BlobStore.repair(). */
  repair(): void {
    this.facts.repair();
    this.links.repair();
  }

  close(): void {
    this.facts.close();
    this.links.close();
  }
}

/** Marks a folder of the cache as used now: eviction goes by that. A cache that can't be written to is not evicted. */
export function touch(folder: string): void {
  const now = new Date();
  unlessMissing(() => utimesSync(folder, now, now), 'EACCES', 'EPERM', 'EROFS');
}
