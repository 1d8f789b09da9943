/**
 * Where a Flow is put together: growing typed arrays that are used again for the next function, so that
 * lowering a whole tree makes next to no garbage. Jumps name labels; finish() puts blocks in order, leaves
 * out what can't be reached and turns labels into block numbers. See flow.ts for what the arrays mean.
 */
import { Expr, Op } from './flow.ts';

/** More instructions than this and a function is an error, not a flow. The largest of Linux has some 20,000. */
const MAX_INSTRUCTIONS = 400_000;

/** A function that can't be lowered: too large or nested too deeply. The message is the reason that is reported. */
export class LoweringError extends Error {
  override readonly name = 'LoweringError';
}

const isTerminator = (op: number): boolean => op >= Op.Jump;

export class FlowBuilder {
  exprOp = new Uint8Array(1024);
  exprA = new Int32Array(1024);
  exprB = new Int32Array(1024);
  exprC = new Uint8Array(1024);
  exprCount = 1;
  #table = new Int32Array(4096);

  ops = new Int32Array(4096);
  opCount = 0;
  /** False behind a terminator, until a label is placed: nothing is emitted there. */
  live = true;

  localName: number[] = [];
  localType: number[] = [];
  localFlags: number[] = [];

  lists: number[] = [];

  /** Per call: callee, first argument in callArgs, number of arguments. */
  callCallee: number[] = [];
  callFirstArg: number[] = [];
  callArgCount: number[] = [];
  callArgs: number[] = [];

  scopeKind: number[] = [];
  scopeCall: number[] = [];
  scopeLocal: number[] = [];
  scopeName: number[] = [];

  /** Triples of condition and two labels; finish() turns labels into blocks. */
  branches: number[] = [];
  switches: { value: number; cases: number[]; otherwise: number }[] = [];

  /** Instruction index of each label, -1 where not placed. */
  labelAt: number[] = [];
  /** Labels whose address is taken: entries of computed gotos. */
  addressTaken: number[] = [];

  #temporaries = 0;
  #unknowns = 0;

  reset(): void {
    const table = this.#table;
    if (this.exprCount * 8 > table.length) table.fill(0);
    else for (let e = 1; e < this.exprCount; e++) this.#clear(e);
    this.exprCount = 1;
    this.opCount = 0;
    this.live = true;
    this.localName.length = 0;
    this.localType.length = 0;
    this.localFlags.length = 0;
    this.lists.length = 0;
    this.callCallee.length = 0;
    this.callFirstArg.length = 0;
    this.callArgCount.length = 0;
    this.callArgs.length = 0;
    this.scopeKind.length = 0;
    this.scopeCall.length = 0;
    this.scopeLocal.length = 0;
    this.scopeName.length = 0;
    this.branches.length = 0;
    this.switches.length = 0;
    this.labelAt.length = 0;
    this.addressTaken.length = 0;
    this.#temporaries = 0;
    this.#unknowns = 0;
  }

