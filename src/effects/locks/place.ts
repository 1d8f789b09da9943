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
import type { LockFunction } from '../../kernel/locks.ts';

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

  /** The lock that a primitive with these arguments takes or releases. */
  ofLock({ lock, member, name }: LockFunction, args: readonly number[]): string {
    if (lock < 0) return `@${name}`;
    const object = this.behind(args[lock] ?? 0);
    return member === '' ? object : `${object}.${member}`;
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

  /** What a place here is for a callee: in terms of its parameters, or a global; '' where it has no name for it. */
  inCallee(place: string, args: readonly number[]): string {
    if (place.startsWith('@')) return place;
    if (place.startsWith('?')) return '';
    for (const [parameter, arg] of args.entries()) {
      if (arg === 0) continue;
      const behind = this.behind(arg);
      if (place.startsWith(behind) && /^(?:$|[>.[])/.test(place.slice(behind.length)))
        return `$${parameter}>${place.slice(behind.length)}`;
    }
    return '';
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

/** Locals that are only ever assigned one address, or NULL: `lock = &p->lock;`, `lock = p ? &p->lock : NULL;`. */
function addressAliases(flow: Flow): ReadonlyMap<number, number> {
  const assigned = new Map<number, number[]>();
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Assign) continue;
    const target = flow.ops[at + 1] as number;
    const op = flow.exprOp[target];
    if (op !== Expr.Local && op !== Expr.Temporary) continue;
    const values = assigned.get(target) ?? [];
    values.push(flow.ops[at + 2] as number);
    assigned.set(target, values);
  }
  const aliases = new Map<number, number>();
  for (const target of assigned.keys()) {
    const local = flow.exprA[target] as number;
    if (flow.exprOp[target] !== Expr.Local || flow.locals[local]?.isParameter) continue;
    const address = onlyAddress(flow, assigned, target, 0);
    if (address > 0) aliases.set(local, address);
  }
  return aliases;
}

/** The address that is all a target is assigned; 0 where there is none but NULL, -1 where there are others. */
function onlyAddress(
  flow: Flow,
  assigned: ReadonlyMap<number, number[]>,
  target: number,
  depth: number,
): number {
  let only = 0;
  for (const value of assigned.get(target) ?? [-1]) {
    const op = value < 0 ? Expr.Unknown : flow.exprOp[value];
    const isNull = op === Expr.Integer && flow.exprA[value] === 0;
    if (isNull) continue;
    const found =
      op === Expr.Address
        ? value
        : op === Expr.Temporary && depth < MAX_DEPTH
          ? onlyAddress(flow, assigned, value, depth + 1)
          : -1;
    if (found === 0 || found === only) continue;
    if (found < 0 || only !== 0) return -1;
    only = found;
  }
  return only;
}
