/** Where a value that may be NULL or an error comes from, for messages. */
import { lineOf } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import { MAY_NULL } from '../../effects/values.ts';
import type { Step } from '../checker.ts';
import type { Use } from './dereference.ts';
import type { FunctionContext } from './function-context.ts';
import { nullExit } from './null-exit.ts';

/** 'p is the result of find()'; 'find() is called' where nothing keeps what it gives. */
export const resultText = (name: string, callee: string): string =>
  name === `${callee}()` ? `${name} is called` : `${name} is the result of ${callee}()`;

/** 'p is allocated by kzalloc(), which may return NULL'; 'kzalloc(), which may return NULL, is called'. */
export const allocationText = (name: string, allocator: string): string =>
  name === `${allocator}()`
    ? `${name}, which may return NULL, is called`
    : `${name} is allocated by ${allocator}(), which may return NULL`;

/** 'between line 3 and line 5 nothing tests p', of lines that may be the same. */
export const untestedText = (name: string, made: number, used: number): string =>
  made === used
    ? `nothing tests ${name} before line ${used} uses it`
    : `between line ${made} and line ${used} nothing tests ${name}`;

/** 'find_substream() returns NULL at sound/x.c:12', '' where the value is no result of a call that may fail. */
export function sourceText(context: FunctionContext, use: Use): string {
  const call = use.view.originCall(use.pointer);
  if (call < 0) return '';
  const name = calleeName(context.flow, call);
  if (name === '' || (use.view.knowledge(call).result & MAY_NULL) === 0) return '';
  const callee = context.effects.callee(name, context.ref.path);
  if (callee.function === undefined || callee.summary.nullLine === 0) return `${name}() may return NULL`;
  const { line, from } = nullExit(context.effects, callee.function);
  return `${name}() returns NULL at ${callee.function.path}:${line}${from === '' ? '' : `, passing on ${from}()`}`;
}

/** Steps of a trace: the call, and the line in the callee that gives NULL. */
export function sourceSteps(context: FunctionContext, use: Use): Step[] {
  const call = use.view.originCall(use.pointer);
  if (call < 0) return [];
  const name = calleeName(context.flow, call);
  const line = lineOf(context.flow.calls[call]?.position ?? 0);
  const steps = [context.step(line, resultText(context.text(use.pointer), context.calleeText(call)))];
  if (name === '') return steps;
  const callee = context.effects.callee(name, context.ref.path);
  if (callee.function === undefined || callee.summary.nullLine === 0) return steps;
  const exit = nullExit(context.effects, callee.function);
  const text =
    exit.from === '' ? 'NULL is returned' : `the result of ${exit.from}() is returned, which may be NULL`;
  return [...steps, { path: callee.function.path, line: exit.line, function: callee.function.name, text }];
}