  /** Empties the chain that `e` was put in: probing may have moved it, so everything up to the next gap goes. */
  #clear(e: number): void {
    const mask = this.#table.length - 1;
    let slot = hash(this.exprOp[e] as number, this.exprA[e] as number, this.exprB[e] as number) & mask;
    while (this.#table[slot] !== 0) {
      this.#table[slot] = 0;
      slot = (slot + 1) & mask;
    }
  }

  /** The number of an expression; the same one for equal parts. */
  expr(op: number, a = 0, b = 0, c = 0): number {
    const table = this.#table;
    const mask = table.length - 1;
    let slot = hash(op, a, b) & mask;
    for (;;) {
      const e = table[slot] as number;
      if (e === 0) break;
      if (this.exprA[e] === a && this.exprB[e] === b && this.exprOp[e] === op && this.exprC[e] === c)
        return e;
      slot = (slot + 1) & mask;
    }
    const e = this.exprCount++;
    if (e >= this.exprOp.length) this.#growExpressions();
    this.exprOp[e] = op;
    this.exprA[e] = a;
    this.exprB[e] = b;
    this.exprC[e] = c;
    table[slot] = e;
    if (this.exprCount * 2 > table.length) this.#rehash();
    return e;
  }

  temporary(): number {
    return this.expr(Expr.Temporary, this.#temporaries++);
  }

  unknown(): number {
    return this.expr(Expr.Unknown, this.#unknowns++);
  }

  integer(value: number): number {
    return this.expr(Expr.Integer, Math.max(-0x80000000, Math.min(0x7fffffff, value)) | 0);
  }

  emit(op: number, x: number, y: number, position: number): void {
    if (!this.live) return;
    let at = this.opCount * 4;
    if (at === this.ops.length) {
      if (this.opCount >= MAX_INSTRUCTIONS) throw new LoweringError('function is too large');
      const grown = new Int32Array(at * 2);
      grown.set(this.ops);
      this.ops = grown;
    }
    this.ops[at++] = op;
    this.ops[at++] = x;
    this.ops[at++] = y;
    this.ops[at] = position;
    this.opCount++;
    if (isTerminator(op)) this.live = false;
  }

  /** Emits a call and gives its Result. Nothing is made where the code is dead. */
  call(callee: number, args: readonly number[], position: number): number {
    if (!this.live) return this.unknown();
    const number = this.callCallee.length;
    this.callCallee.push(callee);
    this.callFirstArg.push(this.callArgs.length);
    this.callArgCount.push(args.length);
    for (const arg of args) this.callArgs.push(arg);
    this.emit(Op.Call, number, 0, position);
    return this.expr(Expr.Result, number);
  }

  local(name: number, type: number, flags: number): number {
    this.localName.push(name);
    this.localType.push(type);
    this.localFlags.push(flags);
    return this.localName.length - 1;
  }

  scope(kind: number, call: number, local: number, name: number): number {
    this.scopeKind.push(kind);
    this.scopeCall.push(call);
    this.scopeLocal.push(local);
    this.scopeName.push(name);
    return this.scopeKind.length - 1;
  }

  label(): number {
    this.labelAt.push(-1);
    return this.labelAt.length - 1;
  }

  /** Starts the block of a label; what runs before it falls into it. */
  place(label: number, position: number): void {
    if (this.live) this.emit(Op.Jump, label, 0, position);
    this.labelAt[label] = this.opCount;
    this.live = true;
  }

  jump(label: number, position: number): void {
    this.emit(Op.Jump, label, 0, position);
  }

  /** Turns the terminator at an instruction into a jump. */
  makeJump(instruction: number, label: number): void {
    this.ops[instruction * 4] = Op.Jump;
    this.ops[instruction * 4 + 1] = label;
  }

  /** A branch on a constant is a jump. */
  branch(condition: number, whenTrue: number, whenFalse: number, position: number): void {
    if (this.exprOp[condition] === Expr.Integer) {
      this.jump(this.exprA[condition] === 0 ? whenFalse : whenTrue, position);
      return;
    }
    if (!this.live) return;
    const index = this.branches.length / 3;
    this.branches.push(condition, whenTrue, whenFalse);
    this.emit(Op.Branch, index, 0, position);
  }

  #growExpressions(): void {
    const size = this.exprOp.length * 2;
    if (size > MAX_INSTRUCTIONS * 4) throw new LoweringError('function is too large');
    const grow = <T extends Uint8Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.exprOp = grow(this.exprOp, new Uint8Array(size));
    this.exprA = grow(this.exprA, new Int32Array(size));
    this.exprB = grow(this.exprB, new Int32Array(size));
    this.exprC = grow(this.exprC, new Uint8Array(size));
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let e = 1; e < this.exprCount; e++) {
      let slot = hash(this.exprOp[e] as number, this.exprA[e] as number, this.exprB[e] as number) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = e;
    }
    this.#table = table;
  }
}

const hash = (op: number, a: number, b: number): number => {
  let h = Math.imul(op + 1, 0x9e3779b1) ^ Math.imul(a + 1, 0x85ebca6b) ^ Math.imul(b + 1, 0xc2b2ae35);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
};
