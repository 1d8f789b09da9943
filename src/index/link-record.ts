/**
 * What linking needs of one file, ready for it: for each kind of name, pairs of the name's hash and where in
 * the file's facts it is. A pure function of the file's bytes, stored by blob beside the facts, so that a
 * tree of any number of files is linked without decoding facts.
 */
import { Expr } from '../c/flow.ts';
import type { Lowering } from '../c/lowering.ts';
import { baseOf } from '../c/types.ts';
import type { BodyListener } from './extract.ts';
import { CHECK_BITS, nameCheck, nameHash } from './name-hash.ts';
import type { StoredFacts } from './stored-facts.ts';

/** Kinds of postings. What the ordinal counts is behind each. */
export const LinkKind = {
  Function: 0, // definition, by name: those among functions that are definitions
  Prototype: 1, // by name: functions
  Macro: 2, // by name: macros
  Struct: 3, // by name: structs
  Typedef: 4, // by name: typedefs
  Enumerator: 5, // by name: enumerators
  Global: 6, // by name: globals
  Table: 7, // by type: tables
  Filled: 8, // by type.field, for a field that an initializer sets to something: tables
  Entry: 9, // by entryKey() of type and field: tableEntries
  Target: 10, // by the function stored: tableEntries
  Mention: 11, // by the name that a body calls or refers to: functions, or macros where MentionFlag.Macro is set
  Indirect: 12, // by the field that a body calls through: as Mention
  Alias: 13, // by the base of the type that a typedef stands for: typedefs
  StoredField: 14, // by the last field of an entry: tableEntries; to tell which indirect calls can be resolved
} as const;

export const LINK_KINDS = 15;

/** Of these kinds the value has nameCheck() in its upper bits. */
const isChecked = (kind: number): boolean => kind <= LinkKind.Global;

/** Flags of Function, Prototype and Global. Repeated: of a definition, where its file has one of the name before it. */
export const SymbolFlag = { Static: 1, Extern: 2, Repeated: 2 } as const;
/** Flags of Macro. */
export const MacroFlag = { FunctionLike: 1 } as const;
/** Flags of Mention and Indirect: in a macro; called, not only referred to. */
export const MentionFlag = { Macro: 1, Called: 2 } as const;

const FLAG_BITS = 2;
const FLAG_MASK = (1 << FLAG_BITS) - 1;
/** Ordinals beyond this are left out: the register headers of the kernel have up to 200,000 macros. */
const MAX_ORDINAL = (1 << (32 - FLAG_BITS - CHECK_BITS)) - 1;

/** The value of a name that is found, and what tells it from another of its hash. */
const packed = (check: number, ordinal: number, flags: number): number =>
  ((check << (32 - CHECK_BITS)) | (ordinal << FLAG_BITS) | flags) >>> 0;

export const ordinalOf = (value: number): number => (value >>> FLAG_BITS) & MAX_ORDINAL;
/** What the upper bits of a posting's value of a kind are for a name; undefined for kinds that have none. */
export const checkOf = (kind: number, name: string): number | undefined =>
  isChecked(kind) ? nameCheck(name) : undefined;
export const hasCheck = (value: number, check: number): boolean => value >>> (32 - CHECK_BITS) === check;
export const flagsOf = (value: number): number => value & FLAG_MASK;

/** Counts of a file for `adjutant index --stats`. */
export interface FileCounts {
  readonly functions: number;
  readonly unparsed: number;
  readonly types: number;
  readonly tables: number;
  readonly errors: number;
}

const COUNTS = 5;
const HEADER_WORDS = LINK_KINDS + COUNTS;

/** Makes the records of file after file. Extraction calls body() for each function and macro body that it lowers. */
export class LinkRecorder implements BodyListener {
  #pairs: number[][] = Array.from({ length: LINK_KINDS }, () => []);
  /** Per name number of the file's flows: its hash + 1, 0 where not computed yet. */
  #hashes: number[] = [];

