/** Structs, unions and enums wherever a declaration has one. */
import { Kind, Operator, type Tree } from '../c/ast.ts';
import { lineOf } from '../c/flow.ts';
import { literalValue } from '../c/literal.ts';
import { declaredType, typeName } from '../c/types.ts';
import type { FieldFact, FileFacts, StructFact } from './facts.ts';

const MAX_NESTING = 100;

type Enumerators = { name: string; value: number | undefined; line: number }[];

/** Collects the struct and enum bodies of one file; a body gets its name once, whoever mentions it. */
export class TypeCollector {
  readonly #tree: Tree;
  readonly #structs: StructFact[];
  readonly #enumerators: Enumerators;
  /** Names of bodies without a tag, by node. */
  readonly #tagless = new Map<number, string>();
  #depth = 0;

  constructor(tree: Tree, structs: StructFact[], enumerators: Enumerators) {
    this.#tree = tree;
    this.#structs = structs;
    this.#enumerators = enumerators;
  }

  /** Normal form of a Type whose body, where it has one, was collected. */
  nameOf(type: number): string {
    return typeName(this.#tree, type, (body) => this.#tagless.get(body) ?? '');
  }

  /** Collects the body of a Type, if it has one, and gives the type's normal form. `name` is for a body without a tag. */
  collect(type: number, name: string): string {
    const tree = this.#tree;
    if (tree.kind[type] === Kind.Type) {
      const body = tree.a[type] as number;
      if (body !== 0) this.collectBody(body, name);
    }
    return this.nameOf(type);
  }

  collectBody(body: number, name: string): void {
    const tree = this.#tree;
    if (this.#tagless.has(body) || this.#depth > MAX_NESTING) return;
    const tag = (tree.names[tree.name[body] as number] as string) || name || `<${this.#line(body)}>`;
    if (tree.kind[body] === Kind.EnumBody) {
      this.#tagless.set(body, `enum ${tag}`);
      for (const enumerator of enumeratorsOf(tree, body)) this.#enumerators.push(enumerator);
      return;
    }
    if (tree.kind[body] !== Kind.StructBody) return;
    const full = `${tree.c[body] === 1 ? 'union' : 'struct'} ${tag}`;
    this.#tagless.set(body, full);
    const fields: FieldFact[] = [];
    // Pushed before its fields' own bodies: outer ones come first.
    this.#structs.push({ name: full, line: this.#line(body), fields });
    this.#depth++;
    let unnamed = 0;
    for (let d = tree.a[body] as number; d !== 0; d = tree.next[d] as number) {
      const field = tree.names[tree.name[d] as number] as string;
      const base = this.collect(tree.a[d] as number, `${tag}.${field === '' ? `<${++unnamed}>` : field}`);
      fields.push({ name: field, type: declaredType(tree, d, base), line: this.#line(d) });
    }
    this.#depth--;
  }

  #line(node: number): number {
    return lineOf(this.#tree.tokenPosition[this.#tree.token[node] as number] as number);
  }
}

/** The enumerators of an EnumBody, with their values as far as literals and earlier ones of the enum give them. */
function enumeratorsOf(tree: Tree, body: number): FileFacts['enumerators'][number][] {
  const found: FileFacts['enumerators'][number][] = [];
  const known = new Map<string, number>();
  let next: number | undefined = 0;
  for (let e = tree.a[body] as number; e !== 0; e = tree.next[e] as number) {
    const name = tree.names[tree.name[e] as number] as string;
    const value: number | undefined =
      tree.a[e] === 0 ? next : constantValue(tree, tree.a[e] as number, known, 0);
    if (value !== undefined) known.set(name, value);
    next = value === undefined ? undefined : value + 1;
    found.push({ name, value, line: lineOf(tree.tokenPosition[tree.token[e] as number] as number) });
  }
  return found;
}

function constantValue(
  tree: Tree,
  node: number,
  known: ReadonlyMap<string, number>,
  depth: number,
): number | undefined {
  if (depth > 30) return undefined;
  const text = tree.names[tree.name[node] as number] as string;
  const part = (child: number): number | undefined => constantValue(tree, child, known, depth + 1);
  switch (tree.kind[node]) {
    case Kind.Number:
    case Kind.Char:
      return literalValue(text);
    case Kind.Identifier:
      return known.get(text);
    case Kind.Unary: {
      const value = part(tree.a[node] as number);
      if (value === undefined) return undefined;
      if (tree.c[node] === Operator.Negate) return -value;
      return tree.c[node] === Operator.BitNot ? ~value : undefined;
    }
    case Kind.Binary: {
      const left = part(tree.a[node] as number);
      const right = part(tree.b[node] as number);
      return left === undefined || right === undefined
        ? undefined
        : compute(tree.c[node] as number, left, right);
    }
    default:
      return undefined;
  }
}

function compute(operator: number, left: number, right: number): number | undefined {
  switch (operator) {
    case Operator.Add:
      return left + right;
    case Operator.Subtract:
      return left - right;
    case Operator.Multiply:
      return left * right;
    case Operator.ShiftLeft:
      return right >= 0 && right < 32 ? left * 2 ** right : undefined;
    case Operator.Or:
      return left <= 0x7fffffff && right <= 0x7fffffff ? left | right : undefined;
    case Operator.And:
      return left <= 0x7fffffff && right <= 0x7fffffff ? left & right : undefined;
    default:
      return undefined;
  }
}
