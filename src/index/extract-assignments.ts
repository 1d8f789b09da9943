/** Which function is stored in which field: assignments and initializers of a function's own code, as its flow has them. */
import { Expr, lineOf, Op } from '../c/flow.ts';
import type { FlowBuilder } from '../c/flow-builder.ts';
import type { Lowering } from '../c/lowering.ts';
import { baseOf, isPointer, pointee } from '../c/types.ts';
import { mayBeFunction } from './extract-tables.ts';
import type { TableEntry } from './facts.ts';

/** Adds the entries that the function just lowered makes: x->ops.open = my_open; and compound literals. */
export function assignedEntries(l: Lowering, functionName: string, entries: TableEntry[]): void {
  const { b } = l;
  for (let i = 0; i < b.opCount; i++) {
    const x = b.ops[i * 4 + 1] as number;
    const line = lineOf(b.ops[i * 4 + 3] as number);
    const add = (type: string, field: string, name: string): void => {
      entries.push({ type, field, target: name, table: functionName, line });
    };
    if (b.ops[i * 4] === Op.Assign) assignedBy(l, x, b.ops[i * 4 + 2] as number, add);
    else if (b.ops[i * 4] === Op.Call) passedTo(l, x, add);
  }
}

type Add = (type: string, field: string, name: string) => void;

function assignedBy(l: Lowering, target: number, value: number, add: Add): void {
  const { b } = l;
  if (compoundLiteral(l, value, add)) return;
  if (b.exprOp[value] === Expr.Initializer && b.exprOp[target] === Expr.Local) {
    literalEntries(l, value, baseOf(l.typeOfLocal(b.exprA[target] as number)), '', add);
    return;
  }
  const name = functionNamed(l, value);
  const place = name === '' ? undefined : placeOf(l, target);
  if (place !== undefined) add(place.type, place.field, name);
}

/** register(&(struct ops){ .open = my_open }) */
function passedTo(l: Lowering, call: number, add: Add): void {
  const { b } = l;
  const first = b.callFirstArg[call] as number;
  const count = b.callArgCount[call] as number;
  for (let arg = first; arg < first + count; arg++) compoundLiteral(l, b.callArgs[arg] as number, add);
}

/** Adds the entries of a compound literal, or of a pointer to one. False where the value is none. */
function compoundLiteral(l: Lowering, value: number, add: Add): boolean {
  const { b } = l;
  const literal = b.exprOp[value] === Expr.Address ? (b.exprA[value] as number) : value;
  const inner = b.exprA[literal] as number;
  if (b.exprOp[literal] !== Expr.Cast || b.exprOp[inner] !== Expr.Initializer) return false;
  literalEntries(l, inner, l.types.texts[b.exprB[literal] as number] as string, '', add);
  return true;
}

function literalEntries(l: Lowering, initializer: number, type: string, prefix: string, add: Add): void {
  const { b } = l;
  const first = b.exprA[initializer] as number;
  const pairs = b.exprB[initializer] as number;
  for (let pair = 0; pair < pairs; pair++) {
    const field = l.names.texts[b.lists[first + pair * 2] as number] as string;
    const value = b.lists[first + pair * 2 + 1] as number;
    const path = prefix === '' || field === '' ? prefix + field : `${prefix}.${field}`;
    if (b.exprOp[value] === Expr.Initializer) {
      literalEntries(l, value, type, path, add);
      continue;
    }
    const name = path === '' ? '' : functionNamed(l, value);
    if (name !== '') add(type, path, name);
  }
}

/** The global that a value is, through casts and &; '' where it is none or can't be a function. */
function functionNamed(l: Lowering, value: number): string {
  const { b } = l;
  let at = value;
  while (b.exprOp[at] === Expr.Cast || b.exprOp[at] === Expr.Address) at = b.exprA[at] as number;
  if (b.exprOp[at] !== Expr.Global) return '';
  const name = l.names.texts[b.exprA[at] as number] as string;
  return mayBeFunction(name) ? name : '';
}

/** 'struct foo' and 'ops.open' for x->ops.open where x is a struct foo *; the path has -> where a pointer is followed. */
function placeOf(l: Lowering, target: number): { type: string; field: string } | undefined {
  const { b } = l;
  let path = '';
  let at = target;
  for (;;) {
    const op = b.exprOp[at];
    if (op === Expr.Field || op === Expr.Arrow) {
      const name = l.names.texts[b.exprB[at] as number] as string;
      const inner = b.exprA[at] as number;
      path = path === '' ? name : name + path;
      const isOuter =
        b.exprOp[inner] === Expr.Field || b.exprOp[inner] === Expr.Arrow || b.exprOp[inner] === Expr.Index;
      if (isOuter) path = (op === Expr.Arrow ? '->' : '.') + path;
      at = inner;
    } else if (op === Expr.Index) {
      at = b.exprA[at] as number;
    } else {
      break;
    }
  }
  if (path.startsWith('.')) path = path.slice(1);
  if (path.startsWith('->')) path = path.slice(2);
  const type = rootType(l, b, at);
  if (path === '' && b.exprOp[at] !== Expr.Global) return undefined;
  return { type, field: path };
}

/** The struct that a path starts in; typeof(x) or typeof(f()) where only the whole tree can tell; '' where nothing can. */
function rootType(l: Lowering, b: FlowBuilder, root: number): string {
  const a = b.exprA[root] as number;
  const behind = (type: string): string => (isPointer(type) ? pointee(type) : baseOf(type));
  switch (b.exprOp[root]) {
    case Expr.Local:
      return behind(l.typeOfLocal(a));
    case Expr.Cast:
      return behind(l.types.texts[b.exprB[root] as number] as string);
    case Expr.Global:
      return `typeof(${l.names.texts[a]})`;
    case Expr.Result: {
      const callee = b.callCallee[a] as number;
      if (b.exprOp[callee] !== Expr.Global) return '';
      return `typeof(${l.names.texts[b.exprA[callee] as number]}())`;
    }
    default:
      return '';
  }
}
