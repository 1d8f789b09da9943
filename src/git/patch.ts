/** Unified diffs, git's own and plain ones, into FileDiffs. What stands around them is skipped. */
import { UserError } from '../errors.ts';
import { decodeText } from './bytes.ts';
import type { FileDiff, Hunk } from './change.ts';
import { checkedPath, gitLineNames, headerName, plainPaths, stripPrefix, unquote } from './patch-paths.ts';

const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/;
const LINK_MODES = new Set(['120000', '160000']);
/** What `diff -N` writes as the date of a file that is not there. */
const NO_FILE_DATE =
  /\t(?:1970-01-01|1969-12-31|Thu Jan +1 0\d:\d\d:\d\d 1970|Wed Dec 31 \d\d:\d\d:\d\d 1969)/;

interface Draft {
  oldPath: string | undefined;
  newPath: string | undefined;
  added: boolean;
  deleted: boolean;
  copied: boolean;
  binary: boolean;
  hunks: Hunk[];
}

/**
 * Parses every diff in `patch`, in order. Line endings are kept as part of a line (CRLF files), except where all
 * of the patch, headers too, was turned into CRLF on its way. Throws a UserError, with the line of the patch, for a
 * hunk that ends early or holds what it can't, a path that leads out of the tree, and a merge's combined diff.
 */
export function parsePatch(patch: string | Uint8Array): FileDiff[] {
  const text = typeof patch === 'string' ? patch : decodeText(patch);
  const reader = new PatchReader(splitLines(text));
  return reader.files();
}

/** Lines without their newline; a CR goes where every line of the diff has one. */
function splitLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const headers = lines.filter((line) => /^(?:diff --git |--- |\+\+\+ |@@ -)/.test(line));
  const transported = headers.length > 0 && headers.every((line) => line.endsWith('\r'));
  return transported ? lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)) : lines;
}

class PatchReader {
  readonly #lines: readonly string[];
  #at = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  files(): FileDiff[] {
    const found: FileDiff[] = [];
    while (this.#at < this.#lines.length) {
      const line = this.#line();
      if (line.startsWith('diff --git ')) found.push(this.#gitFile());
      else if (this.#startsPlainFile()) found.push(this.#plainFile());
      else if (/^diff --(?:cc|combined) /.test(line))
        throw this.#error('is the combined diff of a merge; give the diff against one parent');
      else if (HUNK.test(line) && found.length === 0)
        throw this.#error('starts a hunk without the name of its file (the lines "--- a/…" and "+++ b/…")');
      else this.#at += 1;
    }
    return found;
  }

  #line(offset = 0): string {
    return this.#lines[this.#at + offset] ?? '';
  }

