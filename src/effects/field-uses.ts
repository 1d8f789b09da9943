/** How functions treat the pointers in fields and in the globals of their file: which they test, use, set and clear. */

import { Expr, type Flow, lineOf, Op } from '../c/flow.ts';
import { isPointer, pointee } from '../c/types.ts';
import type { FunctionFact } from '../index/facts.ts';
import { ERROR_TESTS, SAME_VALUE } from '../kernel/pointers.ts';
import type { Effects } from './effects.ts';
import { memberOf, typeOf } from './expression-text.ts';
import { calledPointer, calleeName, isNullConstant, pointerOf, stripCasts } from './flow-expressions.ts';
import { ANY, ZERO } from './values.ts';

const SETTERS = new Set(['rcu_assign_pointer', 'RCU_INIT_POINTER', 'WRITE_ONCE', 'smp_store_release']);
const TESTS_ERROR = /^(?:IS_ERR|IS_ERR_OR_NULL|PTR_ERR|PTR_ERR_OR_ZERO)$/;
const NULL_TESTS = /^(?:IS_ERR_OR_NULL|WARN_ON|WARN_ON_ONCE|VM_WARN_ON)$/;

/** One function's treatment of one field. */
export interface FieldUse {
  readonly function: string;
  readonly path: string;
  readonly isTested: boolean;
  /** By IS_ERR() and the like. */
  readonly isTestedForError: boolean;
  readonly isDereferenced: boolean;
  /** It stores something else than NULL in it. */
  readonly isSet: boolean;
  /** Line where NULL is stored in it; 0 where it is not. */
  readonly clearedAt: number;
  readonly testedAt: number;
}

/** End of the key of what says nothing outside its file: what lies behind a void pointer depends on whose it is. */
const OF_FILE = ' of this file';

/**
 * 'struct foo.bar' of a place p->bar, 'struct foo.bar[]' of p->bar[i], the name of a pointer that is global in its
 * file; '' where it is no pointer field of a known struct.
 */
export function fieldKey(effects: Effects, flow: Flow, place: number, path: string): string {
  if (flow.exprOp[place] === Expr.Global) return globalKey(effects, flow, place, path);
  const isElement = flow.exprOp[place] === Expr.Index;
  const member = isElement ? (flow.exprA[place] as number) : place;
  const op = flow.exprOp[member];
  if (op !== Expr.Arrow && op !== Expr.Field) return '';
  const base = typeOf(flow, flow.exprA[member] as number, effects.program, path);
  if (base === '') return '';
  const name = flow.names[flow.exprB[member] as number] ?? '';
  const found = memberOf(effects.program, base, name, path);
  const type = isElement ? pointee(found?.field.type ?? '') : (found?.field.type ?? '');
  if (found === undefined || !isPointer(type)) return '';
  return `${found.owner}.${name}${isElement ? '[]' : ''}${type === 'void *' ? OF_FILE : ''}`;
}

function globalKey(effects: Effects, flow: Flow, place: number, path: string): string {
  const name = flow.names[flow.exprA[place] as number] ?? '';
  const found = effects.program.global(name, path);
  return found !== undefined && found.path === path && isPointer(found.fact.type) ? `${name}${OF_FILE}` : '';
}

/** Whether a key says nothing outside its file. */
export const isOfFile = (key: string): boolean => key.endsWith(OF_FILE);

/** A void pointer in a struct: whose it is, and when it is set, each user knows. */
export const isOfUser = (key: string): boolean => isOfFile(key) && key.includes('.');

/** The name of the field or of the global. */
export const nameOfKey = (key: string): string => keyText(key).replace('[]', '').replace(/^.*\./, '');

/** A key as a reader is told of it. */
export const keyText = (key: string): string => key.replace(OF_FILE, '');

/** Names of a field's value in one function: the place itself, and locals that only ever get it. */
export function aliasesOf(flow: Flow): Map<number, number> {
  const aliases = new Map<number, number>();
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Assign) continue;
    const target = flow.ops[at + 1] as number;
    if (flow.exprOp[target] !== Expr.Local) continue;
    const value = loaded(flow, flow.ops[at + 2] as number);
    aliases.set(target, aliases.has(target) && aliases.get(target) !== value ? 0 : value);
  }
  return aliases;
}

/** The place that is read, through rcu_dereference() and the like. */
export function loaded(flow: Flow, expression: number): number {
  let e = stripCasts(flow, expression);
  for (let steps = 0; flow.exprOp[e] === Expr.Result && steps < 4; steps++) {
    const call = flow.calls[flow.exprA[e] as number];
    const callee = call?.callee ?? 0;
    if (flow.exprOp[callee] !== Expr.Global) return 0;
    if (!SAME_VALUE.has(flow.names[flow.exprA[callee] as number] ?? '')) return 0;
    e = stripCasts(flow, call?.args[0] ?? 0);
  }
  const op = flow.exprOp[e];
  return op === Expr.Arrow || op === Expr.Field || op === Expr.Index || op === Expr.Global ? e : 0;
}

