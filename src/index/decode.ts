/** The other direction of encode.ts: lists are decoded when they are asked for, flows one at a time. */
import { ByteReader } from '../c/bytes.ts';
import { FunctionBit, GlobalBit, MACRO_KINDS, MacroBit, SECTIONS, type Section } from './encode.ts';
import type { FileFacts, MacroFact } from './facts.ts';
import { type FlowStore, FunctionRecord, MacroRecord, NO_FLOW, type StoredFacts } from './stored-facts.ts';

/** The facts that Encoder.encode() made these bytes of. They stay in use: a flow is read from them when asked for. */
export function decodeFacts(bytes: Uint8Array): StoredFacts {
  return new DecodedFacts(bytes);
}

class DecodedFacts implements StoredFacts {
  readonly #bytes: Uint8Array;
  readonly #lists = new Map<Section, unknown>();
  readonly flows: FlowStore;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    const facts = this;
    this.flows = {
      bytes: bytes.subarray(offsetOf(bytes, 'flows')),
      get names() {
        return facts.#once('flowNames', (r) => r.strings());
      },
      get types() {
        return facts.#once('flowTypes', (r) => r.strings());
      },
    };
  }

  /** Decodes a section on its first use. */
  #once<T>(section: Section, read: (r: ByteReader, strings: readonly string[]) => T): T {
    if (!this.#lists.has(section)) {
      const strings = section === 'strings' || section.startsWith('flow') ? [] : this.#strings();
      this.#lists.set(section, read(new ByteReader(this.#bytes, offsetOf(this.#bytes, section)), strings));
    }
    return this.#lists.get(section) as T;
  }

  #strings(): readonly string[] {
    return this.#once('strings', (r) => r.strings());
  }

  get includes(): readonly string[] {
    return this.#once('includes', (r, strings) => readStrings(r, strings));
  }

  get functions(): readonly FunctionRecord[] {
    return this.#once('functions', (r, strings) => readFunctions(r, strings, this.flows));
  }

  get macros(): readonly MacroRecord[] {
    return this.#once('macros', (r, strings) => readMacros(r, strings, this.flows));
  }

  get structs(): FileFacts['structs'] {
    return this.#once('structs', (r, strings) =>
      readList(r, () => {
        const name = text(r, strings);
        const line = r.varint();
        let fieldLine = line;
        const fields = readList(r, () => {
          const field = { name: text(r, strings), type: text(r, strings), line: fieldLine + r.signed() };
          fieldLine = field.line;
          return field;
        });
        return { name, line, fields };
      }),
    );
  }

  get typedefs(): FileFacts['typedefs'] {
    return this.#once('typedefs', (r, strings) =>
      readList(r, () => ({ name: text(r, strings), type: text(r, strings), line: r.varint() })),
    );
  }

  get enumerators(): FileFacts['enumerators'] {
    return this.#once('enumerators', readEnumerators);
  }

  get globals(): FileFacts['globals'] {
    return this.#once('globals', (r, strings) =>
      readList(r, () => {
        const global = { name: text(r, strings), type: text(r, strings), line: r.varint() };
        const bits = r.byte();
        return {
          ...global,
          isStatic: (bits & GlobalBit.Static) !== 0,
          isExtern: (bits & GlobalBit.Extern) !== 0,
          perCpu: (bits & GlobalBit.PerCpu) !== 0,
        };
      }),
    );
  }

  get tables(): FileFacts['tables'] {
    return this.#once('tables', (r, strings) =>
      readList(r, () => ({
        name: text(r, strings),
        type: text(r, strings),
        line: r.varint(),
        fields: readStrings(r, strings),
      })),
    );
  }

  get tableEntries(): FileFacts['tableEntries'] {
    return this.#once('tableEntries', (r, strings) => {
      let line = 0;
      return readList(r, () => {
        const type = text(r, strings);
        const field = text(r, strings);
        const target = text(r, strings);
        const table = text(r, strings);
        line += r.signed();
        return { type, field, target, table, line };
      });
    });
  }

  get topLevelMacros(): FileFacts['topLevelMacros'] {
    return this.#once('topLevelMacros', (r, strings) =>
      readList(r, () => ({ name: text(r, strings), line: r.varint(), args: readStrings(r, strings) })),
    );
  }

  get errors(): FileFacts['errors'] {
    return this.#once('errors', (r, strings) =>
      readList(r, () => ({ line: r.varint(), function: text(r, strings), reason: text(r, strings) })),
    );
  }
}

