/** The facts of a source text, stored and read back, as every reader of an index sees them. */
import { parse } from '../../src/c/parse.ts';
import { decodeFacts } from '../../src/index/decode.ts';
import { Encoder } from '../../src/index/encode.ts';
import { Extractor } from '../../src/index/extract.ts';
import type { StoredFacts } from '../../src/index/stored-facts.ts';

export const factsOf = (source: string): StoredFacts =>
  decodeFacts(new Encoder().encode(new Extractor().extract(parse(Buffer.from(source)))));
