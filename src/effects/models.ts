/** The tables of src/kernel/ as knowledge about calls. */
import { Expr, type Flow } from '../c/flow.ts';
import { ALLOCATORS, NOFAIL_FLAG, PANIC_FLAG, POOLED } from '../kernel/allocators.ts';
import { gfpFlags } from '../kernel/gfp.ts';
import {
  ASSERTS,
  ASSERTS_FALSE,
  ASSERTS_TRUE,
  ASSERTS_VALID,
  COMPLAINS,
  COMPLAINS_OF_FIRST,
  COMPLAINS_OF_SECOND,
  CONDITIONAL_BLOCKS,
  DEREFERENCED_ARGUMENTS,
  ERROR_CONVERSIONS,
  ERROR_OR_NULL_TESTS,
  ERROR_OR_ZERO,
  ERROR_PROBES,
  ERROR_TESTS,
  GUARD_BLOCKS,
  LOCKDEP,
  NO_RETURN,
  NOFAULT_READS,
  NULL_TESTS,
  PRINTING,
  READS,
  RETURN_MACROS,
  RETURN_VOID_MACROS,
  SAME_AS_SECOND,
  SAME_VALUE,
  STORES,
  TEST_ASSERTS,
  TRUE_AS_SECOND,
} from '../kernel/pointers.ts';
import { assignedTo, calleeName, globalName, isParameter, stripCasts } from './flow-expressions.ts';
import { type CallKnowledge, pure, RETURNS_UNKNOWN } from './knowledge.ts';
import { ANY, ERR, MAY_NULL, NONZERO, OTHER, ZERO } from './values.ts';

/** A test of the first argument: the result is true exactly where it is in `bits`. */
const test = (bits: number): CallKnowledge =>
  pure({
    result: ZERO | OTHER,
    implies: [
      { when: NONZERO, argument: 0, through: false, bits },
      { when: ZERO, argument: 0, through: false, bits: ANY & ~bits },
    ],
  });

const MODELS = new Map<string, CallKnowledge>();
const add = (names: Iterable<string>, knowledge: CallKnowledge): void => {
  for (const name of names) MODELS.set(name, knowledge);
};

for (const [name, mask] of DEREFERENCED_ARGUMENTS)
  add([name], pure({ dereferences: mask, writes: READS.has(name) ? 0 : mask, modifies: false }));
add(ERROR_TESTS, test(ERR));
add(ERROR_OR_NULL_TESTS, test(ERR | ZERO));
add(NULL_TESTS, test(ZERO));
add(
  ERROR_OR_ZERO,
  pure({
    result: ZERO | ERR,
    implies: [
      { when: ERR | OTHER, argument: 0, through: false, bits: ERR },
      { when: ZERO, argument: 0, through: false, bits: ZERO | OTHER },
    ],
  }),
);
add(ERROR_CONVERSIONS, pure({ same: 0 }));
add(SAME_VALUE, pure({ same: 0 }));
for (const name of SAME_VALUE) if (/^WARN|_WARN/.test(name)) add([name], pure({ same: 0, complains: true }));
add(SAME_AS_SECOND, pure({ same: 1, complains: true }));
add(TRUE_AS_SECOND, pure({ same: 1 }));
add(NOFAULT_READS, pure({ writes: 1, implies: [{ when: ZERO, argument: 1, through: false, bits: OTHER }] }));
add(ERROR_PROBES, pure({ same: 1 }));
add(ASSERTS_FALSE, pure({ assertsFalse: 1 }));
add(ASSERTS_TRUE, pure({ assertsTrue: 1 }));
add(NO_RETURN, pure({ noReturn: true }));
add(RETURN_MACROS, pure({ returns: 0 }));
add(RETURN_VOID_MACROS, pure({ returns: RETURNS_UNKNOWN }));
for (const name of STORES) if (!MODELS.has(name)) add([name], pure({ assigns: 1 }));
add(GUARD_BLOCKS, pure({ block: 'guard' }));
add(CONDITIONAL_BLOCKS, pure({ block: 'conditional' }));
add(['no_free_ptr', 'return_ptr'], pure({ same: 0, assigns: 1 }));

const ALLOCATES = pure({ result: ZERO | OTHER | MAY_NULL, isFresh: true });
const CANT_FAIL = pure({ result: OTHER, isFresh: true });
const PRINTS = pure({});

