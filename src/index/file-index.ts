/** Files by number, with their facts and with postings over them: a tree on disk, or a few files in memory. */
import { UserError } from '../errors.ts';
import { decodeFacts } from './decode.ts';
import { checkOf, LINK_KINDS, LinkRecords } from './link-record.ts';
import { nameHash } from './name-hash.ts';
import { bucketOf, buildPostings, matching, type Posting, type PostingTable } from './postings.ts';
import type { BlobStore } from './store.ts';
import type { StoredFacts } from './stored-facts.ts';
import type { TreeIndex } from './tree-index.ts';

interface FileIndex {
  readonly fileCount: number;
  path(file: number): string;
  fileOf(path: string): number | undefined;
  facts(file: number): StoredFacts;
  /** Candidates for a name of a LinkKind, in order of files; a few may have another name with the same hash. */
  postings(kind: number, name: string): readonly Posting[];
}

/** A tree's index with the facts of its files. */
export class TreeFiles implements FileIndex {
  readonly tree: TreeIndex;
  readonly #facts: BlobStore;

  constructor(tree: TreeIndex, facts: BlobStore) {
    this.tree = tree;
    this.#facts = facts;
  }

  get fileCount(): number {
    return this.tree.fileCount;
  }

  path(file: number): string {
    return this.tree.path(file);
  }

  fileOf(path: string): number | undefined {
    return this.tree.fileOf(path);
  }

  postings(kind: number, name: string): readonly Posting[] {
    return this.tree.postings(kind, name);
  }

  /** @throws UserError where the store has lost them since the index was opened: it was complete then. */
  facts(file: number): StoredFacts {
    const bytes = this.#facts.get(this.tree.id(file));
    if (bytes !== undefined) return decodeFacts(bytes);
    this.#facts.repair();
    throw new UserError(
      `The cache was damaged: it has lost what it knew of ${this.path(file)}. Run the command again; the index is mended then.`,
    );
  }
}

/** What the analyser says of a file: facts and link record. */
export interface AnalysedFile {
  readonly facts: Uint8Array;
  readonly link: Uint8Array;
}

/** A few files in memory, by path. */
export class MemoryFiles implements FileIndex {
  readonly #paths: readonly string[];
  readonly #facts: readonly StoredFacts[];
  readonly #tables: readonly PostingTable[];

  constructor(files: ReadonlyMap<string, AnalysedFile>) {
    this.#paths = [...files.keys()].sort();
    const analysed = this.#paths.map((path) => files.get(path) as AnalysedFile);
    this.#facts = analysed.map(({ facts }) => decodeFacts(facts));
    const bytes = analysed.reduce((sum, { link }) => sum + link.length, 0);
    const records = new LinkRecords(analysed.length, bytes);
    const numbers = Uint32Array.from(analysed, ({ link }) => records.add(link));
    this.#tables = Array.from({ length: LINK_KINDS }, (_, kind) => buildPostings(records, numbers, kind));
  }

  get fileCount(): number {
    return this.#paths.length;
  }

  path(file: number): string {
    return this.#paths[file] as string;
  }

  fileOf(path: string): number | undefined {
    const file = this.#paths.indexOf(path);
    return file < 0 ? undefined : file;
  }

  facts(file: number): StoredFacts {
    return this.#facts[file] as StoredFacts;
  }

  postings(kind: number, name: string): readonly Posting[] {
    const { bucketBits, starts, words } = this.#tables[kind] as PostingTable;
    const hash = nameHash(name);
    const bucket = bucketOf(hash, bucketBits);
    const postings = words.subarray((starts[bucket] as number) * 2, (starts[bucket + 1] as number) * 2);
    return matching(postings, hash, checkOf(kind, name));
  }
}
