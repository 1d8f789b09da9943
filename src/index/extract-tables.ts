/** Which function is stored in which field: initializers of tables, as the tree has them. */
import { Kind, Operator, type Tree } from '../c/ast.ts';
import { lineOf } from '../c/flow.ts';
import { declaredType, expressionText, isFunctionPointer, typeName } from '../c/types.ts';
import type { StructFact, TableEntry, TableFact } from './facts.ts';

const MAX_NESTING = 50;

interface Sink {
  readonly structs: ReadonlyMap<string, StructFact>;
  readonly tables: TableFact[];
  readonly tableEntries: TableEntry[];
}

/**
 * Collects the tables and entries of one initialised declarator. `base` is its type without arrays, `holder`
 * what its entries are said to be in: the variable, or the function that a static local is in.
 */
export function tableOf(tree: Tree, declarator: number, base: string, holder: string, sink: Sink): void {
  const initializer = tree.b[declarator] as number;
  const info = tree.c[declarator] as number;
  const type = declaredType(tree, declarator, base);
  const walk = new TableWalk(tree, holder, sink);
  if (isFunctionPointer(type)) {
    walk.functionPointers(initializer, `typeof(${tree.names[tree.name[declarator] as number]})`);
  } else if (tree.kind[initializer] === Kind.InitializerList) {
    const isArray = info !== 0 && tree.a[info] !== 0;
    if (isArray) walk.elements(initializer, base, 0);
    else walk.table(initializer, base, true);
  }
}

class TableWalk {
  readonly tree: Tree;
  readonly holder: string;
  readonly sink: Sink;
  #depth = 0;

  constructor(tree: Tree, holder: string, sink: Sink) {
    this.tree = tree;
    this.holder = holder;
    this.sink = sink;
  }

  /** A function pointer or an array of them: there is no struct, the variable itself is the place. */
  functionPointers(initializer: number, type: string): void {
    const { tree } = this;
    if (tree.kind[initializer] !== Kind.InitializerList) {
      this.value(initializer, type, '');
      return;
    }
    for (let item = tree.a[initializer] as number; item !== 0; item = tree.next[item] as number) {
      this.value(tree.kind[item] === Kind.Designated ? (tree.b[item] as number) : item, type, '');
    }
  }

  /** Elements of an array of tables, of whatever dimensions. */
  elements(list: number, type: string, depth: number): void {
    const { tree } = this;
    if (depth > MAX_NESTING) return;
    for (let item = tree.a[list] as number; item !== 0; item = tree.next[item] as number) {
      const value = tree.kind[item] === Kind.Designated ? (tree.b[item] as number) : item;
      if (tree.kind[value] === Kind.InitializerList) this.table(value, type, false);
      // [X].field = value: the element is written field by field.
      else if (tree.kind[item] === Kind.Designated)
        this.value(value, type, this.path(tree.a[item] as number));
    }
  }

  /** One table. Elements of arrays are tables only if they hold a function: most are rows of numbers. */
  table(list: number, type: string, isWhole: boolean): void {
    const { sink } = this;
    const before = sink.tableEntries.length;
    const fields: string[] = [];
    this.fields(list, type, '', fields);
    if (!isWhole && sink.tableEntries.length === before) return;
    const line = this.line(list);
    sink.tables.push({ name: this.holder, type, line, fields });
  }

  /** The items of one struct's initializer; `prefix` is the path to it, `names` collects the outermost fields. */
  fields(list: number, type: string, prefix: string, names: string[]): void {
    const { tree } = this;
    if (++this.#depth > MAX_NESTING) {
      this.#depth--;
      return;
    }
    const known = this.sink.structs.get(type)?.fields;
    let index = 0;
    for (let item = tree.a[list] as number; item !== 0; item = tree.next[item] as number) {
      let path: string;
      let value = item;
      if (tree.kind[item] === Kind.Designated) {
        path = this.path(tree.a[item] as number);
        value = tree.b[item] as number;
        const at = known?.findIndex((field) => field.name === path) ?? -1;
        index = at < 0 ? Number.MAX_SAFE_INTEGER : at + 1;
      } else {
        path = known?.[index++]?.name ?? '';
      }
      if (prefix === '' && path !== '') names.push(path);
      const full = prefix === '' || path === '' ? prefix + path : `${prefix}.${path}`;
      if (tree.kind[value] === Kind.InitializerList) {
        const inner = known?.find((field) => field.name === path)?.type ?? '';
        this.nested(value, type, inner, full);
      } else if (full !== '') {
        this.value(value, type, full);
      } else {
        this.literal(value);
      }
    }
    this.#depth--;
  }