  start(): void {
    for (const pairs of this.#pairs) pairs.length = 0;
    this.#hashes.length = 0;
  }

  /** Notes what a body mentions; `ordinal` is that of its function or macro. */
  body(lowering: Lowering, ordinal: number, isMacro: boolean): void {
    const { b } = lowering;
    const names = lowering.names.texts;
    const flag = isMacro ? MentionFlag.Macro : 0;
    const called = new Set(b.callCallee);
    for (let e = 1; e < b.exprCount; e++) {
      const op = b.exprOp[e];
      const isCalled = called.has(e);
      if (op === Expr.Global) {
        const name = b.exprA[e] as number;
        // A constant is named in capitals; nobody asks who mentions one.
        if (isCalled || /[a-z]/.test(names[name] as string)) {
          this.#add(
            LinkKind.Mention,
            this.#hashOf(names, name),
            ordinal,
            flag | (isCalled ? MentionFlag.Called : 0),
          );
        }
      } else if (isCalled && (op === Expr.Arrow || op === Expr.Field)) {
        const name = b.exprB[e] as number;
        this.#add(LinkKind.Indirect, this.#hashOf(names, name), ordinal, flag | MentionFlag.Called);
      }
    }
  }

  /** The record of the file whose bodies were noted since start(). */
  finish(facts: StoredFacts): Uint8Array {
    const add = (kind: number, name: string, ordinal: number, flags = 0): void =>
      this.#add(kind, nameHash(name), ordinal, flags, checkOf(kind, name));
    const defined = new Set<string>();
    let functions = 0;
    let unparsed = 0;
    for (const [ordinal, f] of facts.functions.entries()) {
      const isStatic = f.isStatic ? SymbolFlag.Static : 0;
      if (f.isPrototype) {
        add(LinkKind.Prototype, f.name, ordinal, isStatic);
        continue;
      }
      if (f.flowAt < 0) unparsed++;
      add(LinkKind.Function, f.name, functions++, isStatic | (defined.has(f.name) ? SymbolFlag.Repeated : 0));
      defined.add(f.name);
    }
    for (const [ordinal, { name, parameters }] of facts.macros.entries()) {
      add(LinkKind.Macro, name, ordinal, parameters === undefined ? 0 : MacroFlag.FunctionLike);
    }
    for (const [ordinal, { name }] of facts.structs.entries()) add(LinkKind.Struct, name, ordinal);
    for (const [ordinal, { name, type }] of facts.typedefs.entries()) {
      add(LinkKind.Typedef, name, ordinal);
      add(LinkKind.Alias, baseOf(type), ordinal);
    }
    for (const [ordinal, { name }] of facts.enumerators.entries()) add(LinkKind.Enumerator, name, ordinal);
    for (const [ordinal, { name, isStatic, isExtern }] of facts.globals.entries()) {
      const flags = (isStatic ? SymbolFlag.Static : 0) | (isExtern ? SymbolFlag.Extern : 0);
      add(LinkKind.Global, name, ordinal, flags);
    }
    this.#tables(facts);
    const types = facts.structs.length + facts.typedefs.length;
    return this.#bytes(facts.includes, [
      functions,
      unparsed,
      types,
      facts.tables.length,
      facts.errors.length,
    ]);
  }

  #tables(facts: StoredFacts): void {
    const add = (kind: number, name: string, ordinal: number): void =>
      this.#add(kind, nameHash(name), ordinal, 0);
    const emptied = new Set<string>();
    for (const [ordinal, { type, field, target, table }] of facts.tableEntries.entries()) {
      if (target === '') {
        emptied.add(`${table} ${field}`);
        continue;
      }
      add(LinkKind.Entry, entryKey(type, field), ordinal);
      add(LinkKind.Target, target, ordinal);
      add(LinkKind.StoredField, lastField(field), ordinal);
    }
    for (const [ordinal, { name, type, fields }] of facts.tables.entries()) {
      add(LinkKind.Table, type, ordinal);
      for (const field of new Set(fields)) {
        if (!emptied.has(`${name} ${field}`)) add(LinkKind.Filled, fieldKey(type, field), ordinal);
      }
    }
  }

  /** Counts, pairs, then the includes: how many, hash and length of each, their texts. */
  #bytes(includes: readonly string[], counts: readonly number[]): Uint8Array {
    let words = HEADER_WORDS;
    for (const pairs of this.#pairs) words += pairs.length;
    const texts = includes.map((include) => Buffer.from(include));
    const textWords = 1 + texts.length * 2;
    const textBytes = texts.reduce((sum, text) => sum + text.length, 0);
    const bytes = new Uint8Array((words + textWords + Math.ceil(textBytes / 4)) * 4);
    const record = new Uint32Array(bytes.buffer);
    record.set(
      this.#pairs.map((pairs) => pairs.length / 2),
      0,
    );
    record.set(counts, LINK_KINDS);
    let at = HEADER_WORDS;
    for (const pairs of this.#pairs) {
      record.set(pairs, at);
      at += pairs.length;
    }
    record[at++] = texts.length;
    let textAt = (words + textWords) * 4;
    for (const [n, text] of texts.entries()) {
      record[at++] = nameHash(includes[n] as string);
      record[at++] = text.length;
      bytes.set(text, textAt);
      textAt += text.length;
    }
    return bytes;
  }

  #add(kind: number, hash: number, ordinal: number, flags: number, check = 0): void {
    if (ordinal > MAX_ORDINAL) return;
    this.#pairs[kind]?.push(hash, packed(check, ordinal, flags));
  }

  #hashOf(names: readonly string[], number: number): number {
    let hash = this.#hashes[number];
    if (hash === undefined) {
      hash = nameHash(names[number] as string);
      this.#hashes[number] = hash;
    }
    return hash;
  }
}

