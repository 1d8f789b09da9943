/** Facts and link records of blobs: two stores that are filled together and read apart. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
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
    return new FactStore(folder);
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

  bytes(): number {
    return this.facts.bytes() + this.links.bytes();
  }

  /** Throws everything away, which is what a store with damaged records comes to. */
  clear(): void {
    this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  close(): void {
    this.facts.close();
    this.links.close();
  }
}
