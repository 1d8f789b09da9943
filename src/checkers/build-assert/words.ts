import type { FunctionFact } from '../../index/facts.ts';

/** 'parameter size', 'parameters low and high': those of a mask. */
export function parametersText({ parameters }: FunctionFact, mask: number): string {
  const names = parameters.flatMap(({ name }, k) => ((mask & (1 << k)) === 0 ? [] : [name]));
  const [last = ''] = names.slice(-1);
  return names.length < 2 ? `parameter ${last}` : `parameters ${names.slice(0, -1).join(', ')} and ${last}`;
}
