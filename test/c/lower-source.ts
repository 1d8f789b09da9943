/** C source to the printed flow of one of its functions or macros. */
import { parse } from '../../src/c/parse.ts';
import { Extractor } from '../../src/index/extract.ts';
import { printFlow } from './print-flow.ts';

export function flowText(source: string, name: string, positions = false): string {
  const facts = new Extractor().extract(parse(Buffer.from(source)));
  const found = [...facts.functions, ...facts.macros].find((f) => f.name === name && f.flow !== undefined);
  if (found?.flow === undefined) {
    throw new Error(`no flow of ${name}: ${JSON.stringify(facts.errors)}`);
  }
  return printFlow(found.flow, positions);
}
