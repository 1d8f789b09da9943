/**
 * Facts of one file whose flows are still bytes: a flow is decoded when somebody asks for it, and kept from
 * then on for as long as the facts are. Extraction and decoding both give these.
 */
import type { Flow } from '../c/flow.ts';
import { decodeFlow } from '../c/flow-decode.ts';
import type { FileFacts, FunctionFact, MacroFact, Parameter, TypeName } from './facts.ts';

/** The flows of one file in bytes, with the names and types that they refer to. */
export interface FlowStore {
  readonly bytes: Uint8Array;
  readonly names: readonly string[];
  readonly types: readonly string[];
}

/** Where a flow is among the bytes of its FlowStore, or that there is none. */
export const NO_FLOW = -1;

export interface FunctionRecordFields extends Omit<FunctionFact, 'flow'> {
  readonly flowAt: number;
}

export class FunctionRecord implements FunctionFact {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly returns: TypeName;
  readonly parameters: readonly Parameter[];
  readonly variadic: boolean;
  readonly isStatic: boolean;
  readonly isInline: boolean;
  readonly alwaysInline: boolean;
  readonly noReturn: boolean;
  readonly isInit: boolean;
  readonly attributes: readonly { name: string; args: readonly string[] }[];
  readonly isPrototype: boolean;
  readonly definedBy: string | undefined;
  readonly isPartial?: true;
  readonly flowAt: number;
  readonly #store: FlowStore;
  #flow: Flow | undefined;

  constructor(fields: FunctionRecordFields, store: FlowStore) {
    this.name = fields.name;
    this.line = fields.line;
    this.column = fields.column;
    this.endLine = fields.endLine;
    this.returns = fields.returns;
    this.parameters = fields.parameters;
    this.variadic = fields.variadic;
    this.isStatic = fields.isStatic;
    this.isInline = fields.isInline;
    this.alwaysInline = fields.alwaysInline;
    this.noReturn = fields.noReturn;
    this.isInit = fields.isInit;
    this.attributes = fields.attributes;
    this.isPrototype = fields.isPrototype;
    this.definedBy = fields.definedBy;
    if (fields.isPartial) this.isPartial = true;
    this.flowAt = fields.flowAt;
    this.#store = store;
  }

  get flow(): Flow | undefined {
    this.#flow ??= readFlow(this.#store, this.flowAt, this.line);
    return this.#flow;
  }

  /** The same function, of which only a piece is seen. */
  asPartial(): FunctionRecord {
    return new FunctionRecord({ ...this, isPartial: true }, this.#store);
  }
}

export interface MacroRecordFields extends Omit<MacroFact, 'flow'> {
  readonly flowAt: number;
}

export class MacroRecord implements MacroFact {
  readonly name: string;
  readonly line: number;
  readonly parameters: readonly string[] | undefined;
  readonly variadic: boolean;
  readonly kind: MacroFact['kind'];
  readonly text: string;
  readonly flowAt: number;
  readonly #store: FlowStore;
  #flow: Flow | undefined;

  constructor(fields: MacroRecordFields, store: FlowStore) {
    this.name = fields.name;
    this.line = fields.line;
    this.parameters = fields.parameters;
    this.variadic = fields.variadic;
    this.kind = fields.kind;
    this.text = fields.text;
    this.flowAt = fields.flowAt;
    this.#store = store;
  }

  get flow(): Flow | undefined {
    this.#flow ??= readFlow(this.#store, this.flowAt, this.line);
    return this.#flow;
  }
}

function readFlow(store: FlowStore, at: number, line: number): Flow | undefined {
  return at === NO_FLOW ? undefined : decodeFlow(store.bytes, at, line, store.names, store.types);
}

export interface StoredFacts extends FileFacts {
  readonly functions: readonly FunctionRecord[];
  readonly macros: readonly MacroRecord[];
  readonly flows: FlowStore;
}
