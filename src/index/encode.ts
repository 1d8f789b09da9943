/**
 * Facts of one file as bytes. A header says where each list starts, so that decode.ts reads only what it is
 * asked for; strings of the lists are in one table, names and types of the flows in two others.
 */
import { ByteWriter } from '../c/bytes.ts';
import type { FunctionFact, MacroFact } from './facts.ts';
import type { StoredFacts } from './stored-facts.ts';

/** Order of the sections; each has its offset, four bytes, in the header. */
export const SECTIONS = [
  'strings',
  'includes',
  'functions',
  'macros',
  'structs',
  'typedefs',
  'enumerators',
  'globals',
  'tables',
  'tableEntries',
  'topLevelMacros',
  'errors',
  'flowNames',
  'flowTypes',
  'flows',
] as const;

export type Section = (typeof SECTIONS)[number];

const HEADER_BYTES = SECTIONS.length * 4;

export const FunctionBit = {
  Variadic: 1,
  Static: 2,
  Inline: 4,
  AlwaysInline: 8,
  NoReturn: 16,
  Init: 32,
  Prototype: 64,
  DefinedBy: 128,
  Attributes: 256,
} as const;

export const GlobalBit = { Static: 1, Extern: 2, PerCpu: 4 } as const;

export const MacroBit = { Parameters: 8, Variadic: 16, Flow: 32, Text: 64 } as const;

export const MACRO_KINDS: readonly MacroFact['kind'][] = [
  'expression',
  'statements',
  'loop',
  'alias',
  'constant',
  'opaque',
];

/** Encodes facts; keeps its buffers from file to file. One per thread. */
export class Encoder {
  readonly #body = new ByteWriter();
  readonly #whole = new ByteWriter();
  readonly #numbers = new Map<string, number>();
  #strings: string[] = [];

