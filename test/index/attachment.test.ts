import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Attachment, AttachmentWriter } from '../../src/index/attachment.ts';
import { buildIndex } from '../../src/index/build.ts';
import { plainTree, scratchFolder } from './scratch.ts';

describe('an attachment', () => {
  it('gives back by key whatever was put, and nothing else', async () => {
    const { index, store } = await buildIndex(plainTree(scratchFolder()), { cacheDir: scratchFolder() });
    let name = 0;
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.uint8Array({ maxLength: 200 })),
        fc.string(),
        (records, other) => {
          const writer = new AttachmentWriter(index, `test-${++name}`);
          for (const [key, value] of Object.entries(records)) writer.put(key, value);
          expect(Attachment.open(index, `test-${name}`)).toBeUndefined();
          writer.finish();
          const attachment = Attachment.open(index, `test-${name}`);
          for (const [key, value] of Object.entries(records)) {
            expect(Uint8Array.from(attachment?.get(key) ?? [])).toEqual(value);
          }
          if (!Object.hasOwn(records, other)) expect(attachment?.get(other)).toBeUndefined();
          attachment?.close();
        },
      ),
      { numRuns: 50 },
    );
    index.close();
    store.close();
  });

  it('holds many records, larger than a page', async () => {
    const { index, store } = await buildIndex(plainTree(scratchFolder()), { cacheDir: scratchFolder() });
    const writer = new AttachmentWriter(index, 'large');
    for (let n = 0; n < 300; n++) writer.put(`key ${n}`, new Uint8Array(n * 500).fill(n));
    writer.finish();
    const attachment = Attachment.open(index, 'large');
    for (let n = 0; n < 300; n++) {
      const value = attachment?.get(`key ${n}`);
      expect(value?.length).toBe(n * 500);
      expect(value?.every((byte) => byte === (n & 255))).toBe(true);
    }
    attachment?.close();
    index.close();
    store.close();
  });
});
