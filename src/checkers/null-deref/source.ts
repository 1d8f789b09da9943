/** Where a value that may be NULL or an error comes from, for messages. */
import { lineOf } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import { MAY_NULL } from '../../effects/values.ts';
import type { Step } from '../checker.ts';
import type { Use } from './dereference.ts';
import type { FunctionContext } from './function-context.ts';
import { nullExit } from './null-exit.ts';

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
  const steps = [
    context.step(line, `${context.text(use.pointer)} is the result of ${context.calleeText(call)}()`),
  ];
  if (name === '') return steps;
  const callee = context.effects.callee(name, context.ref.path);
  if (callee.function === undefined || callee.summary.nullLine === 0) return steps;
  const exit = nullExit(context.effects, callee.function);
  const text =
    exit.from === '' ? 'NULL is returned' : `the result of ${exit.from}() is returned, which may be NULL`;
  return [...steps, { path: callee.function.path, line: exit.line, function: callee.function.name, text }];
}