/** The name under which a field of a table is found. */
export const fieldKey = (type: string, field: string): string => `${type}.${field}`;

/** 'open' of 'cdev.ops->open'. */
export const lastField = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('.'), path.lastIndexOf('>')) + 1);

/**
 * The name under which an entry is found: its type and field where the field is the type's own; the last
 * field alone where the entry has a path to it, or a type that only the whole tree can tell.
 */
export function entryKey(type: string, field: string): string {
  const last = lastField(field);
  return last === field && !type.startsWith('typeof(') ? fieldKey(type, field) : fieldKey('', last);
}

/** The records of many blobs, one behind the other in one array. */
export class LinkRecords {
  readonly words: Uint32Array;
  readonly bytes: Buffer;
  /** For each record where the pairs of each kind start in `words`; behind the last kind's their end. */
  readonly starts: Uint32Array;
  #count = 0;
  #end = 0;

  /** Room for `count` records of so many bytes together. */
  constructor(count: number, bytes: number) {
    this.words = new Uint32Array(Math.ceil(bytes / 4) + count);
    this.bytes = Buffer.from(this.words.buffer);
    this.starts = new Uint32Array(count * (LINK_KINDS + 1));
  }

  /** Adds what LinkRecorder.finish() made; returns its number. */
  add(record: Uint8Array): number {
    const number = this.#count++;
    this.bytes.set(record, this.#end * 4);
    let at = this.#end + HEADER_WORDS;
    const first = number * (LINK_KINDS + 1);
    for (let kind = 0; kind < LINK_KINDS; kind++) {
      this.starts[first + kind] = at;
      at += (this.words[this.#end + kind] as number) * 2;
    }
    this.starts[first + LINK_KINDS] = at;
    this.#end += Math.ceil(record.length / 4);
    return number;
  }

  counts(record: number): FileCounts {
    const at = (this.starts[record * (LINK_KINDS + 1)] as number) - COUNTS;
    const [functions = 0, unparsed = 0, types = 0, tables = 0, errors = 0] = this.words.subarray(
      at,
      at + COUNTS,
    );
    return { functions, unparsed, types, tables, errors };
  }

  /** Calls `visit` with the hash of each include's text, and where that is in `bytes`. */
  eachInclude(record: number, visit: (hash: number, from: number, to: number) => void): void {
    const at = this.starts[record * (LINK_KINDS + 1) + LINK_KINDS] as number;
    const count = this.words[at] as number;
    let from = (at + 1 + count * 2) * 4;
    for (let i = 0; i < count; i++) {
      const hash = this.words[at + 1 + i * 2] as number;
      const to = from + (this.words[at + 2 + i * 2] as number);
      visit(hash, from, to);
      from = to;
    }
  }
}
