/** What a review is about: two trees and the commits between. Pure data; the shells of git/ make it. */

/** Files of one tree by path (as git writes it, '/' between folders). */
export interface SourceTree {
  /** Stable name of the tree's state: git's tree id, or a digest for a plain folder. */
  readonly id: string;
  /** Folder of a plain tree or work tree on disk, where there is one. */
  readonly root?: string;
  /** Git directory that has the files as objects, where there is one: reading many of them needs no detour then. */
  readonly gitDir?: string;
  /** Every regular file's path with its git blob id. Symbolic links and submodules are left out. */
  list(): Promise<ReadonlyMap<string, string>>;
  /** Paths of the regular files below a folder ('' for all), in no certain order: of a plain tree quicker than list(), which reads every file. */
  paths(folder: string): Promise<readonly string[]>;
  /** Bytes of the files that exist among `paths`. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
}

export interface Person {
  readonly name: string;
  readonly email: string;
}

/** A commit under review. Dates are ISO 8601 with the commit's own offset. */
export interface Commit {
  /** Full SHA, or the patch's file name where there is no repository. */
  readonly id: string;
  readonly author: Person | undefined;
  readonly authorDate: string | undefined;
  /** Undefined where it is not known (a patch). */
  readonly committer: Person | undefined;
  /** The whole message, subject first, decoded. */
  readonly message: string;
  readonly parents: readonly string[];
  /** Paths that it changes. */
  readonly files: readonly string[];
}

/** A line range of a changed file, 1-based, `count` may be 0. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  /** What stands behind the second @@: the line that begins the function, as git guesses it. */
  readonly heading?: string;
  /** Lines with their first character ' ', '+' or '-'; without the newline. Decoded by bytes.ts. */
  readonly lines: readonly string[];
  /** The last old or new line of the hunk ends the file without a newline. */
  readonly oldNoNewline?: boolean;
  readonly newNoNewline?: boolean;
}

export interface FileDiff {
  /** Undefined for a file that is added. */
  readonly oldPath: string | undefined;
  /** Undefined for a file that is deleted. */
  readonly newPath: string | undefined;
  /** oldPath stays as it is: newPath starts as a copy of it. */
  readonly copied?: boolean;
  /** Nothing in it is text that is read here: binary, a symbolic link, a submodule. */
  readonly binary: boolean;
  readonly hunks: readonly Hunk[];
}

/** Base tree + head tree + the commits between + the diff. */
export interface Change {
  readonly base: SourceTree | undefined;
  readonly head: SourceTree | undefined;
  /** Names for people and JSON: SHAs, or what the user gave. */
  readonly baseName: string;
  readonly headName: string;
  readonly commits: readonly Commit[];
  readonly diff: readonly FileDiff[];
  /** The diff of one of the commits against its first parent, where it can be had: findings are attributed by it. */
  readonly commitDiff?: (id: string) => Promise<readonly FileDiff[]>;
  /** The tree of one of the commits, where it can be had. */
  readonly commitTree?: (id: string) => Promise<SourceTree>;
}
