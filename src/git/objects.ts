/** Objects of a repository, through one `git cat-file --batch` that stays open. */
import { GitError, type GitProcess, startGit } from './run.ts';

/** No source file, commit or tree of a kernel is near this; what is larger is not read. */
const MAX_OBJECT_BYTES = 64 * 1024 * 1024;
const OBJECT_NAME = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

export interface GitObject {
  readonly type: 'commit' | 'tree' | 'blob' | 'tag';
  readonly bytes: Buffer;
}

interface Request {
  readonly id: string;
  readonly resolve: (object: GitObject | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** What the stream is in the middle of: the object whose bytes are still coming. */
interface Pending {
  readonly type: GitObject['type'];
  readonly size: number;
  readonly chunks: Buffer[];
  received: number;
}

/** Reads objects by their full name. The process starts with the first one and ends with `close()`. */
export class ObjectReader {
  readonly #gitDir: string;
  #child: GitProcess | undefined;
  #queue: Request[] = [];
  #head: Buffer = Buffer.alloc(0);
  #pending: Pending | undefined;

  constructor(gitDir: string) {
    this.#gitDir = gitDir;
  }

  /** The object, or undefined where the repository does not have it or it is larger than 64 MiB. */
  read(id: string): Promise<GitObject | undefined> {
    if (!OBJECT_NAME.test(id)) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const child = this.#start();
      this.#queue.push({ id, resolve, reject });
      this.#hold(true);
      child.stdin.write(`${id}\n`);
    });
  }

  close(): void {
    this.#child?.stdin.end();
    this.#child = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #start(): GitProcess {
    if (this.#child) return this.#child;
    const child = startGit(['cat-file', '--batch'], { gitDir: this.#gitDir });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 4096) stderr += chunk.toString('utf8');
    });
    child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    child.stdin.on('error', () => undefined); // the end of the process says why
    const fail = (error: Error) => {
      if (this.#child === child) this.#child = undefined;
      const waiting = this.#queue;
      this.#queue = [];
      this.#pending = undefined;
      this.#head = Buffer.alloc(0);
      for (const request of waiting) request.reject(error);
    };
    child.on('error', fail);
    child.on('close', (status) => fail(new GitError('git cat-file', status ?? undefined, stderr)));
    this.#child = child;
    return child;
  }

  /** Keeps Node running while answers are awaited, and only then: an idle reader ends with the program. */
  #hold(waiting: boolean): void {
    const child = this.#child;
    if (!child) return;
    const handles = [child, child.stdin, child.stdout, child.stderr] as unknown as {
      ref?: () => void;
      unref?: () => void;
    }[];
    for (const handle of handles) waiting ? handle.ref?.() : handle.unref?.();
  }

  #take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      const pending = this.#pending;
      if (pending) {
        // One byte more than the object: the newline behind it.
        const part = chunk.subarray(at, at + pending.size + 1 - pending.received);
        if (pending.size <= MAX_OBJECT_BYTES) pending.chunks.push(part);
        pending.received += part.length;
        at += part.length;
        if (pending.received > pending.size) this.#finish(pending);
        continue;
      }
      const newline = chunk.indexOf(10, at);
      const part = chunk.subarray(at, newline < 0 ? chunk.length : newline);
      this.#head = this.#head.length === 0 ? part : Buffer.concat([this.#head, part]);
      if (newline < 0) return;
      at = newline + 1;
      this.#header(this.#head.toString('latin1'));
      this.#head = Buffer.alloc(0);
    }
  }

  #header(line: string): void {
    const found = /^[0-9a-f]+ (commit|tree|blob|tag) (\d+)$/.exec(line);
    if (!found) {
      this.#answer(undefined); // "<name> missing"
      return;
    }
    this.#pending = {
      type: found[1] as GitObject['type'],
      size: Number(found[2]),
      chunks: [],
      received: 0,
    };
  }

  #finish(pending: Pending): void {
    this.#pending = undefined;
    if (pending.size > MAX_OBJECT_BYTES) {
      this.#answer(undefined);
      return;
    }
    const all = pending.chunks.length === 1 ? (pending.chunks[0] as Buffer) : Buffer.concat(pending.chunks);
    this.#answer({ type: pending.type, bytes: all.subarray(0, pending.size) });
  }

  #answer(object: GitObject | undefined): void {
    this.#queue.shift()?.resolve(object);
    if (this.#queue.length === 0) this.#hold(false);
  }
}
