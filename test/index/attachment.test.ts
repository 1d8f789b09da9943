import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Attachment, AttachmentWriter, batchBytes } from '../../src/index/attachment.ts';
import { buildIndex } from '../../src/index/build.ts';
import { plainTree, scratchFolder } from './scratch.ts';

describe('an attachment', () => {
  it('gives back by number whatever was put, with its texts, and nothing else', async () => {
    const { index, store } = await buildIndex(plainTree(scratchFolder()), { cacheDir: scratchFolder() });
    let name = 0;
    const batch = fc.record({
      gap: fc.nat(3),
      records: fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 5 }),
      texts: fc.array(fc.string(), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 6 }), (batches) => {
        const writer = new AttachmentWriter(index, `test-${++name}`);
        const expected = new Map<number, { bytes: Uint8Array; texts: readonly string[] }>();
        let next = 0;
        const placed = batches.map(({ gap, records, texts }) => {
          const first = next + gap;
          for (const [n, bytes] of records.entries()) expected.set(first + n, { bytes, texts });
          next = first + records.length;
          return { first, bytes: batchBytes(records, texts) };
        });
        for (const { first, bytes } of placed.reverse()) writer.add(first, bytes);
        expect(Attachment.open(index, `test-${name}`)).toBeUndefined();
        writer.finish();
        const attachment = Attachment.open(index, `test-${name}`);
        for (let number = 0; number < next + 3; number++) {
          const found = attachment?.get(number);
          const read = found && { bytes: Uint8Array.from(found.bytes), texts: found.texts };
          expect(read).toEqual(expected.get(number));
        }
        attachment?.close();
      }),
      { numRuns: 50 },
    );
    index.close();
    store.close();
  });

  it('holds batches larger than a page', async () => {
    const { index, store } = await buildIndex(plainTree(scratchFolder()), { cacheDir: scratchFolder() });
    const writer = new AttachmentWriter(index, 'large');
    for (let n = 0; n < 30; n++) {
      writer.add(n * 2, batchBytes([new Uint8Array(n * 5000).fill(n), Uint8Array.of(n)], [`text ${n}`]));
    }
    writer.finish();
    const attachment = Attachment.open(index, 'large');
    for (let n = 0; n < 30; n++) {
      expect(Uint8Array.from(attachment?.get(n * 2)?.bytes ?? [])).toEqual(new Uint8Array(n * 5000).fill(n));
      expect(attachment?.get(n * 2 + 1)?.texts).toEqual([`text ${n}`]);
    }
    attachment?.close();
    index.close();
    store.close();
  });
});