  /** A struct inside a struct: its entries keep the outer type and the whole path. */
  nested(list: number, outer: string, inner: string, path: string): void {
    const before = this.sink.tableEntries.length;
    this.fields(list, inner, path, []);
    const entries = this.sink.tableEntries;
    for (let i = before; i < entries.length; i++) {
      const entry = entries[i] as TableEntry;
      if (entry.type === inner && entry.field.startsWith(path)) entries[i] = { ...entry, type: outer };
    }
  }

  /** A field's value: the functions that it names. */
  value(node: number, type: string, field: string): void {
    const { tree } = this;
    for (const target of targetsOf(tree, node, 0)) {
      this.sink.tableEntries.push({ type, field, target, table: this.holder, line: this.line(node) });
    }
    this.literal(node);
  }

  /** A compound literal is a table of its own: .ops = &(const struct foo_ops){ … }. */
  literal(node: number): void {
    const { tree } = this;
    let at = node;
    while (tree.kind[at] === Kind.Unary && tree.c[at] === Operator.AddressOf) at = tree.a[at] as number;
    if (tree.kind[at] !== Kind.CompoundLiteral || this.#depth > MAX_NESTING) return;
    this.table(tree.b[at] as number, typeName(tree, tree.a[at] as number), true);
  }

  /** 'u.ops.open' for .u.ops[2].open. */
  path(designator: number): string {
    const { tree } = this;
    const names: string[] = [];
    for (let at = designator; at !== 0; at = tree.a[at] as number) {
      if (tree.kind[at] === Kind.Member) names.push(tree.names[tree.name[at] as number] as string);
      else if (tree.kind[at] === Kind.Identifier) names.push(expressionText(tree, at));
      else if (tree.kind[at] !== Kind.Index) break;
    }
    return names.reverse().join('.');
  }

  line(node: number): number {
    return lineOf(this.tree.tokenPosition[this.tree.token[node] as number] as number);
  }
}

/** Names in capitals are constants; a function's has a small letter. */
export const mayBeFunction = (name: string): boolean =>
  /[a-z]/.test(name) && name !== 'true' && name !== 'false';

/** The names that a value may be: through casts, &, ?: and wrapper macros such as pm_ptr(); '' for NULL. */
function targetsOf(tree: Tree, node: number, depth: number): string[] {
  if (depth > 8) return [];
  const a = tree.a[node] as number;
  const b = tree.b[node] as number;
  switch (tree.kind[node]) {
    case Kind.Identifier: {
      const name = tree.names[tree.name[node] as number] as string;
      if (name === 'NULL') return [''];
      return mayBeFunction(name) ? [name] : [];
    }
    case Kind.Cast:
      return targetsOf(tree, b, depth + 1);
    case Kind.Unary:
      return tree.c[node] === Operator.AddressOf ? targetsOf(tree, a, depth + 1) : [];
    case Kind.Conditional:
      return [...targetsOf(tree, b, depth + 1), ...targetsOf(tree, tree.c[node] as number, depth + 1)];
    case Kind.Call: {
      const targets: string[] = [];
      for (let arg = b; arg !== 0; arg = tree.next[arg] as number) {
        if (tree.kind[arg] === Kind.Identifier) targets.push(...targetsOf(tree, arg, depth + 1));
      }
      return targets.filter((target) => target !== '');
    }
    default:
      return [];
  }
}
