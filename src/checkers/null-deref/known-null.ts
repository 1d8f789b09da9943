import { lineOf } from '../../c/flow.ts';
import type { Confidence, Rule } from '../checker.ts';
import { type Use, useSteps, useText } from './dereference.ts';
import { type FunctionContext, type Origin, originOf } from './function-context.ts';
import { sourceSteps, sourceText } from './source.ts';

export const knownNull: Rule = {
  id: 'null-deref/known-null',
  severity: 'error',
  summary: 'A pointer is dereferenced on a path on which it was just found to be NULL.',
  source: 'https://cwe.mitre.org/data/definitions/476.html; kernel commit 5e957175 (ALSA: usb: qcom)',
};

/** A test on this path found NULL, and the pointer is used all the same. */
export function findKnownNull(context: FunctionContext, use: Use): boolean {
  const { pointer, view } = use;
  const origin = originOf(context.flow, pointer, view);
  if (origin.kind !== 'tested') return false;
  const name = context.text(pointer);
  const position = context.positionOf(view.at);
  const source = sourceText(context, use);
  context.report({
    rule: knownNull,
    confidence: confidenceOf(origin, view.isMerged, view.isWeak(pointer)),
    position,
    identity: name,
    message: `${name} ${useText(context, use)} on a path where the test at line ${origin.line} found it NULL${source === '' ? '' : ` (${source})`}.`,
    explanation: `The test at line ${origin.line} lets ${name} through as NULL, and nothing sets it before line ${lineOf(position)}. Use something that is valid on this path, or leave the function before it.`,
    trace: [
      ...sourceSteps(context, use),
      context.step(origin.line, `${name} is found to be NULL`),
      ...useSteps(context, use),
    ],
  });
  return true;
}

/** The fewer open decisions lie between the test and the use, the surer is the path. */
function confidenceOf(origin: Origin, isMerged: boolean, isWeak: boolean): Confidence {
  if (isWeak) return 'low';
  if (origin.forks === 0) return 'high';
  return origin.forks <= 1 && !isMerged ? 'medium' : 'low';
}
