/** Lock classes as lockdep sees them: the type and member that a lock lies in, or the global that it is. */

import { Expr, type Flow } from '../../c/flow.ts';
import { pointee } from '../../c/types.ts';
import type { Program } from '../../index/program.ts';
import { typeOf } from '../expression-text.ts';

/**
 * Types whose lock is initialised where the object is declared, so that each user is a class of its own
 * (skb_queue_head_init() and init_waitqueue_head() have a static key per call): the member that holds
 * them is part of the class, and behind a bare pointer the class is not known.
 */
const GENERIC_OWNERS: ReadonlySet<string> = new Set([
  'struct sk_buff_head',
  'struct wait_queue_head',
  'struct swait_queue_head',
  'struct completion',
  'struct mutex',
  'struct rw_semaphore',
  'struct semaphore',
  'struct list_lru_node',
  'struct list_lru_one',
  'struct percpu_counter',
  'struct seqlock',
  'struct idr',
  'struct xarray',
]);

const STEP = />|\.[A-Za-z_]\w*|\[[^\]]*\]/g;
const ROOT = /^(?:[$%](\d+)|@([A-Za-z_]\w*)|#(\d+)?(?:[A-Za-z_]\w*\()?)/;

/**
 * Class of the lock at `place` of a flow that stands in file `from`; '' where it is not known: the lock of a
 * parameter until a caller names it, a lock behind a pointer that comes from nowhere.
 */
export function lockClass(program: Program, flow: Flow, from: string, place: string): string {
  const root = ROOT.exec(place);
  if (root === null) return '';
  let at = root[0].length;
  let type = '';
  let name = '';
  if (root[1] !== undefined) type = flow.locals[Number(root[1])]?.type ?? '';
  else if (root[2] !== undefined) {
    const global = program.global(root[2], from);
    type = global?.fact.type ?? '';
    name = `${global?.path ?? from}:${root[2]}`;
  } else {
    at = endOfCall(place);
    type = callType(program, flow, from, place.slice(0, at));
  }
  for (const [step] of place.slice(at).matchAll(STEP)) {
    if (step === '>') {
      name = name === '' || type === '' ? '' : `*${name}`;
      type = openPointer(program, type, from);
    } else if (step.startsWith('[')) {
      type = openPointer(program, type, from);
    } else {
      const found = type === '' ? undefined : program.field(type, step.slice(1), from);
      if (found === undefined) return '';
      name = GENERIC_OWNERS.has(found.owner)
        ? name === ''
          ? ''
          : `${name}${step}`
        : `${found.owner}${step}`;
      type = found.field.type;
    }
  }
  return name;
}

const openPointer = (program: Program, type: string, from: string): string => {
  const direct = pointee(type);
  return direct !== '' ? direct : pointee(program.typedef(type, from) ?? '');
};

/** Index behind the closing parenthesis of `#name(...)`, or of the digits of `#12`. */
function endOfCall(place: string): number {
  let depth = 0;
  for (let i = 0; i < place.length; i++) {
    if (place[i] === '(') depth++;
    else if (place[i] === ')' && --depth === 0) return i + 1;
  }
  return /^#\d+/.exec(place)?.[0].length ?? place.length;
}

/** Type of the result of the call whose place is `call`, found among the flow's calls by its text. */
function callType(program: Program, flow: Flow, from: string, call: string): string {
  const name = /^#([A-Za-z_]\w*)\(/.exec(call)?.[1];
  if (name === undefined) return '';
  for (let e = 1; e < flow.exprOp.length; e++) {
    const made = flow.exprOp[e] === Expr.Result ? flow.calls[flow.exprA[e] as number] : undefined;
    if (made !== undefined && flow.names[flow.exprA[made.callee] as number] === name) {
      return typeOf(flow, e, program, from);
    }
  }
  return '';
}
