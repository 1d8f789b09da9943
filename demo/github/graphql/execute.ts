/** Runs a document over a table of types, with GitHub's words where it does not fit them. */
import type { Call } from '../call.ts';
import { type Document, type Field, GraphqlError, type Selection, type Value } from './parse.ts';

/** An object on its way through a query: which type of the schema it is, and what it stands for. */
export interface Typed {
  readonly typename: string;
  readonly value: unknown;
}

export interface FieldType {
  /** As in the schema: `[Label!]!`, `String`. */
  readonly type: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly resolve: (source: never, args: Readonly<Record<string, unknown>>, call: Call) => unknown;
}

export interface Schema {
  readonly types: Readonly<Record<string, Readonly<Record<string, FieldType>>>>;
  /** Interfaces and unions, with their members. */
  readonly abstract: Readonly<Record<string, readonly string[]>>;
  readonly inputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

export interface Result {
  readonly data: unknown;
  readonly errors: { type?: string; path: (string | number)[]; message: string }[];
}

const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  ID: (value) => typeof value === 'string',
  String: (value) => typeof value === 'string',
  Int: Number.isInteger,
  Boolean: (value) => typeof value === 'boolean',
};

const named = (type: string) => type.replaceAll(/[[\]!]/g, '');

export async function execute(
  schema: Schema,
  document: Document,
  variables: Readonly<Record<string, unknown>>,
  call: Call,
): Promise<Result> {
  for (const [name, type] of Object.entries(document.variables)) {
    const value = variables[name];
    if (type.endsWith('!') && (value === undefined || value === null)) {
      throw new GraphqlError(`Variable $${name} of type ${type} was provided invalid value`);
    }
    if (value !== undefined) checkInput(schema, type, value, `$${name}`);
  }
  const errors: Result['errors'] = [];
  const root: Typed = { typename: document.operation === 'query' ? 'Query' : 'Mutation', value: undefined };
  validate(schema, document, root.typename, document.selections);
  const data = await selectFrom(root, document.selections, []);
  return { data, errors };

  async function selectFrom(
    source: Typed,
    selections: readonly Selection[],
    path: (string | number)[],
  ): Promise<unknown> {
    const found: Record<string, unknown> = {};
    for (const field of fieldsFor(schema, document, source.typename, selections)) {
      if (field.name === '__typename') {
        found[field.alias] = source.typename;
        continue;
      }
      const definition = schema.types[source.typename]?.[field.name] as FieldType;
      const at = [...path, field.alias];
      try {
        const value = await definition.resolve(
          source.value as never,
          argumentsOf(schema, definition, field, variables),
          call,
        );
        found[field.alias] = await complete(value, field, at);
      } catch (error) {
        if (!(error instanceof GraphqlError)) throw error;
        found[field.alias] = null;
        errors.push({
          ...(error.type === undefined ? {} : { type: error.type }),
          path: at,
          message: error.message,
        });
      }
    }
    return found;
  }

  async function complete(value: unknown, field: Field, path: (string | number)[]): Promise<unknown> {
    if (Array.isArray(value))
      return Promise.all(value.map((item, index) => complete(item, field, [...path, index])));
    if (field.selections === undefined || value === null || value === undefined) return value ?? null;
    return selectFrom(value as Typed, field.selections, path);
  }
}

/** Fields of a selection that apply to an object of this type, fragments opened. */
function* fieldsFor(
  schema: Schema,
  document: Document,
  typename: string,
  selections: readonly Selection[],
): Generator<Field> {
  for (const selection of selections) {
    if (selection.kind === 'field') {
      yield selection;
      continue;
    }
    const fragment = selection.kind === 'inline' ? selection : document.fragments.get(selection.name);
    if (fragment === undefined) continue;
    const { on } = fragment;
    const applies = on === undefined || on === typename || schema.abstract[on]?.includes(typename);
    if (applies) yield* fieldsFor(schema, document, typename, fragment.selections);
  }
}

