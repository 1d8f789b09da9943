/** The parameters of a body: which of them change, and what is a copy of one. */
import { Expr, type Flow, Op } from '../c/flow.ts';
import { isPointer } from '../c/types.ts';
import { stripCasts } from './flow-expressions.ts';
import type { CallKnowledge } from './knowledge.ts';

/** Parameters beyond this have no bit in a mask. */
export const MAX_PARAMETERS = 31;

/** The parameters of a flow, and which of them never change. */
export class Parameters {
  readonly flow: Flow;
  readonly count: number;
  /** Mask of parameters that are assigned, or whose address is taken. */
  changed = 0;
  /** Mask of parameters that are assigned by name. */
  assigned = 0;
  /** Mask of parameters that are pointers; of a macro all may be. */
  pointers = 0;
  /** Locals that a pointer parameter is assigned to somewhere. */
  readonly #holders = new Set<number>();
  /** Locals that are assigned once: the parameter that they are a copy of, -1 where it is none. */
  readonly #copies = new Map<number, number>();

  constructor(flow: Flow, isMacro: boolean) {
    this.flow = flow;
    let count = 0;
    for (const local of flow.locals) {
      if (!local.isParameter || count >= MAX_PARAMETERS) break;
      if (isMacro || isPointer(local.type)) this.pointers |= 1 << count;
      count++;
    }
    this.count = count;
    for (let at = 0; at < flow.ops.length; at += 4) {
      if (flow.ops[at] !== Op.Assign) continue;
      const target = flow.ops[at + 1] as number;
      const k = this.of(target);
      if (k >= 0) this.assigned |= 1 << k;
    }
    this.#findCopies();
    this.changed = this.assigned;
    for (let e = 1; e < flow.exprOp.length; e++) {
      if (flow.exprOp[e] !== Expr.Address) continue;
      const k = this.of(flow.exprA[e] as number);
      if (k >= 0) this.changed |= 1 << k;
    }
  }

  /** Parameters that other macros assign: `rht_entry(tpos, …)` in a loop over `tpos`. */
  noteAssigned(known: readonly CallKnowledge[]): void {
    for (const [call, callee] of known.entries()) {
      if (callee.assigns === 0) continue;
      for (const [n, arg] of this.flow.calls[call]?.args.entries() ?? []) {
        const k = n < MAX_PARAMETERS && (callee.assigns & (1 << n)) !== 0 ? this.of(arg) : -1;
        if (k >= 0) this.assigned |= 1 << k;
      }
    }
    this.changed |= this.assigned;
  }

  /** The parameter that an expression names, -1 where it names something else. */
  of(expression: number): number {
    const local = this.#local(expression);
    return local < this.count ? local : -1;
  }

  /** The same for parameters that never change, also by the name of a local that is a copy of one. */
  constantOf(expression: number): number {
    const local = this.#local(expression);
    const k = local >= this.count ? (this.#copies.get(local) ?? -1) : local;
    return k >= 0 && (this.changed & (1 << k)) === 0 ? k : -1;
  }

  /** Whether a local is a pointer parameter, or may hold one's value. */
  isPointerOrCopy(local: number): boolean {
    return local < this.count ? (this.pointers & (1 << local)) !== 0 : this.#holders.has(local);
  }

  #local(expression: number): number {
    const e = stripCasts(this.flow, expression);
    return this.flow.exprOp[e] === Expr.Local ? (this.flow.exprA[e] as number) : -1;
  }

  /** `head = (ptr)` in a macro or function where nothing else is ever assigned to head. */
  #findCopies(): void {
    for (let at = 0; at < this.flow.ops.length; at += 4) {
      if (this.flow.ops[at] !== Op.Assign) continue;
      const target = this.#local(this.flow.ops[at + 1] as number);
      if (target < this.count) continue;
      const source = this.of(this.flow.ops[at + 2] as number);
      if (source >= 0 && (this.pointers & (1 << source)) !== 0) this.#holders.add(target);
      this.#copies.set(target, this.#copies.has(target) ? -1 : source);
    }
  }

  lines(
    always: { mask: number; lines: readonly number[] },
    sometimes: readonly number[],
    may: number,
  ): number[] {
    if ((always.mask | may) === 0) return [];
    const lines: number[] = [];
    for (let k = 0; k < this.count; k++) {
      const bit = 1 << k;
      if ((always.mask & bit) !== 0) lines[k] = always.lines[k] ?? 0;
      else lines[k] = (may & bit) !== 0 ? (sometimes[k] ?? 0) : 0;
    }
    return lines;
  }
}
