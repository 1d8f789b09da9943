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
  const expressions = decodeExpressions(r);
  const lists = new Int32Array(r.varint());
  for (let i = 0; i < lists.length; i++) lists[i] = r.varint();
  const scopes: Scope[] = Array.from({ length: r.varint() }, () => ({
    kind: r.byte(),
    call: r.varint() - 1,
    local: r.varint() - 1,
    name: r.varint(),
  }));
  const instructions = decodeInstructions(r, line);
  return { names, types, locals, ...expressions, lists, scopes, ...instructions };
}

function decodeExpressions(r: ByteReader): Pick<Flow, 'exprOp' | 'exprA' | 'exprB' | 'exprC'> {
  const count = r.varint();
  const exprOp = new Uint8Array(count);
  const exprA = new Int32Array(count);
  const exprB = new Int32Array(count);
  const exprC = new Uint8Array(count);
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
  return { exprOp, exprA, exprB, exprC };
}

const NOT_REACHED: Call = { callee: 0, args: [], position: 0 };

function decodeInstructions(
  r: ByteReader,
  firstLine: number,
): Pick<Flow, 'calls' | 'ops' | 'blocks' | 'branches' | 'switches'> {
  const calls: Call[] = new Array<Call>(r.varint()).fill(NOT_REACHED);
  const blocks = new Int32Array(r.varint());
  const count = r.varint();
  const ops = new Int32Array(count * 4);
  const branches: number[] = [];
  const switches: SwitchTable[] = [];
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
        x = branches.length / 3;
        branches.push(r.varint(), r.varint(), r.varint());
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
  return { calls, ops, blocks, branches: Int32Array.from(branches), switches };
}
