/** The types of a flow's expressions, as far as the program knows them. */
import { Expr, type Flow } from '../c/flow.ts';
import { baseOf, isStruct, pointee, pointerTo, returned } from '../c/types.ts';
import type { Program } from '../index/program.ts';

const MAX_DEPTH = 24;

/**
 * Type of an expression in normal form, '' where it is not known. `from` is the path of the file that the
 * flow stands in.
 */
export function typeOf(program: Program, flow: Flow, from: string, expression: number, depth = 0): string {
  const { exprOp, exprA, exprB, names, types } = flow;
  if (depth > MAX_DEPTH || expression <= 0) return '';
  const a = exprA[expression] as number;
  const b = exprB[expression] as number;
  const sub = (e: number): string => typeOf(program, flow, from, e, depth + 1);
  switch (exprOp[expression]) {
    case Expr.Local:
      return flow.locals[a]?.type ?? '';
    case Expr.Global:
      return program.global(names[a] ?? '', from)?.fact.type ?? '';
    case Expr.Field:
    case Expr.Arrow: {
      const owner = sub(a);
      return owner === '' ? '' : (program.field(owner, names[b] ?? '', from)?.field.type ?? '');
    }
    case Expr.Deref:
    case Expr.Index:
      return pointee(expand(program, sub(a), from));
    case Expr.Address:
      return pointerTo(sub(a));
    case Expr.Cast:
      return types[b] ?? '';
    case Expr.Binary:
      return sub(a);
    case Expr.Result:
      return resultType(program, flow, from, a, depth);
    default:
      return '';
  }
}

/** A typedef of a pointer or array, one level opened, so that it can be dereferenced. */
const expand = (program: Program, type: string, from: string): string =>
  pointee(type) === '' ? (program.typedef(type, from) ?? type) : type;

function resultType(program: Program, flow: Flow, from: string, call: number, depth: number): string {
  const made = flow.calls[call];
  if (made === undefined) return '';
  if (flow.exprOp[made.callee] !== Expr.Global)
    return returned(typeOf(program, flow, from, made.callee, depth + 1));
  const name = flow.names[flow.exprA[made.callee] as number] ?? '';
  const known = program.functions(name, from)[0]?.fact ?? program.prototype(name, from);
  if (known !== undefined) return known.returns;
  const macro = program.macro(name, from)?.fact;
  const parameters = macro?.parameters;
  if (macro?.flow === undefined || parameters === undefined) return '';
  // container_of(p, struct foo, member) and everything made of it answers a pointer to its type argument.
  for (const arg of made.args) {
    if (flow.exprOp[arg] !== Expr.Type) continue;
    const type = flow.types[flow.exprB[arg] as number] ?? '';
    if (isStruct(baseOf(type))) return pointerTo(type);
  }
  return '';
}
