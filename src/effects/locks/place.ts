/**
 * Where a lock lies, as one string: a root and the steps from it. Two locks of one function with the same
 * place are the same lock, as long as nothing on the way is assigned.
 *
 *   root   $0 a parameter that is never assigned, %3 another local, @name a global,
 *          #to_foo(@x) the result of a call (the same for the same arguments), ?7 anything else
 *   steps  > follows a pointer, .name selects a field, [i] an element
 *
 * `&p->lock` points at the place `$0>.lock`, a parameter `spinlock_t *lock` at `$0>`.
 */
import { Expr, type Flow, Op } from '../../c/flow.ts';

const MAX_DEPTH = 24;

/** Parameters of a flow that no instruction assigns, as a predicate on local numbers. */
function stableParameters(flow: Flow): (local: number) => boolean {
  const assigned = new Set<number>();
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Assign) continue;
    const target = flow.ops[at + 1] as number;
    if (flow.exprOp[target] === Expr.Local) assigned.add(flow.exprA[target] as number);
  }
  return (local) => flow.locals[local]?.isParameter === true && !assigned.has(local);
}

/** True for a place that callers can name: it is made of parameters and globals alone. */
export const isExported = (place: string): boolean => place !== '' && !/[%?]|#\d/.test(place);

/** The places of one flow's expressions. */
export class Places {
  readonly flow: Flow;
  #stable: ((local: number) => boolean) | undefined;
  #addresses: ReadonlyMap<number, number> | undefined;

  constructor(flow: Flow) {
    this.flow = flow;
  }

  #isStable(local: number): boolean {
    this.#stable ??= stableParameters(this.flow);
    return this.#stable(local);
  }

  get #aliases(): ReadonlyMap<number, number> {
    this.#addresses ??= addressAliases(this.flow);
    return this.#addresses;
  }

  /** The object that a pointer expression points at. */
  behind(pointer: number, depth = 0): string {
    const { exprOp, exprA } = this.flow;
    let e = pointer;
    while (exprOp[e] === Expr.Cast) e = exprA[e] as number;
    if (exprOp[e] === Expr.Address) return this.of(exprA[e] as number, depth + 1);
    if (exprOp[e] === Expr.Local) {
      const alias = this.#aliases.get(exprA[e] as number);
      if (alias !== undefined && depth < MAX_DEPTH) return this.behind(alias, depth + 1);
    }
    return `${this.of(e, depth + 1)}>`;
  }

  /** The place of an expression itself. */
  of(expression: number, depth = 0): string {
    const { exprOp, exprA, exprB, names } = this.flow;
    const a = exprA[expression] as number;
    const b = exprB[expression] as number;
    if (depth > MAX_DEPTH) return `?${expression}`;
    switch (exprOp[expression]) {
      case Expr.Local:
        return this.#isStable(a) ? `$${a}` : `%${a}`;
      case Expr.Global:
        return `@${names[a]}`;
      case Expr.Field:
        return `${this.of(a, depth + 1)}.${names[b]}`;
      case Expr.Arrow:
        return `${this.behind(a, depth + 1)}.${names[b]}`;
      case Expr.Deref:
        return this.behind(a, depth + 1);
      case Expr.Index:
        return `${this.of(a, depth + 1)}[${this.of(b, depth + 1)}]`;
      case Expr.Integer:
        return `=${a}`;
      case Expr.Cast:
        return this.of(a, depth + 1);
      case Expr.Address:
        return `&${this.of(a, depth + 1)}`;
      case Expr.Result:
        return this.#ofResult(a, depth);
      default:
        return `?${expression}`;
    }
  }

  #ofResult(call: number, depth: number): string {
    const { flow } = this;
    const made = flow.calls[call];
    if (made === undefined || flow.exprOp[made.callee] !== Expr.Global || depth > 8) return `#${call}`;
    const args = made.args.map((arg) => this.of(arg, depth + 1)).join(',');
    return `#${flow.names[flow.exprA[made.callee] as number]}(${args})`;
  }

  /**
   * What a callee's place is here: `$1>.lock` with the second argument `&q->base` is `q`'s `>.base.lock`.
   * Undefined where it is made of anything but parameters and globals.
   */
  substitute(place: string, args: readonly number[]): string | undefined {
    if (!isExported(place)) return undefined;
    let known = true;
    const here = place.replace(/\$(\d+)(>?)/g, (_, n: string, follows: string) => {
      const arg = args[Number(n)] ?? 0;
      if (arg === 0) known = false;
      return follows === '>' ? this.behind(arg) : this.of(arg);
    });
    return known ? here : undefined;
  }

  /** The place as C would write it. */
  text(place: string): string {
    const { locals } = this.flow;
    const named = place
      .replace(/[$%](\d+)/g, (_, n) => locals[Number(n)]?.name || '…')
      .replaceAll('@', '')
      .replaceAll('=', '')
      .replaceAll('#', '')
      .replace(/\?\d+/g, '…')
      .replaceAll('>.', '->');
    return named.endsWith('>') ? `*${named.slice(0, -1)}` : named;
  }
}

/** Locals that are assigned once, an address or another access path of pointers: `lock = &p->lock;`. */
function addressAliases(flow: Flow): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Assign) continue;
    const target = flow.ops[at + 1] as number;
    if (flow.exprOp[target] !== Expr.Local) continue;
    const local = flow.exprA[target] as number;
    const value = flow.ops[at + 2] as number;
    values.set(local, values.has(local) ? 0 : value);
  }
  for (const [local, value] of values) {
    if (value === 0 || flow.locals[local]?.isParameter || flow.exprOp[value] !== Expr.Address)
      values.delete(local);
  }
  return values;
}
