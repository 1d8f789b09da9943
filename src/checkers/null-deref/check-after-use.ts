/** A test for NULL that comes too late: on every way to it the pointer has been dereferenced. */
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { blockOf, branchCondition, endOfBlock, Successors } from '../../c/flow-blocks.ts';
import { isPointer } from '../../c/types.ts';
import { stripCasts } from '../../effects/flow-expressions.ts';
import type { Finding, Rule } from '../checker.ts';
import { type FunctionContext, reaches } from './function-context.ts';

export const checkAfterUse: Rule = {
  id: 'null-deref/check-after-use',
  severity: 'warning',
  summary: 'A pointer is dereferenced, and tested for NULL afterwards.',
  source: 'error27/smatch, check_deref_check.c; D. Engler et al., Bugs as deviant behavior, SOSP 2001',
};

/**
 * Low by itself: the test may be left over. A change that puts the dereference before a test that was there is
 * another matter, see doubtedByChange().
 */
export function findCheckAfterUse(context: FunctionContext): void {
  const { flow } = context;
  const tests = testsOf(flow);
  if (tests.size === 0) return;
  const uses = usesOf(flow, tests);
  const successors = new Successors().build(flow);
  for (const [pointer, blocks] of tests) {
    for (const test of blocks) {
      const use = uses.get(pointer)?.find((at) => isBefore(flow, successors, at, test, pointer));
      if (use === undefined) continue;
      report(context, pointer, use, test);
      break;
    }
  }
}

/** Blocks that end with a test of a local pointer, by the pointer. */
function testsOf(flow: Flow): ReadonlyMap<number, readonly number[]> {
  const tests = new Map<number, number[]>();
  for (const block of flow.blocks.keys()) {
    const condition = branchCondition(flow, block);
    if (condition === undefined) continue;
    const pointer = stripCasts(flow, condition);
    if (flow.exprOp[pointer] !== Expr.Local) continue;
    if (!isPointer(flow.locals[flow.exprA[pointer] as number]?.type ?? '')) continue;
    tests.set(pointer, [...(tests.get(pointer) ?? []), block]);
  }
  return tests;
}

/** Instructions that dereference one of the pointers, by the pointer. */
function usesOf(flow: Flow, pointers: ReadonlyMap<number, unknown>): ReadonlyMap<number, readonly number[]> {
  const uses = new Map<number, number[]>();
  for (let at = 0; at < flow.ops.length / 4; at++) {
    if (flow.ops[at * 4] !== Op.Deref) continue;
    const pointer = stripCasts(flow, flow.ops[at * 4 + 1] as number);
    if (pointers.has(pointer)) uses.set(pointer, [...(uses.get(pointer) ?? []), at]);
  }
  return uses;
}

/** Whether every way to the end of `test` goes through the instruction, with the pointer unchanged since. */
function isBefore(flow: Flow, successors: Successors, use: number, test: number, pointer: number): boolean {
  const block = blockOf(flow, use);
  if (block !== test && (block === 0 ? false : reaches(flow, 0, test, block))) return false;
  // From the use on to the test, without going round.
  const seen = new Set<number>();
  const work: [number, number][] = [[block, use + 1]];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const [current, first] = next;
    for (let at = first; at < endOfBlock(flow, current); at++) if (changes(flow, at, pointer)) return false;
    if (current === test) continue;
    for (const way of successors.of(current)) {
      if (seen.has(way) || (way !== test && !reaches(flow, way, test, block))) continue;
      seen.add(way);
      work.push([way, flow.blocks[way] as number]);
    }
  }
  return block === test || seen.has(test);
}

function changes(flow: Flow, at: number, pointer: number): boolean {
  const x = flow.ops[at * 4 + 1] as number;
  switch (flow.ops[at * 4]) {
    case Op.Assign:
      return x === pointer;
    case Op.Declare:
      return flow.exprA[pointer] === x;
    case Op.Call:
      // By its address, or by name: a macro may assign what it is given.
      return (flow.calls[x]?.args ?? []).some(
        (arg) =>
          (flow.exprOp[arg] === Expr.Address && flow.exprA[arg] === pointer) ||
          (arg === pointer && flow.scopes.some((scope) => scope.call === x)),
      );
    default:
      return false;
  }
}

function report(context: FunctionContext, pointer: number, use: number, test: number): void {
  const { flow } = context;
  const name = context.text(pointer);
  const position = context.positionOf(use);
  const testLine = lineOf(context.positionOf(endOfBlock(flow, test) - 1));
  if (testLine <= lineOf(position)) return;
  context.report({
    rule: checkAfterUse,
    confidence: 'low',
    position,
    identity: name,
    message: `${name} is dereferenced here, before line ${testLine} tests it for NULL.`,
    explanation: `Either ${name} can be NULL, and the use at line ${lineOf(position)} comes too early, or it can't, and the test is not needed.`,
    trace: [
      context.step(lineOf(position), `${name} is dereferenced`),
      context.step(testLine, `${name} is tested for NULL`),
    ],
  });
}

/** Those of the introduced findings whose test stood in the function before: the change has put a use before it. */
export function doubtedByChange(
  introduced: readonly Finding[],
  wasTested: (path: string, name: string, pointer: string) => boolean,
): readonly Finding[] {
  return introduced
    .filter(
      (finding) =>
        finding.rule === checkAfterUse.id &&
        wasTested(finding.path, finding.function, finding.message.split(' ')[0] as string),
    )
    .map((finding): Finding => ({ ...finding, confidence: 'medium' }));
}
