/**
 * How the code around a function treats a field: whether those who use the pointer in it test it first, and who
 * sets it to NULL. What the neighbours do is the only sign, without running anything, that a field can be NULL.
 */
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { isPointer } from '../../c/types.ts';
import { calleeName, type Effects } from '../../effects/effects.ts';
import { typeOf } from '../../effects/expression-text.ts';
import { stripCasts } from '../../effects/layout.ts';
import type { FunctionFact } from '../../index/facts.ts';
import { SAME_VALUE } from '../../kernel/pointers.ts';

const NULL_TESTS = /^(?:IS_ERR_OR_NULL|WARN_ON|WARN_ON_ONCE|VM_WARN_ON)$/;

/** One function's treatment of one field. */
export interface FieldUse {
  readonly function: string;
  readonly path: string;
  readonly isTested: boolean;
  readonly isDereferenced: boolean;
  /** It stores something else than NULL in it. */
  readonly isSet: boolean;
  /** Line where NULL is stored in it; 0 where it is not. */
  readonly clearedAt: number;
  readonly testedAt: number;
}

/** 'struct foo.bar' of a place p->bar; '' where it is no pointer field of a known struct. */
export function fieldKey(effects: Effects, flow: Flow, place: number, path: string): string {
  const op = flow.exprOp[place];
  if (op !== Expr.Arrow && op !== Expr.Field) return '';
  const base = typeOf(flow, flow.exprA[place] as number, effects.program, path);
  if (base === '') return '';
  const name = flow.names[flow.exprB[place] as number] ?? '';
  const found = effects.program.field(base, name, path);
  return found !== undefined && isPointer(found.field.type) ? `${found.owner}.${name}` : '';
}

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
function loaded(flow: Flow, expression: number): number {
  let e = stripCasts(flow, expression);
  for (let steps = 0; flow.exprOp[e] === Expr.Result && steps < 4; steps++) {
    const call = flow.calls[flow.exprA[e] as number];
    const callee = call?.callee ?? 0;
    if (flow.exprOp[callee] !== Expr.Global) return 0;
    if (!SAME_VALUE.has(flow.names[flow.exprA[callee] as number] ?? '')) return 0;
    e = stripCasts(flow, call?.args[0] ?? 0);
  }
  return flow.exprOp[e] === Expr.Arrow || flow.exprOp[e] === Expr.Field ? e : 0;
}

/** What a condition tests for NULL: itself, or the argument of a helper that does. */
function testedBy(flow: Flow, condition: number): number {
  if (flow.exprOp[condition] !== Expr.Result || loaded(flow, condition) !== 0) return condition;
  const call = flow.exprA[condition] as number;
  return NULL_TESTS.test(calleeName(flow, call)) ? (flow.calls[call]?.args[0] ?? 0) : 0;
}

export class FieldEvidence {
  readonly #effects: Effects;
  readonly #files = new Map<string, ReadonlyMap<string, readonly FieldUse[]>>();

  constructor(effects: Effects) {
    this.#effects = effects;
  }

  /** What the functions of a file do with a field. */
  ofFile(path: string, key: string): readonly FieldUse[] {
    let uses = this.#files.get(path);
    if (uses === undefined) {
      uses = this.#scan(path);
      this.#files.set(path, uses);
    }
    return uses.get(key) ?? [];
  }

  #scan(path: string): Map<string, FieldUse[]> {
    const uses = new Map<string, FieldUse[]>();
    for (const fact of this.#effects.program.facts(path)?.functions ?? []) {
      for (const [key, use] of this.#scanFunction(fact, path)) {
        const list = uses.get(key);
        if (list === undefined) uses.set(key, [use]);
        else list.push(use);
      }
    }
    return uses;
  }

  #scanFunction(fact: FunctionFact, path: string): Map<string, FieldUse> {
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
        key = place === 0 ? '' : fieldKey(this.#effects, flow, place, path);
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
          const tested = testedBy(flow, condition);
          if (tested !== 0) note(tested, { isTested: true, testedAt: line });
          break;
        }
        case Op.Assign: {
          const value = stripCasts(flow, flow.ops[at + 2] as number);
          const isNull = flow.exprOp[value] === Expr.Integer && flow.exprA[value] === 0;
          if (flow.exprOp[x] !== Expr.Local) note(x, isNull ? { clearedAt: line } : { isSet: true });
          break;
        }
      }
    }
    return found;
  }
}