const WARNS = MODELS.get('WARN_ON') as CallKnowledge;
const WARNS_OF_SECOND = MODELS.get('drm_WARN_ON') as CallKnowledge;
const VALID_SECOND = pure({ implies: [{ when: ANY, argument: 1, through: false, bits: OTHER }] });
const ASSUMES_SECOND = pure({ assertsTrue: 2 });
const ASSUMES = pure({ assertsTrue: 1 });
/** `xe_assert(xe, condition)`: those of drivers take their device first. */
const ASSUMES_BOTH = pure({ assertsTrue: 3 });

/** What is known of a call by its name alone; undefined where nothing is. */
export function modelOf(name: string, flow: Flow, call: number): CallKnowledge | undefined {
  let model = models.get(name);
  if (model === undefined) {
    model = ALLOCATORS.has(name) ? ALLOCATES : (MODELS.get(name) ?? byPattern(name));
    if (models.size >= MOST_NAMES) models.clear();
    models.set(name, model);
  }
  if (model === UNTOLD) return undefined;
  if (model === WARNS && takesObjectFirst(name) && flow.calls[call]?.args.length === 2)
    return WARNS_OF_SECOND;
  if (model !== ALLOCATES) return model;
  if (isToldNotToFail(flow, call)) return CANT_FAIL;
  return flow.calls[call]?.args.some((arg) => mentions(flow, arg, PANIC_FLAG)) ? CANT_FAIL : ALLOCATES;
}

/**
 * Whether a call is handed __GFP_NOFAIL, as it is written or in a local that nothing else is put into; or is of a pool,
 * for which it may wait.
 */
export function isToldNotToFail(flow: Flow, call: number): boolean {
  const flags = POOLED.get(calleeName(flow, call));
  if (flags !== undefined && maySleep(flow, flow.calls[call]?.args[flags] ?? 0)) return true;
  if (!namesNofail(flow.names)) return false;
  return (
    flow.calls[call]?.args.some((arg) => mentions(flow, arg, NOFAIL_FLAG) || isAlwaysNofail(flow, arg)) ===
    true
  );
}

const maySleep = (flow: Flow, flags: number): boolean =>
  gfpFlags.get(globalName(flow, stripCasts(flow, flags)))?.sleeps === true;

function isAlwaysNofail(flow: Flow, arg: number): boolean {
  const e = stripCasts(flow, arg);
  if (flow.exprOp[e] !== Expr.Local || isParameter(flow, e)) return false;
  const values = [...assignedTo(flow, e)];
  return values.length > 0 && values.every((value) => mentions(flow, value, NOFAIL_FLAG));
}

/** By the names of a file, which its flows share. */
const nofail = new WeakMap<readonly string[], boolean>();

function namesNofail(names: readonly string[]): boolean {
  let known = nofail.get(names);
  if (known === undefined) {
    known = names.includes(NOFAIL_FLAG);
    nofail.set(names, known);
  }
  return known;
}

const takesObjectFirst = (name: string): boolean =>
  COMPLAINS_OF_SECOND.test(name) && !COMPLAINS_OF_FIRST.has(name);

/** What was found for names, of which most are in no table: each is asked for often. */
const models = new Map<string, CallKnowledge>();
const MOST_NAMES = 500_000;
const UNTOLD = pure({});

function byPattern(name: string): CallKnowledge {
  if (PRINTING.test(name) || LOCKDEP.test(name)) return PRINTS;
  if (COMPLAINS.test(name)) return WARNS;
  if (ASSERTS_VALID.test(name)) return VALID_SECOND;
  if (TEST_ASSERTS.test(name)) return ASSUMES_SECOND;
  if (!ASSERTS.test(name)) return UNTOLD;
  return name.endsWith('_assert') ? ASSUMES_BOTH : ASSUMES;
}

/** True where an expression names `name` among its operands. */
function mentions(flow: Flow, expression: number, name: string): boolean {
  const stack = [expression];
  for (let steps = 0; stack.length > 0 && steps < 64; steps++) {
    const e = stack.pop() as number;
    switch (flow.exprOp[e]) {
      case Expr.Global:
        if (flow.names[flow.exprA[e] as number] === name) return true;
        break;
      case Expr.Binary:
        stack.push(flow.exprA[e] as number, flow.exprB[e] as number);
        break;
      case Expr.Cast:
        stack.push(flow.exprA[e] as number);
        break;
    }
  }
  return false;
}
