/** The other direction of flow-encode.ts. */
import { ByteReader } from './bytes.ts';
import { type Call, Expr, type Flow, Op, position, type Scope, type SwitchTable } from './flow.ts';
import { FAR_LINE } from './flow-encode.ts';
import { LocalFlag } from './lowering.ts';

/** Reads one flow; `names` and `types` are those of its file, `line` is where the function stands. */
export function decodeFlow(
  bytes: Uint8Array,
  at: number,
  line: number,
  names: readonly string[],
  types: readonly string[],
): Flow {
  const r = new ByteReader(bytes, at);
  const locals = Array.from({ length: r.varint() }, () => {
    const name = names[r.varint()] as string;
    const type = types[r.varint()] as string;
    const flags = r.byte();
    return {
      name,
      type,
      isParameter: (flags & LocalFlag.Parameter) !== 0,
      isStatic: (flags & LocalFlag.Static) !== 0,
    };
  });
  const exprCount = r.varint();
  const listCount = r.varint();
  const callCount = r.varint();
  const branchCount = r.varint();
  const blockCount = r.varint();
  const opCount = r.varint();
  // One allocation for all arrays: a whole tree has half a million flows.
  const words = exprCount * 2 + listCount + opCount * 4 + branchCount * 3 + blockCount;
  const buffer = new ArrayBuffer(words * 4 + exprCount * 2);
  let at32 = 0;
  const take = (count: number): Int32Array => {
    const array = new Int32Array(buffer, at32, count);
    at32 += count * 4;
    return array;
  };
  const flow = {
    names,
    types,
    locals,
    exprA: take(exprCount),
    exprB: take(exprCount),
    lists: take(listCount),
    ops: take(opCount * 4),
    branches: take(branchCount * 3),
    blocks: take(blockCount),
    exprOp: new Uint8Array(buffer, at32, exprCount),
    exprC: new Uint8Array(buffer, at32 + exprCount, exprCount),
    calls: new Array<Call>(callCount).fill(NOT_REACHED),
    scopes: [] as Scope[],
    switches: [] as SwitchTable[],
  };
  decodeExpressions(r, flow);
  for (let i = 0; i < listCount; i++) flow.lists[i] = r.varint();
  for (let count = r.varint(); count > 0; count--) {
    flow.scopes.push({ kind: r.byte(), call: r.varint() - 1, local: r.varint() - 1, name: r.varint() });
  }
  decodeInstructions(r, flow, line);
  return flow;
}

const NOT_REACHED: Call = { callee: 0, args: [], position: 0 };

type Expressions = Pick<Flow, 'exprOp' | 'exprA' | 'exprB' | 'exprC'>;

function decodeExpressions(r: ByteReader, { exprOp, exprA, exprB, exprC }: Expressions): void {
  const count = exprOp.length;
  for (let e = 1; e < count; e++) {
    const op = r.byte();
    exprOp[e] = op;
    switch (op) {
      case Expr.Field:
      case Expr.Arrow:
      case Expr.Cast:
        exprA[e] = e - r.varint();
        exprB[e] = r.varint();
        break;
      case Expr.Deref:
      case Expr.Address:
        exprA[e] = e - r.varint();
        break;
      case Expr.Index:
        exprA[e] = e - r.varint();
        exprB[e] = e - r.varint();
        break;
      case Expr.Unary:
        exprA[e] = e - r.varint();
        exprC[e] = r.byte();
        break;
      case Expr.Binary:
        exprA[e] = e - r.varint();
        exprB[e] = e - r.varint();
        exprC[e] = r.byte();
        break;
      case Expr.Type:
        exprB[e] = r.varint();
        break;
      case Expr.Integer:
      case Expr.Label:
        exprA[e] = r.signed();
        break;
      case Expr.Initializer:
        exprA[e] = r.varint();
        exprB[e] = r.varint();
        break;
      default:
        exprA[e] = r.varint();
    }
  }
}

interface Instructions {
  readonly ops: Int32Array;
  readonly branches: Int32Array;
  readonly blocks: Int32Array;
  readonly calls: Call[];
  readonly switches: SwitchTable[];
}

function decodeInstructions(r: ByteReader, flow: Instructions, firstLine: number): void {
  const { ops, branches, blocks, calls, switches } = flow;
  const count = ops.length / 4;
  let branch = 0;
  let line = firstLine;
  let nextCall = 0;
  let block = 1;
  for (let i = 0; i < count; i++) {
    const head = r.byte();
    const op = head & 31;
    const step = head >>> 5;
    line += step === FAR_LINE ? r.signed() : step;
    const where = position(line, r.varint());
    let x = 0;
    let y = 0;
    switch (op) {
      case Op.Deref:
      case Op.Assign:
      case Op.Asm:
        x = r.varint();
        y = r.varint();
        break;
      case Op.Call: {
        x = nextCall + r.varint();
        nextCall = x + 1;
        const callee = r.varint();
        const args: number[] = new Array(r.varint());
        for (let arg = 0; arg < args.length; arg++) args[arg] = r.varint();
        calls[x] = { callee, args, position: where };
        break;
      }
      case Op.Branch:
        x = branch++;
        for (let part = x * 3; part < branch * 3; part++) branches[part] = r.varint();
        break;
      case Op.Switch: {
        x = switches.length;
        const value = r.varint();
        const otherwise = r.varint();
        const cases: number[] = new Array(r.varint());
        for (let part = 0; part < cases.length; part++) cases[part] = r.varint();
        switches.push({ value, cases, otherwise });
        break;
      }
      default:
        x = r.varint();
    }
    const to = i * 4;
    ops[to] = op;
    ops[to + 1] = x;
    ops[to + 2] = y;
    ops[to + 3] = where;
    if (op >= Op.Jump && block < blocks.length) blocks[block++] = i + 1;
  }
}