function offsetOf(bytes: Uint8Array, section: Section): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(SECTIONS.indexOf(section) * 4, true);
}

const text = (r: ByteReader, strings: readonly string[]): string => strings[r.varint()] as string;

function readList<T>(r: ByteReader, read: () => T): T[] {
  const count = r.varint();
  const items: T[] = new Array(count);
  for (let i = 0; i < count; i++) items[i] = read();
  return items;
}

const readStrings = (r: ByteReader, strings: readonly string[]): string[] =>
  readList(r, () => text(r, strings));

function readFunctions(r: ByteReader, strings: readonly string[], store: FlowStore): FunctionRecord[] {
  let line = 0;
  return readList(r, () => {
    const name = text(r, strings);
    const bits = r.varint();
    line += r.signed();
    const column = r.varint();
    const endLine = line + r.signed();
    const returns = text(r, strings);
    const parameters = readList(r, () => ({ name: text(r, strings), type: text(r, strings) }));
    const definedBy = (bits & FunctionBit.DefinedBy) !== 0 ? text(r, strings) : undefined;
    const attributes =
      (bits & FunctionBit.Attributes) === 0
        ? []
        : readList(r, () => ({ name: text(r, strings), args: readStrings(r, strings) }));
    const isPrototype = (bits & FunctionBit.Prototype) !== 0;
    return new FunctionRecord(
      {
        name,
        line,
        column,
        endLine,
        returns,
        parameters,
        variadic: (bits & FunctionBit.Variadic) !== 0,
        isStatic: (bits & FunctionBit.Static) !== 0,
        isInline: (bits & FunctionBit.Inline) !== 0,
        alwaysInline: (bits & FunctionBit.AlwaysInline) !== 0,
        noReturn: (bits & FunctionBit.NoReturn) !== 0,
        isInit: (bits & FunctionBit.Init) !== 0,
        attributes,
        isPrototype,
        definedBy,
        flowAt: isPrototype ? NO_FLOW : r.varint() - 1,
      },
      store,
    );
  });
}

function readMacros(r: ByteReader, strings: readonly string[], store: FlowStore): MacroRecord[] {
  const names = r.strings();
  let line = 0;
  return names.map((name) => {
    const bits = r.byte();
    line += r.signed();
    const parameters = (bits & MacroBit.Parameters) === 0 ? undefined : readStrings(r, strings);
    const flowAt = (bits & MacroBit.Flow) === 0 ? NO_FLOW : r.varint();
    const kind = MACRO_KINDS[bits & 7] as MacroFact['kind'];
    const body = (bits & MacroBit.Text) === 0 ? '' : text(r, strings);
    const variadic = (bits & MacroBit.Variadic) !== 0;
    return new MacroRecord({ name, line, parameters, variadic, kind, text: body, flowAt }, store);
  });
}

function readEnumerators(r: ByteReader, strings: readonly string[]): FileFacts['enumerators'] {
  const names = r.strings();
  let line = 0;
  let expected = 0;
  return names.map((name) => {
    line += r.signed();
    let value: number | undefined;
    switch (r.byte()) {
      case 1:
        value = expected;
        break;
      case 2:
        value = r.signed();
        break;
      case 3:
        value = Number(text(r, strings));
        break;
    }
    expected = (value ?? 0) + 1;
    return { name, value, line };
  });
}
