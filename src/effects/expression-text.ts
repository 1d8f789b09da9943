/** Expressions of a flow as a reader would write them, and their types. */
import { Operator } from '../c/ast.ts';
import { Expr, type Flow } from '../c/flow.ts';
import { isFunctionPointer, isStruct, pointee, pointerTo, returned } from '../c/types.ts';
import type { Program } from '../index/program.ts';

const MAX_DEPTH = 12;

const BINARY: Readonly<Record<number, string>> = {
  [Operator.Add]: '+',
  [Operator.Subtract]: '-',
  [Operator.Multiply]: '*',
  [Operator.Divide]: '/',
  [Operator.Modulo]: '%',
  [Operator.ShiftLeft]: '<<',
  [Operator.ShiftRight]: '>>',
  [Operator.And]: '&',
  [Operator.Or]: '|',
  [Operator.Xor]: '^',
  [Operator.Equal]: '==',
  [Operator.NotEqual]: '!=',
  [Operator.Less]: '<',
  [Operator.Greater]: '>',
  [Operator.LessEqual]: '<=',
  [Operator.GreaterEqual]: '>=',
};

/** `p->a.b[i]`, `find(x)`; '…' for what has no short text. */
export function expressionText(flow: Flow, e: number, depth = 0): string {
  if (depth > MAX_DEPTH) return '…';
  const a = flow.exprA[e] as number;
  const b = flow.exprB[e] as number;
  const text = (child: number): string => expressionText(flow, child, depth + 1);
  const name = (n: number): string => flow.names[n] ?? '';
  switch (flow.exprOp[e]) {
    case Expr.Local:
      return flow.locals[a]?.name ?? '…';
    case Expr.Global:
      return name(a);
    case Expr.Field:
      return `${operand(flow, a, text)}.${name(b)}`;
    case Expr.Arrow:
      return `${operand(flow, a, text)}->${name(b)}`;
    case Expr.Deref:
      return `*${text(a)}`;
    case Expr.Index:
      return `${operand(flow, a, text)}[${flow.exprOp[b] === Expr.Unknown ? '…' : text(b)}]`;
    case Expr.Address:
      return `&${text(a)}`;
    case Expr.Integer:
      return String(a);
    case Expr.Cast:
      return text(a);
    case Expr.Unary:
      return `${flow.exprC[e] === Operator.Not ? '!' : flow.exprC[e] === Operator.Negate ? '-' : '~'}${text(a)}`;
    case Expr.Binary:
      return `${text(a)} ${BINARY[flow.exprC[e] as number] ?? '?'} ${text(b)}`;
    case Expr.Result:
      return `${text(flow.calls[a]?.callee ?? 0)}()`;
    default:
      return '…';
  }
}

function operand(flow: Flow, e: number, text: (e: number) => string): string {
  const op = flow.exprOp[e];
  return op === Expr.Deref || op === Expr.Binary || op === Expr.Address ? `(${text(e)})` : text(e);
}

/** Type of an expression in normal form, '' where it is not known. `from` is the file of the flow. */
export function typeOf(flow: Flow, e: number, program: Program, from: string, depth = 0): string {
  if (depth > MAX_DEPTH) return '';
  const a = flow.exprA[e] as number;
  const inner = (child: number): string => typeOf(flow, child, program, from, depth + 1);
  switch (flow.exprOp[e]) {
    case Expr.Local:
      return flow.locals[a]?.type ?? '';
    case Expr.Global:
      return program.global(flow.names[a] ?? '', from)?.fact.type ?? '';
    case Expr.Field:
    case Expr.Arrow: {
      const base = inner(a);
      const object = flow.exprOp[e] === Expr.Arrow ? pointee(base) || base : base;
      if (object === '') return '';
      return memberOf(program, object, flow.names[flow.exprB[e] as number] ?? '', from)?.field.type ?? '';
    }
    case Expr.Deref:
    case Expr.Index:
      return pointee(inner(a));
    case Expr.Address:
      return pointerTo(inner(a));
    case Expr.Cast:
      return flow.types[flow.exprB[e] as number] ?? '';
    case Expr.Result: {
      const callee = flow.calls[a]?.callee ?? 0;
      if (flow.exprOp[callee] !== Expr.Global) {
        const type = inner(callee);
        return isFunctionPointer(type) ? returned(type) : '';
      }
      const name = flow.names[flow.exprA[callee] as number] ?? '';
      const found = program.functions(name, from)[0]?.fact ?? program.prototype(name, from);
      return found?.returns ?? containerType(flow, a);
    }
    default:
      return '';
  }
}

/** A member by name, also by the name of a macro that stands for a path of members: `#define sk_family __common.family`. */
export function memberOf(
  program: Program,
  object: string,
  name: string,
  from: string,
): ReturnType<Program['field']> {
  const found = program.field(object, name, from);
  if (found !== undefined) return found;
  const { flow } = program.macro(name, from)?.fact ?? {};
  if (flow === undefined || flow.calls.length > 0 || flow.blocks.length !== 1) return undefined;
  const path = memberPath(flow, flow.ops.at(-3) ?? 0);
  let member: ReturnType<Program['field']>;
  let at = object;
  for (const step of path) {
    member = program.field(at, step, from);
    if (member === undefined) return undefined;
    at = member.field.type;
  }
  return member;
}

/** The names of `a.b.c`, where a is no variable of the flow; empty for anything else. */
function memberPath(flow: Flow, expression: number): string[] {
  const path: string[] = [];
  let e = expression;
  for (; flow.exprOp[e] === Expr.Field; e = flow.exprA[e] as number)
    path.unshift(flow.names[flow.exprB[e] as number] ?? '');
  if (path.length === 0 || flow.exprOp[e] !== Expr.Global) return [];
  return [flow.names[flow.exprA[e] as number] ?? '', ...path];
}

/** container_of(p, struct foo, member) and the macros made of it answer a pointer to their type argument. */
function containerType(flow: Flow, call: number): string {
  for (const arg of flow.calls[call]?.args ?? []) {
    if (flow.exprOp[arg] !== Expr.Type) continue;
    const type = flow.types[flow.exprB[arg] as number] ?? '';
    if (isStruct(type)) return pointerTo(type);
  }
  return '';
}
