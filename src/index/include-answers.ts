/**
 * What the includes of a whole tree mean, remembered without making a string of each: most of the 600,000 of
 * Linux are one of few, asked again and again.
 */
import { folderOf } from './folder.ts';
import type { IncludePaths } from './include-paths.ts';
import type { LinkRecords } from './link-record.ts';

const BRACKET = '<'.charCodeAt(0);
/** Words of an answer: scope, hash, place and end of the text, file + 1. */
const WORDS = 5;

export class IncludeAnswers {
  readonly #records: LinkRecords;
  readonly #paths: IncludePaths;
  #slots = new Int32Array(1 << 16);
  #answers = new Int32Array(WORDS << 14);
  #count = 0;
  /** Numbers of folders and of architectures, from one sequence. */
  readonly #scopes = new Map<string, number>();
  #from = '';
  #folder = 0;
  #architecture = 0;

  constructor(records: LinkRecords, paths: IncludePaths) {
    this.#records = records;
    this.#paths = paths;
  }

  /** Includes are those of this file from now on. */
  enter(path: string): void {
    this.#from = path;
    const folder = folderOf(path);
    this.#folder = this.#scope(folder);
    this.#architecture = this.#scope(`<${folder.startsWith('arch/') ? folder.split('/')[1] : ''}>`);
  }

  /** File that an include means, -1 for none; its text is records.bytes[from..to). */
  resolve(hash: number, from: number, to: number): number {
    // What is found where all files search does not depend on the folder.
    if (this.#records.bytes[from] === BRACKET) {
      const found = this.#answer(this.#architecture, hash, from, to, true);
      if (found >= 0) return found;
    }
    return this.#answer(this.#folder, hash, from, to, false);
  }

  #answer(scope: number, hash: number, from: number, to: number, isSearch: boolean): number {
    const mask = this.#slots.length - 1;
    let slot = (hash ^ Math.imul(scope, 0x9e3779b1)) & mask;
    for (;;) {
      const answer = (this.#slots[slot] as number) - 1;
      if (answer < 0) break;
      if (this.#isOf(answer, scope, hash, from, to)) return (this.#answers[answer * WORDS + 4] as number) - 1;
      slot = (slot + 1) & mask;
    }
    const text = this.#records.bytes.toString('utf8', from, to);
    const file = isSearch ? this.#paths.search(text, this.#from) : this.#paths.resolve(text, this.#from);
    this.#add(slot, [scope, hash | 0, from, to, file + 1]);
    return file;
  }

  #isOf(answer: number, scope: number, hash: number, from: number, to: number): boolean {
    const at = answer * WORDS;
    if (this.#answers[at] !== scope || this.#answers[at + 1] !== (hash | 0)) return false;
    const known = this.#answers[at + 2] as number;
    if ((this.#answers[at + 3] as number) - known !== to - from) return false;
    const { bytes } = this.#records;
    for (let i = 0; i < to - from; i++) if (bytes[known + i] !== bytes[from + i]) return false;
    return true;
  }

  #add(slot: number, answer: readonly number[]): void {
    const number = this.#count++;
    if (this.#count * WORDS > this.#answers.length) {
      const grown = new Int32Array(this.#answers.length * 2);
      grown.set(this.#answers);
      this.#answers = grown;
    }
    this.#answers.set(answer, number * WORDS);
    this.#slots[slot] = number + 1;
    if (this.#count * 2 > this.#slots.length) this.#grow();
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let answer = 0; answer < this.#count; answer++) {
      const scope = this.#answers[answer * WORDS] as number;
      let slot = ((this.#answers[answer * WORDS + 1] as number) ^ Math.imul(scope, 0x9e3779b1)) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = answer + 1;
    }
  }

  #scope(name: string): number {
    let number = this.#scopes.get(name);
    if (number === undefined) {
      number = this.#scopes.size;
      this.#scopes.set(name, number);
    }
    return number;
  }
}
