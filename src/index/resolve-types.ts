/**
 * Types and fields resolved over a whole program: typedefs, typeof of globals and results, fields through
 * anonymous members and along paths. Asks its questions through a Lookup, so that every kind of program can use it.
 */
import { baseOf, isStruct, returned } from '../c/types.ts';
import type { FieldFact, StructFact, TypeName } from './facts.ts';

/** What resolution needs to know of a program; each answer comes with the file that it stands in. */
export interface Lookup {
  struct(name: TypeName, from: string): { path: string; fact: StructFact } | undefined;
  /** All definitions that are as near as that one: of two configurations. */
  structs(name: TypeName, from: string): readonly { path: string; fact: StructFact }[];
  typedef(name: string, from: string): { path: string; type: TypeName } | undefined;
  globalType(name: string, from: string): { path: string; type: TypeName } | undefined;
  returnType(functionName: string, from: string): { path: string; type: TypeName } | undefined;
}

/** A type without typedefs, typeof, pointers and arrays, and the file that its name is to be read in. */
export interface ResolvedType {
  readonly type: TypeName;
  readonly from: string;
}

const MAX_STEPS = 16;

/** The struct or union (or other base type) that a type comes down to. */
export function resolveBase(lookup: Lookup, type: TypeName, from: string): ResolvedType {
  let base = baseOf(type);
  let file = from;
  for (let step = 0; step < MAX_STEPS && base !== '' && !isStruct(base); step++) {
    const next = behind(lookup, base, file);
    if (next === undefined) break;
    base = baseOf(next.type);
    file = next.path;
  }
  return { type: base, from: file };
}

const TYPEOF = /^typeof\(([A-Za-z_]\w*)(\(\))?\)$/;

function behind(lookup: Lookup, base: string, from: string): { path: string; type: TypeName } | undefined {
  const typeOf = TYPEOF.exec(base);
  if (typeOf === null) {
    const result = returned(base);
    return result === '' ? lookup.typedef(base, from) : { path: from, type: result };
  }
  const name = typeOf[1] as string;
  return typeOf[2] === undefined ? lookup.globalType(name, from) : lookup.returnType(name, from);
}

/** A field of a struct by name, through anonymous members, with the struct that has it and that struct's file. */
export function resolveField(
  lookup: Lookup,
  type: TypeName,
  name: string,
  from: string,
): { owner: TypeName; field: FieldFact; path: string } | undefined {
  const base = resolveBase(lookup, type, from);
  return isStruct(base.type) ? memberOf(lookup, base.type, name, base.from, 0) : undefined;
}

function memberOf(
  lookup: Lookup,
  struct: TypeName,
  name: string,
  from: string,
  depth: number,
): { owner: TypeName; field: FieldFact; path: string } | undefined {
  const found = lookup.struct(struct, from);
  if (found === undefined || depth > MAX_STEPS) return undefined;
  const member = memberIn(lookup, found, name, depth);
  if (member !== undefined) return member;
  // srcutiny.h and srcutree.h both have a struct srcu_struct: whoever names the member means the one that has it.
  for (const other of lookup.structs(struct, from)) {
    const its = other.fact === found.fact ? undefined : memberIn(lookup, other, name, depth);
    if (its !== undefined) return its;
  }
  return undefined;
}

function memberIn(
  lookup: Lookup,
  { path, fact }: { readonly path: string; readonly fact: StructFact },
  name: string,
  depth: number,
): { owner: TypeName; field: FieldFact; path: string } | undefined {
  for (const field of fact.fields) if (field.name === name) return { owner: fact.name, field, path };
  for (const field of fact.fields) {
    if (field.name !== '') continue;
    const base = resolveBase(lookup, field.type, path);
    const inner = isStruct(base.type) ? memberOf(lookup, base.type, name, base.from, depth + 1) : undefined;
    if (inner === undefined) continue;
    // Members of a struct without name and tag are the outer one's.
    const isOwn = inner.owner === base.type && /\.<\d+>$/.test(base.type);
    return isOwn ? { ...inner, owner: fact.name } : inner;
  }
  return undefined;
}

/**
 * The struct and field that a table entry's type and path end in: 'struct file_operations' and 'open' for
 * 'struct cdev' and 'ops->open'. Where a step can't be resolved, what is left of the path stays with ''.
 */
export function resolvePlace(
  lookup: Lookup,
  type: TypeName,
  path: string,
  from: string,
): { owner: TypeName; field: string } {
  const base = resolveBase(lookup, type, from);
  if (path === '') return { owner: baseOf(type), field: '' };
  let at: TypeName = base.type;
  let file = base.from;
  const names = path.split(/->|\./);
  for (const [index, name] of names.entries()) {
    const found = resolveField(lookup, at, name, file);
    if (found === undefined) {
      const rest = names.slice(index).join('.');
      return { owner: isStruct(at) || index === 0 ? at : '', field: rest };
    }
    if (index === names.length - 1) return { owner: found.owner, field: name };
    at = found.field.type;
    file = found.path;
  }
  return { owner: at, field: '' };
}