/** Every field exists on its type, has its arguments, and has a selection exactly when it is an object. */
function validate(
  schema: Schema,
  document: Document,
  typename: string,
  selections: readonly Selection[],
): void {
  for (const selection of selections) {
    if (selection.kind !== 'field') {
      const fragment = selection.kind === 'inline' ? selection : document.fragments.get(selection.name);
      if (fragment === undefined)
        throw new GraphqlError('Fragment was used, but not defined', 'useAndDefineFragment');
      const on = fragment.on ?? typename;
      if (!(on in schema.types || on in schema.abstract)) {
        throw new GraphqlError(`No such type ${on}, so it can't be a fragment condition`, 'undefinedType');
      }
      validate(schema, document, on, fragment.selections);
      continue;
    }
    if (selection.name === '__typename') continue;
    const shared = schema.abstract[typename]?.[0];
    const field =
      schema.types[typename]?.[selection.name] ??
      (selection.name === 'id' && shared ? schema.types[shared]?.id : undefined);
    const inherited =
      field ??
      (typename === 'Actor' || typename === 'Minimizable'
        ? schema.types[shared ?? '']?.[selection.name]
        : undefined);
    if (inherited === undefined) {
      throw new GraphqlError(
        `Field '${selection.name}' doesn't exist on type '${typename}'`,
        'undefinedField',
      );
    }
    for (const [name, type] of Object.entries(inherited.args ?? {})) {
      if (type.endsWith('!') && !(name in selection.args)) {
        throw new GraphqlError(
          `Field '${selection.name}' is missing required arguments: ${name}`,
          'missingRequiredArguments',
        );
      }
    }
    for (const name of Object.keys(selection.args)) {
      if (inherited.args?.[name] === undefined) {
        throw new GraphqlError(
          `Field '${selection.name}' doesn't accept argument '${name}'`,
          'argumentNotAccepted',
        );
      }
    }
    const result = named(inherited.type);
    const isObject = result in schema.types || result in schema.abstract;
    if (isObject !== (selection.selections !== undefined)) {
      const what = isObject ? 'must have selections' : "can't have selections";
      throw new GraphqlError(
        `Selections ${what} (field '${selection.name}' returns ${result})`,
        'selectionMismatch',
      );
    }
    if (selection.selections !== undefined) validate(schema, document, result, selection.selections);
  }
}

function argumentsOf(
  schema: Schema,
  definition: FieldType,
  field: Field,
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(definition.args ?? {})) {
    const given = field.args[name];
    if (given === undefined) continue;
    const value = inputValue(given, variables);
    if (value === undefined) continue;
    checkInput(schema, type, value, name);
    found[name] = value;
  }
  return found;
}

function inputValue(value: Value, variables: Readonly<Record<string, unknown>>): unknown {
  switch (value.kind) {
    case 'literal':
      return value.value;
    case 'variable':
      return variables[value.name];
    case 'list':
      return value.items.map((item) => inputValue(item, variables));
    case 'object':
      return Object.fromEntries(
        Object.entries(value.fields).map(([key, item]) => [key, inputValue(item, variables)]),
      );
  }
}

function checkInput(schema: Schema, type: string, value: unknown, where: string): void {
  const wrong = () =>
    new GraphqlError(
      `Argument '${where}' has an invalid value (${JSON.stringify(value)}). Expected type '${type}'.`,
    );
  if (value === null || value === undefined) {
    if (type.endsWith('!')) throw wrong();
    return;
  }
  const bare = type.replace(/!$/, '');
  if (bare.startsWith('[')) {
    if (!Array.isArray(value)) throw wrong();
    for (const item of value) checkInput(schema, bare.slice(1, -1), item, where);
    return;
  }
  const input = schema.inputs[bare];
  if (input !== undefined) {
    for (const key of Object.keys(value)) if (!(key in input)) throw wrong();
    for (const [key, of] of Object.entries(input)) {
      checkInput(schema, of, (value as Record<string, unknown>)[key], `${where}.${key}`);
    }
    return;
  }
  const allowed = schema.enums[bare];
  if (allowed !== undefined ? !allowed.includes(String(value)) : SCALARS[bare]?.(value) === false)
    throw wrong();
}