  #startsPlainFile(): boolean {
    return (
      this.#line().startsWith('--- ') && this.#line(1).startsWith('+++ ') && this.#line(2).startsWith('@@ -')
    );
  }

  #gitFile(): FileDiff {
    const names = gitLineNames(this.#line().slice('diff --git '.length));
    const draft: Draft = {
      oldPath: names && stripPrefix(names[0]),
      newPath: names && stripPrefix(names[1]),
      added: false,
      deleted: false,
      copied: false,
      binary: false,
      hunks: [],
    };
    this.#at += 1;
    while (this.#at < this.#lines.length && this.#extendedHeader(draft)) this.#at += 1;
    if (this.#line().startsWith('--- ') && this.#line(1).startsWith('+++ ')) {
      const oldName = headerName(this.#line().slice(4));
      const newName = headerName(this.#line(1).slice(4));
      this.#at += 2;
      if (oldName === '/dev/null') draft.added = true;
      else draft.oldPath = stripPrefix(oldName);
      if (newName === '/dev/null') draft.deleted = true;
      else draft.newPath = stripPrefix(newName);
    }
    this.#hunks(draft);
    return this.#finish(draft);
  }

  /** Takes one of git's header lines into the draft; false at the first other line. */
  #extendedHeader(draft: Draft): boolean {
    const line = this.#line();
    const name = (from: string) => unquote(line.slice(from.length))?.name ?? line.slice(from.length);
    const mode = /^(?:new file|deleted file|old|new) mode (\d{6})$/.exec(line)?.[1];
    if (mode !== undefined) {
      if (LINK_MODES.has(mode)) draft.binary = true;
      if (line.startsWith('new file')) draft.added = true;
      if (line.startsWith('deleted file')) draft.deleted = true;
      return true;
    }
    const index = /^index [0-9a-f]+\.\.[0-9a-f]+(?: (\d{6}))?$/.exec(line);
    if (index) {
      if (LINK_MODES.has(index[1] ?? '')) draft.binary = true;
      return true;
    }
    if (line.startsWith('rename from ')) draft.oldPath = name('rename from ');
    else if (line.startsWith('rename to ')) draft.newPath = name('rename to ');
    else if (line.startsWith('copy from ')) {
      draft.oldPath = name('copy from ');
      draft.copied = true;
    } else if (line.startsWith('copy to ')) draft.newPath = name('copy to ');
    else if (line === 'GIT binary patch' || /^Binary files .* differ$/.test(line)) draft.binary = true;
    else return /^(?:similarity|dissimilarity) index /.test(line);
    return true;
  }

  #plainFile(): FileDiff {
    const oldLine = this.#line().slice(4);
    const newLine = this.#line(1).slice(4);
    const [oldPath, newPath] = plainPaths(headerName(oldLine), headerName(newLine));
    const draft: Draft = {
      oldPath,
      newPath,
      added: oldPath === '/dev/null' || NO_FILE_DATE.test(oldLine),
      deleted: newPath === '/dev/null' || NO_FILE_DATE.test(newLine),
      copied: false,
      binary: false,
      hunks: [],
    };
    this.#at += 2;
    this.#hunks(draft);
    return this.#finish(draft);
  }

  #hunks(draft: Draft): void {
    while (this.#at < this.#lines.length && this.#line().startsWith('@@ -')) draft.hunks.push(this.#hunk());
  }

  #hunk(): Hunk {
    const header = HUNK.exec(this.#line());
    if (!header) throw this.#error('is not the header of a hunk (@@ -line,count +line,count @@)');
    const oldCount = Number(header[2] ?? 1);
    const newCount = Number(header[4] ?? 1);
    const place = { oldStart: Number(header[1]), oldCount, newStart: Number(header[3]), newCount };
    const heading = this.#line().slice(header[0].length).trim();
    this.#at += 1;
    const lines: string[] = [];
    let [oldLeft, newLeft] = [oldCount, newCount];
    let oldNoNewline = false;
    let newNoNewline = false;
    for (;;) {
      // Mailers strip the blank that stands for an empty context line.
      const line = this.#line() === '' ? ' ' : this.#line();
      const kind = line[0];
      if (kind === '\\') {
        const before = lines.at(-1)?.[0];
        if (before !== '+') oldNoNewline = true;
        if (before !== '-') newNoNewline = true;
        this.#at += 1;
        continue;
      }
      if (oldLeft === 0 && newLeft === 0) break;
      if (this.#at >= this.#lines.length)
        throw new UserError(
          `The patch ends in the middle of a hunk (line ${this.#at}: ${oldLeft} old and ${newLeft} new lines are missing); it is truncated.`,
        );
      if (kind !== ' ' && kind !== '+' && kind !== '-')
        throw this.#error('does not belong in the hunk above it, which says that more lines follow');
      if (kind !== '+') oldLeft -= 1;
      if (kind !== '-') newLeft -= 1;
      if (oldLeft < 0 || newLeft < 0) throw this.#error('is more than the header of its hunk announces');
      lines.push(line);
      this.#at += 1;
    }
    return {
      ...place,
      ...(heading === '' ? {} : { heading }),
      lines,
      ...(oldNoNewline ? { oldNoNewline } : {}),
      ...(newNoNewline ? { newNoNewline } : {}),
    };
  }

  #finish(draft: Draft): FileDiff {
    if (draft.oldPath === undefined && draft.newPath === undefined)
      throw this.#error('ends the header of a file whose name can not be read');
    return {
      oldPath: draft.added ? undefined : checkedPath(draft.oldPath ?? ''),
      newPath: draft.deleted ? undefined : checkedPath(draft.newPath ?? ''),
      ...(draft.copied ? { copied: true } : {}),
      binary: draft.binary,
      hunks: draft.binary ? [] : draft.hunks,
    };
  }

  #error(what: string): UserError {
    return new UserError(
      `Line ${this.#at + 1} of the patch ${what}: ${JSON.stringify(this.#line().slice(0, 80))}.`,
    );
  }
}
