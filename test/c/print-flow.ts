/** A flow as text, for tests and for whoever wants to see one. */
import { Operator } from '../../src/c/ast.ts';
import { columnOf, Expr, type Flow, lineOf, Op, ScopeKind } from '../../src/c/flow.ts';

const OPERATORS: Readonly<Record<number, string>> = {
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
  [Operator.Not]: '!',
  [Operator.BitNot]: '~',
  [Operator.Negate]: '-',
};

/** The text of an expression; results are #call, temporaries $number, unknowns ?. */
function printExpression(flow: Flow, e: number): string {
  if (e === 0) return '';
  const a = flow.exprA[e] as number;
  const b = flow.exprB[e] as number;
  const sub = (x: number): string => printExpression(flow, x);
  switch (flow.exprOp[e]) {
    case Expr.Local:
      return flow.locals[a]?.name || `<local ${a}>`;
    case Expr.Global:
      return flow.names[a] as string;
    case Expr.Field:
      return `${sub(a)}.${flow.names[b]}`;
    case Expr.Arrow:
      return `${sub(a)}->${flow.names[b]}`;
    case Expr.Deref:
      return `*${sub(a)}`;
    case Expr.Index:
      return `${sub(a)}[${sub(b)}]`;
    case Expr.Address:
      return `&${sub(a)}`;
    case Expr.Result:
      return `#${a}`;
    case Expr.Integer:
      return String(a);
    case Expr.String:
      return '""';
    case Expr.Unary:
      return `${OPERATORS[flow.exprC[e] as number]}${sub(a)}`;
    case Expr.Binary:
      if (flow.exprC[e] === 0) return `(${sub(a)}, ${sub(b)})`;
      return `(${sub(a)} ${OPERATORS[flow.exprC[e] as number]} ${sub(b)})`;
    case Expr.Cast:
      return `(${flow.types[b]})${sub(a)}`;
    case Expr.Type:
      return `<${flow.types[b]}>`;
    case Expr.Temporary:
      return `$${a}`;
    case Expr.Sizeof:
      return a === 0 ? 'sizeof' : `compiler ${sub(a)}`;
    case Expr.Label:
      return `&&${a}`;
    case Expr.Initializer: {
      const pairs: string[] = [];
      for (let i = 0; i < b; i++) {
        const name = flow.names[flow.lists[a + i * 2] as number];
        pairs.push(`${name ? `.${name} = ` : ''}${sub(flow.lists[a + i * 2 + 1] as number)}`);
      }
      return `{${pairs.join(', ')}}`;
    }
    case Expr.VaArg:
      return '...';
    default:
      return '?';
  }
}

/** One line per instruction, `line:column` in front where `positions` says so, blocks headed by their number. */
export function printFlow(flow: Flow, positions = false): string {
  const lines: string[] = [];
  let block = 0;
  for (let i = 0; i * 4 < flow.ops.length; i++) {
    if (flow.blocks[block] === i) lines.push(`${block++}:`);
    const at = flow.ops[i * 4 + 3] as number;
    const where = positions ? `${lineOf(at)}:${columnOf(at)} ` : '';
    lines.push(`  ${where}${instruction(flow, i)}`);
  }
  return lines.join('\n');
}

function instruction(flow: Flow, i: number): string {
  const x = flow.ops[i * 4 + 1] as number;
  const y = flow.ops[i * 4 + 2] as number;
  const text = (e: number): string => printExpression(flow, e);
  switch (flow.ops[i * 4]) {
    case Op.Deref:
      return `${y & 1 ? 'store' : 'load'} ${text(x)} for ${text(y >> 1)}`;
    case Op.Assign:
      return `${text(x)} = ${text(y)}`;
    case Op.Call: {
      const call = flow.calls[x];
      return `#${x} = ${text(call?.callee ?? 0)}(${call?.args.map(text).join(', ')})`;
    }
    case Op.Declare:
      return `declare ${flow.locals[x]?.name}`;
    case Op.EnterScope:
      return `enter ${x} ${scope(flow, x)}`;
    case Op.ExitScope:
      return `exit ${x}`;
    case Op.Evaluate:
      return `evaluate ${text(x)}`;
    case Op.Asm: {
      const outputs = [...flow.lists.subarray(x, x + y)].map(text);
      return `asm ${outputs.join(', ')}`.trim();
    }
    case Op.Body:
      return 'body';
    case Op.Jump:
      return `jump ${x}`;
    case Op.Branch: {
      const [condition, whenTrue, whenFalse] = flow.branches.subarray(x * 3, x * 3 + 3);
      return `branch ${text(condition as number)} ? ${whenTrue} : ${whenFalse}`;
    }
    case Op.Switch: {
      const table = flow.switches[x];
      if (table === undefined) return 'switch without a table';
      const cases: string[] = [];
      for (let c = 0; c < table.cases.length; c += 3) {
        const high = table.cases[c + 1] as number;
        cases.push(
          `${text(table.cases[c] as number)}${high ? `..${text(high)}` : ''}: ${table.cases[c + 2]}`,
        );
      }
      return `switch ${text(table.value)} {${cases.join(', ')}} else ${table.otherwise}`;
    }
    case Op.Return:
      return `return ${text(x)}`.trim();
    case Op.Goto:
      return `goto ${text(x)}`;
    case Op.End:
      return 'end';
    default:
      return `unknown instruction ${flow.ops[i * 4]}`;
  }
}

function scope(flow: Flow, number: number): string {
  const s = flow.scopes[number];
  if (s === undefined) return 'missing';
  if (s.kind === ScopeKind.MacroBlock) return `block #${s.call}`;
  if (s.kind === ScopeKind.Guard) return `guard #${s.call}`;
  return `cleanup ${flow.locals[s.local]?.name} ${flow.names[s.name]}`;
}
