/**
 * The functions in which a change can bring a finding in: those that lead to a touched one or are called below it; and
 * where one that leads there is a handler or ends a wait, those of its folder, which may wait for it or be interrupted.
 */
import { calleeName } from '../../effects/flow-expressions.ts';
import { folderOf } from '../../index/folder.ts';
import type { FunctionRef, Program } from '../../index/program.ts';
import { type Context, contextOfField, registrations } from '../../kernel/contexts.ts';
import { waits } from '../../kernel/waits.ts';
import type { ChangeScope } from '../checker.ts';
import type { FunctionLocks } from './function-locks.ts';
import { COMPLETES, functionName } from './handlers.ts';

/** Users of a function that are asked whether they register it: a handler has few. */
const MAX_USERS = 10;

/** Functions that a change may bring a finding into. */
export interface Reached {
  /** By what they do, or by how they are entered. */
  readonly itself: readonly FunctionLocks[];
  /** Only by what they wait for, or are interrupted by. */
  readonly waiting: readonly FunctionLocks[];
}

/** Of `functions`, those of the audited files. */
export function reachedFunctions(
  program: Program,
  functions: readonly FunctionLocks[],
  scope: ChangeScope,
): Reached {
  const leading = functions.filter(({ ref }) => scope.mayNoticeTouched(ref));
  const awaited = new Set(
    leading
      .filter(({ ref }) => endsWait(ref) || isHandler(program, ref))
      .map(({ ref }) => folderOf(ref.path)),
  );
  const near = new Set(scope.touched.map(({ path }) => folderOf(path)));
  const isReached = ({ ref }: FunctionLocks): boolean =>
    scope.mayNoticeTouched(ref) || scope.isBelowTouched(ref);
  const mayWait = ({ ref }: FunctionLocks): boolean =>
    awaited.has(folderOf(ref.path)) || (near.has(folderOf(ref.path)) && waitsForFiles(ref));
  return {
    itself: functions.filter(isReached),
    waiting: functions.filter((locks) => !isReached(locks) && mayWait(locks)),
  };
}

const calls = ({ fact: { flow } }: FunctionRef, isMeant: (name: string) => boolean): boolean =>
  flow?.calls.some((_, call) => isMeant(calleeName(flow, call))) === true;

const endsWait = (ref: FunctionRef): boolean => calls(ref, (name) => COMPLETES.has(name));

/** Whether it removes files of sysfs and the like, and so waits for what reads them, in process context. */
const waitsForFiles = (ref: FunctionRef): boolean =>
  calls(ref, (name) => /^(?:sysfs|proc|debugfs)$/.test(waits.get(name)?.awaits ?? ''));

/** Whether a function is registered to run in an interrupt, a work, a timer or a thread. */
export function isHandler(program: Program, ref: FunctionRef): boolean {
  if (program.storedIn(ref).some(({ entry }) => isOwn(contextOfField(entry.type, entry.field)))) return true;
  const { topLevelMacros = [] } = program.facts(ref.path) ?? {};
  if (topLevelMacros.some(({ name, args }) => handlersOf(name).some((n) => args[n] === ref.name)))
    return true;
  return program
    .callers(ref, MAX_USERS)
    .some(
      ({ fact: { flow } }) =>
        flow?.calls.some(({ args }, call) =>
          handlersOf(calleeName(flow, call)).some((n) => functionName(flow, args[n] ?? 0) === ref.name),
        ) === true,
    );
}

/** The arguments of a function or macro that it registers as handlers. */
const handlersOf = (name: string): readonly number[] =>
  (registrations.get(name) ?? []).filter(({ context }) => isOwn(context)).map(({ handler }) => handler);

const isOwn = (context: Context | undefined): boolean =>
  context !== undefined && context !== 'process' && context !== 'init';