  encode(facts: StoredFacts): Uint8Array {
    this.#body.reset();
    this.#whole.reset();
    this.#numbers.clear();
    this.#strings = [];
    const offsets = new Map<Section, number>();
    const w = this.#body;
    const section = (name: Section, write: () => void): void => {
      offsets.set(name, w.length);
      write();
    };
    section('includes', () => this.#list(facts.includes, (include) => this.#string(include)));
    section('functions', () => this.#functions(facts.functions));
    section('macros', () => this.#macros(facts.macros));
    section('structs', () =>
      this.#list(facts.structs, (struct) => {
        this.#string(struct.name);
        w.varint(struct.line);
        let line = struct.line;
        this.#list(struct.fields, (field) => {
          this.#string(field.name);
          this.#string(field.type);
          w.signed(field.line - line);
          line = field.line;
        });
      }),
    );
    section('typedefs', () =>
      this.#list(facts.typedefs, ({ name, type, line }) => {
        this.#string(name);
        this.#string(type);
        w.varint(line);
      }),
    );
    section('enumerators', () => this.#enumerators(facts.enumerators));
    section('globals', () =>
      this.#list(facts.globals, (global) => {
        this.#string(global.name);
        this.#string(global.type);
        w.varint(global.line);
        w.byte(
          (global.isStatic ? GlobalBit.Static : 0) |
            (global.isExtern ? GlobalBit.Extern : 0) |
            (global.perCpu ? GlobalBit.PerCpu : 0),
        );
      }),
    );
    section('tables', () =>
      this.#list(facts.tables, (table) => {
        this.#string(table.name);
        this.#string(table.type);
        w.varint(table.line);
        this.#list(table.fields, (field) => this.#string(field));
      }),
    );
    section('tableEntries', () => {
      let line = 0;
      this.#list(facts.tableEntries, (entry) => {
        this.#string(entry.type);
        this.#string(entry.field);
        this.#string(entry.target);
        this.#string(entry.table);
        w.signed(entry.line - line);
        line = entry.line;
      });
    });
    section('topLevelMacros', () =>
      this.#list(facts.topLevelMacros, (macro) => {
        this.#string(macro.name);
        w.varint(macro.line);
        this.#list(macro.args, (arg) => this.#string(arg));
      }),
    );
    section('errors', () =>
      this.#list(facts.errors, (error) => {
        w.varint(error.line);
        this.#string(error.function);
        this.#string(error.reason);
      }),
    );
    section('flowNames', () => w.strings(facts.flows.names));
    section('flowTypes', () => w.strings(facts.flows.types));
    offsets.set('flows', w.length);
    return this.#assemble(offsets, facts.flows.bytes);
  }

  /** Header, strings (known only now), the other sections, flows. */
  #assemble(offsets: ReadonlyMap<Section, number>, flows: Uint8Array): Uint8Array {
    const whole = this.#whole;
    whole.reserve(HEADER_BYTES);
    whole.length = HEADER_BYTES;
    whole.strings(this.#strings);
    const base = whole.length;
    const bytes = new Uint8Array(base + this.#body.length + flows.length);
    bytes.set(whole.bytes.subarray(0, base));
    bytes.set(this.#body.bytes.subarray(0, this.#body.length), base);
    bytes.set(flows, base + this.#body.length);
    const view = new DataView(bytes.buffer);
    SECTIONS.forEach((name, index) => {
      const offset = offsets.get(name);
      view.setUint32(index * 4, offset === undefined ? HEADER_BYTES : base + offset, true);
    });
    return bytes;
  }

  #string(text: string): void {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#strings.length;
      this.#strings.push(text);
      this.#numbers.set(text, number);
    }
    this.#body.varint(number);
  }

  #list<T>(items: readonly T[], write: (item: T) => void): void {
    this.#body.varint(items.length);
    for (const item of items) write(item);
  }

  #functions(functions: StoredFacts['functions']): void {
    const w = this.#body;
    let line = 0;
    this.#list(functions, (f) => {
      const hasAttributes = f.attributes.length > 0;
      this.#string(f.name);
      w.varint(functionBits(f));
      w.signed(f.line - line);
      line = f.line;
      w.varint(f.column);
      w.signed(f.endLine - f.line);
      this.#string(f.returns);
      this.#list(f.parameters, (parameter) => {
        this.#string(parameter.name);
        this.#string(parameter.type);
      });
      if (f.definedBy !== undefined) this.#string(f.definedBy);
      if (hasAttributes) {
        this.#list(f.attributes, (attribute) => {
          this.#string(attribute.name);
          this.#list(attribute.args, (arg) => this.#string(arg));
        });
      }
      if (!f.isPrototype) w.varint(f.flowAt + 1);
    });
  }

  /** Names by themselves, in the order of the file: neighbours are alike and no name comes twice. */
  #macros(macros: StoredFacts['macros']): void {
    const w = this.#body;
    w.strings(macros.map((macro) => macro.name));
    let line = 0;
    for (const macro of macros) {
      w.byte(
        MACRO_KINDS.indexOf(macro.kind) |
          (macro.parameters === undefined ? 0 : MacroBit.Parameters) |
          (macro.variadic ? MacroBit.Variadic : 0) |
          (macro.flowAt >= 0 ? MacroBit.Flow : 0) |
          (macro.text === '' ? 0 : MacroBit.Text),
      );
      w.signed(macro.line - line);
      line = macro.line;
      if (macro.parameters !== undefined) this.#list(macro.parameters, (name) => this.#string(name));
      if (macro.flowAt >= 0) w.varint(macro.flowAt);
      if (macro.text !== '') this.#string(macro.text);
    }
  }

  #enumerators(enumerators: StoredFacts['enumerators']): void {
    const w = this.#body;
    w.strings(enumerators.map((enumerator) => enumerator.name));
    let line = 0;
    let expected = 0;
    for (const { value, line: at } of enumerators) {
      w.signed(at - line);
      line = at;
      // 0: not known; 1: what one expects; 2: an int32; 3: anything else, as text.
      if (value === undefined) w.byte(0);
      else if (value === expected) w.byte(1);
      else if ((value | 0) === value) {
        w.byte(2);
        w.signed(value);
      } else {
        w.byte(3);
        this.#string(String(value));
      }
      expected = (value ?? 0) + 1;
    }
  }
}

function functionBits(f: FunctionFact): number {
  return (
    (f.variadic ? FunctionBit.Variadic : 0) |
    (f.isStatic ? FunctionBit.Static : 0) |
    (f.isInline ? FunctionBit.Inline : 0) |
    (f.alwaysInline ? FunctionBit.AlwaysInline : 0) |
    (f.noReturn ? FunctionBit.NoReturn : 0) |
    (f.isInit ? FunctionBit.Init : 0) |
    (f.isPrototype ? FunctionBit.Prototype : 0) |
    (f.definedBy === undefined ? 0 : FunctionBit.DefinedBy) |
    (f.attributes.length === 0 ? 0 : FunctionBit.Attributes)
  );
}