/** What a condition tests for NULL: itself, or the arguments that a helper tests for it. */
function testedBy(effects: Effects, flow: Flow, condition: number, path: string): number[] {
  if (flow.exprOp[condition] !== Expr.Result || loaded(flow, condition) !== 0) return [condition];
  const call = flow.exprA[condition] as number;
  const name = calleeName(flow, call);
  const args = flow.calls[call]?.args ?? [];
  if (name === '' || ERROR_TESTS.has(name)) return [];
  if (NULL_TESTS.test(name)) return args.slice(0, 1);
  const { implies } = effects.callee(name, path).summary;
  return args.filter((_, k) =>
    implies.some(({ argument, bits, when }) => argument === k && when !== ANY && (bits & ZERO) === 0),
  );
}

/** The place that a macro sets to NULL; 0 where it does not. */
function clearedBy(flow: Flow, call: number): number {
  if (!SETTERS.has(calleeName(flow, call))) return 0;
  const [place, value] = flow.calls[call]?.args ?? [];
  return place !== undefined && isNullConstant(flow, value ?? 0) ? place : 0;
}

/** What a function of file `path` does with each pointer that has a key. */
export function fieldUses(effects: Effects, fact: FunctionFact, path: string): ReadonlyMap<string, FieldUse> {
  const found = new Map<string, FieldUse>();
  const { flow } = fact;
  if (flow === undefined) return found;
  const aliases = aliasesOf(flow);
  const keys = new Map<number, string>();
  const keyOf = (expression: number): string => {
    const e = stripCasts(flow, expression);
    const place = aliases.get(e) ?? (loaded(flow, e) || e);
    let key = keys.get(place);
    if (key === undefined) {
      key = place === 0 ? '' : fieldKey(effects, flow, place, path);
      keys.set(place, key);
    }
    return key;
  };
  const note = (expression: number, part: Partial<FieldUse>): void => {
    const key = keyOf(expression);
    if (key === '') return;
    const known = found.get(key) ?? {
      function: fact.name,
      path,
      isTested: false,
      isTestedForError: false,
      isDereferenced: false,
      isSet: false,
      clearedAt: 0,
      testedAt: 0,
    };
    found.set(key, { ...known, ...part });
  };
  for (let at = 0; at < flow.ops.length; at += 4) {
    const x = flow.ops[at + 1] as number;
    const line = lineOf(flow.ops[at + 3] as number);
    switch (flow.ops[at]) {
      case Op.Deref:
        note(x, { isDereferenced: true });
        break;
      case Op.Branch: {
        const condition = stripCasts(flow, flow.branches[x * 3] as number);
        for (const tested of testedBy(effects, flow, condition, path))
          note(tested, { isTested: true, testedAt: line });
        break;
      }
      case Op.Call: {
        if (TESTS_ERROR.test(calleeName(flow, x)))
          note(flow.calls[x]?.args[0] ?? 0, { isTestedForError: true });
        const cleared = clearedBy(flow, x);
        if (cleared !== 0) note(cleared, { clearedAt: line });
        const called = calledPointer(flow, x);
        if (called !== 0) note(called, { isDereferenced: true });
        for (const arg of flow.calls[x]?.args ?? [])
          if (flow.exprOp[arg] === Expr.Address) note(flow.exprA[arg] as number, { isSet: true });
        noteHanded(effects, flow, x, path, keyOf, note);
        break;
      }
      case Op.Assign: {
        const isNull = isNullConstant(flow, flow.ops[at + 2] as number);
        if (flow.exprOp[x] !== Expr.Local) note(x, isNull ? { clearedAt: line } : { isSet: true });
        break;
      }
    }
  }
  return found;
}

/** What a call hands to a function that dereferences it. */
function noteHanded(
  effects: Effects,
  flow: Flow,
  call: number,
  path: string,
  keyOf: (expression: number) => string,
  note: (expression: number, part: Partial<FieldUse>) => void,
): void {
  for (const [k, arg] of (flow.calls[call]?.args ?? []).entries()) {
    const pointer = pointerOf(flow, arg);
    if (k > 30 || pointer === 0 || keyOf(pointer) === '') continue;
    if ((effects.knowledge(flow, call, path).dereferences & (1 << k)) !== 0)
      note(pointer, { isDereferenced: true });
  }
}
