/** The stores of the index on a disk that is full: a clear error, and nothing that was written before is lost. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blobId, memoryTree } from '../../src/git/overlay.ts';
import { buildIndex } from '../../src/index/build.ts';
import { BlobStore } from '../../src/index/store.ts';
import { smallDisk } from '../small-disk.ts';

const { folder, mounted } = smallDisk('8m');

const ballast = join(folder, 'ballast');
function fill(): void {
  const chunk = Buffer.alloc(64 * 1024);
  const parts: Buffer[] = [];
  try {
    for (;;) {
      parts.push(chunk);
      writeFileSync(ballast, chunk, { flag: 'a' });
    }
  } catch {
    expect(parts.length).toBeGreaterThan(1);
  }
}

test.runIf(mounted)('a store keeps what it had, and takes more when there is room again', () => {
  const record = (n: number) => Buffer.alloc(100_000, n);
  const id = (n: number) => blobId(record(n));
  const store = BlobStore.open(join(folder, 'store'));
  for (let n = 0; n < 5; n++) store.put(id(n), record(n));
  store.flush();
  fill();
  expect(() => {
    for (let n = 5; n < 100; n++) {
      store.put(id(n), record(n));
      store.flush();
    }
  }).toThrow(/ENOSPC/);
  rmSync(ballast);
  const again = BlobStore.open(join(folder, 'store'));
  for (let n = 0; n < 5; n++) expect(again.get(id(n))).toEqual(new Uint8Array(record(n)));
  // What was cut off is not there, rather than there by half.
  for (let n = 5; n < 100; n++) {
    const found = again.get(id(n));
    expect(found === undefined || Buffer.compare(found, record(n)) === 0).toBe(true);
  }
  again.put(id(200), record(200));
  again.close();
  const last = BlobStore.open(join(folder, 'store'));
  expect(last.get(id(200))).toEqual(new Uint8Array(record(200)));
  last.close();
  rmSync(join(folder, 'store'), { recursive: true });
});

test.runIf(mounted)('a tree that does not fit is an error, and is indexed when it does', async () => {
  const cacheDir = join(folder, 'cache');
  const source = (n: number) => `int f${n}(int x)\n{\n${'\tx += g(x);\n'.repeat(200)}\treturn x;\n}\n`;
  const tree = memoryTree(
    new Map(Array.from({ length: 80 }, (_, n) => [`lib/f${n}.c`, Buffer.from(source(n))])),
  );
  fill();
  await expect(buildIndex(tree, { cacheDir })).rejects.toThrow(/ENOSPC|no space/i);
  rmSync(ballast);
  const { index, store } = await buildIndex(tree, { cacheDir });
  expect(index.info.stats.functions).toBe(80);
  index.close();
  store.close();
});
