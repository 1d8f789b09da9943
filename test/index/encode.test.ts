import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/c/bytes.ts';
import { parse } from '../../src/c/parse.ts';
import { decodeFacts } from '../../src/index/decode.ts';
import { Encoder } from '../../src/index/encode.ts';
import { Extractor } from '../../src/index/extract.ts';
import { printFlow } from '../c/print-flow.ts';

const source = [
  '#define LIMIT 3',
  'struct foo { int a; };',
  'int one(struct foo *f) { return f->a; }',
  'int two(void) { return call(one); }',
].join('\n');

const bytesOf = (text: string): Uint8Array =>
  new Encoder().encode(new Extractor().extract(parse(Buffer.from(text))));

describe('stored facts', () => {
  it('give their lists without reading a flow', () => {
    const bytes = bytesOf(source);
    const facts = decodeFacts(bytes);
    facts.flows.bytes.fill(0xff);
    const again = decodeFacts(bytes);
    expect(again.functions.map((f) => f.name)).toEqual(['one', 'two']);
    expect(again.structs[0]?.fields).toEqual([{ name: 'a', type: 'int', line: 2 }]);
    expect(again.macros[0]).toMatchObject({ name: 'LIMIT', kind: 'constant', text: '3' });
  });

  it('give one flow without reading the others', () => {
    const facts = decodeFacts(bytesOf(source));
    const [one, two] = facts.functions;
    facts.flows.bytes.fill(0xff, one?.flowAt, two?.flowAt);
    expect(two?.flow && printFlow(two.flow)).toBe('0:\n  #0 = call(one)\n  return #0');
  });

  it('stay as they are when the extractor and the encoder go on to other files', () => {
    const extractor = new Extractor();
    const encoder = new Encoder();
    const first = extractor.extract(parse(Buffer.from(source)));
    const bytes = encoder.encode(first);
    const before = [...bytes];
    const other = extractor.extract(parse(Buffer.from('void three(void) { x(); y(); }')));
    encoder.encode(other);
    expect([...bytes]).toEqual(before);
    const flow = first.functions[1]?.flow;
    expect(flow && printFlow(flow)).toBe('0:\n  #0 = call(one)\n  return #0');
  });

  it('are the same bytes for the same file, whatever came before', () => {
    const extractor = new Extractor();
    const encoder = new Encoder();
    extractor.extract(parse(Buffer.from('int zero(long two) { return two; }')));
    expect(encoder.encode(extractor.extract(parse(Buffer.from(source))))).toEqual(bytesOf(source));
  });
});

describe('numbers and strings', () => {
  it('come back', () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(fc.integer()),
        fc.array(fc.nat(0xffffffff)),
        fc.array(text),
        (signed, unsigned, strings) => {
          const w = new ByteWriter();
          for (const value of signed) w.signed(value);
          for (const value of unsigned) w.varint(value);
          w.strings(strings);
          const r = new ByteReader(w.take());
          expect(signed.map(() => r.signed())).toEqual(signed);
          expect(unsigned.map(() => r.varint())).toEqual(unsigned);
          expect(r.strings()).toEqual(strings);
        },
      ),
    );
  });
});
