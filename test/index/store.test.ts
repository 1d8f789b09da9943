import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobStore } from '../../src/index/store.ts';

const idOf = (text: string): string => createHash('sha1').update(text).digest('hex');
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adjutant-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const textOf = (store: BlobStore, id: string): string | undefined => {
  const bytes = store.get(id);
  return bytes && new TextDecoder().decode(bytes);
};

function fill(texts: readonly string[]): void {
  const store = BlobStore.open(folder);
  for (const text of texts) store.put(idOf(text), bytesOf(text));
  store.close();
}

const filesOf = (extension: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(extension))
    .map((name) => join(folder, name));

describe('what was put', () => {
  it('is got back, in this store and in one that is opened later', () => {
    const store = BlobStore.open(folder);
    store.put(idOf('a'), bytesOf('facts of a'));
    expect(textOf(store, idOf('a'))).toBe('facts of a');
    store.close();
    const later = BlobStore.open(folder);
    expect(later.has(idOf('a'))).toBe(true);
    expect(textOf(later, idOf('a'))).toBe('facts of a');
    expect(later.get(idOf('b'))).toBeUndefined();
    later.close();
  });

  it('tells SHA-256 ids apart', () => {
    const ids = ['x', 'y'].map((text) => createHash('sha256').update(text).digest('hex'));
    const store = BlobStore.open(folder);
    for (const id of ids) store.put(id, bytesOf(id));
    expect(ids.map((id) => textOf(store, id))).toEqual(ids);
    store.close();
  });

  it('is got back for any sequence of records, alone and in bulk', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(30), fc.uint8Array({ maxLength: 3000 })), { maxLength: 60 }),
        (puts) => {
          rmSync(folder, { recursive: true, force: true });
          const store = BlobStore.open(folder);
          const expected = new Map<string, Uint8Array>();
          for (const [n, bytes] of puts) {
            store.put(idOf(String(n)), bytes);
            expected.set(idOf(String(n)), bytes);
          }
          store.close();
          const later = BlobStore.open(folder);
          const found = new Map<string, Uint8Array>();
          const missing = later.getAll([...expected.keys(), idOf('missing')], (id, bytes) =>
            found.set(id, new Uint8Array(bytes)),
          );
          for (const [id, bytes] of expected) expect(later.get(id)).toEqual(bytes);
          later.close();
          expect(missing).toEqual([idOf('missing')]);
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a torn write', () => {
  const texts = ['first record', 'second', 'the third record'];

  it('costs the torn record and no other, wherever the segment ends', () => {
    fill(texts);
    const [seg] = filesOf('.seg') as [string];
    const whole = readFileSync(seg);
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(seg, whole.subarray(0, length));
      const store = BlobStore.open(folder);
      let end = 0;
      for (const text of texts) {
        end += text.length;
        expect(textOf(store, idOf(text))).toBe(end <= length ? text : undefined);
      }
      store.close();
    }
  });

  it('costs the torn entry and no other, wherever the index ends; writing goes on behind it', () => {
    fill(texts);
    const [idx] = filesOf('.idx') as [string];
    const whole = readFileSync(idx);
    const entry = whole.length / texts.length;
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(idx, whole.subarray(0, length));
      const before = BlobStore.open(folder);
      texts.forEach((text, n) => {
        expect(textOf(before, idOf(text))).toBe((n + 1) * entry <= length ? text : undefined);
      });
      before.put(idOf('new'), bytesOf('new'));
      before.close();
      const after = BlobStore.open(folder);
      expect(textOf(after, idOf('new'))).toBe('new');
      texts.forEach((text, n) => {
        expect(textOf(after, idOf(text))).toBe((n + 1) * entry <= length ? text : undefined);
      });
      after.close();
    }
  });

  it('is never read as a record, whichever byte is wrong', () => {
    fill(texts);
    for (const path of [...filesOf('.seg'), ...filesOf('.idx')]) {
      const whole = readFileSync(path);
      for (let at = 0; at < whole.length; at++) {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] as number) ^ 0x40;
        writeFileSync(path, damaged);
        const store = BlobStore.open(folder);
        const right = texts.filter((text) => textOf(store, idOf(text)) === text);
        expect(right).toHaveLength(texts.length - 1);
        for (const text of texts) expect([text, undefined]).toContain(textOf(store, idOf(text)));
        store.close();
      }
      writeFileSync(path, whole);
    }
  });

  it('leaves a store that takes the record again', () => {
    fill(texts);
    const [seg] = filesOf('.seg') as [string];
    truncateSync(seg, 5);
    fill(texts);
    const store = BlobStore.open(folder);
    for (const text of texts) expect(textOf(store, idOf(text))).toBe(text);
    store.close();
  });

  it('leaves garbage behind the segment unread', () => {
    fill(texts);
    appendFileSync((filesOf('.seg') as [string])[0], 'half a record');
    fill(['fourth']);
    const store = BlobStore.open(folder);
    for (const text of [...texts, 'fourth']) expect(textOf(store, idOf(text))).toBe(text);
    store.close();
  });
});

/** Starts a process that puts `count` records named `<name>-<n>` and flushes each; resolves when it ends. */
function writer(name: string, count: number): { done: Promise<number | null>; kill: () => void } {
  const module = new URL('../../src/index/store.ts', import.meta.url).href;
  const script = `
    import { createHash } from 'node:crypto';
    const { BlobStore } = await import(${JSON.stringify(module)});
    const store = BlobStore.open(${JSON.stringify(folder)});
    for (let n = 0; n < ${count}; n++) {
      const text = '${name}-' + n;
      store.put(createHash('sha1').update(text).digest('hex'), Buffer.from(text.repeat(50)));
      store.flush();
      if (n % 10 === 0) console.log(n);
    }
    store.close();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.resume();
  return {
    done: new Promise((resolve) => child.on('close', (status) => resolve(status))),
    kill: () => child.kill('SIGKILL'),
  };
}

describe('several processes', () => {
  it('write at once, and everybody reads everything', async () => {
    const writers = [writer('x', 200), writer('y', 200), writer('z', 200)];
    expect(await Promise.all(writers.map(({ done }) => done))).toEqual([0, 0, 0]);
    const store = BlobStore.open(folder);
    for (const name of ['x', 'y', 'z']) {
      for (let n = 0; n < 200; n++)
        expect(textOf(store, idOf(`${name}-${n}`))).toBe(`${name}-${n}`.repeat(50));
    }
    store.close();
    expect(filesOf('.lock')).toEqual([]);
  });

  it('see what the others wrote after refresh()', async () => {
    const store = BlobStore.open(folder);
    expect(await writer('x', 3).done).toBe(0);
    expect(store.has(idOf('x-1'))).toBe(false);
    store.refresh();
    expect(textOf(store, idOf('x-1'))).toBe('x-1'.repeat(50));
    store.close();
  });

  it('lose at most what was not flushed when one of them is killed', async () => {
    const killed = writer('x', 1_000_000);
    while (!filesOf('.idx').some((path) => readFileSync(path).length > 2000)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    killed.kill();
    await killed.done;
    const store = BlobStore.open(folder);
    expect(store.size).toBeGreaterThan(40);
    for (let n = 0; n < store.size - 1; n++) expect(textOf(store, idOf(`x-${n}`))).toBe(`x-${n}`.repeat(50));
    store.put(idOf('after'), bytesOf('after'));
    store.close();
    const later = BlobStore.open(folder);
    expect(textOf(later, idOf('after'))).toBe('after');
    later.compact(() => true);
    expect(textOf(later, idOf('x-0'))).toBe('x-0'.repeat(50));
    expect(filesOf('.lock')).toEqual([]);
    later.close();
  });
});

describe('compaction', () => {
  const texts = Array.from({ length: 50 }, (_, n) => `record ${n} `.repeat(n + 1));

  it('keeps what is live, drops the rest and frees its bytes', () => {
    fill(texts.slice(0, 30));
    fill(texts.slice(20));
    const live = new Set(texts.filter((_, n) => n % 3 === 0).map(idOf));
    const store = BlobStore.open(folder);
    const before = store.bytes();
    store.compact((id) => live.has(id));
    expect(store.bytes()).toBeLessThan(before);
    for (const text of texts) expect(textOf(store, idOf(text))).toBe(live.has(idOf(text)) ? text : undefined);
    store.close();
    const later = BlobStore.open(folder);
    for (const text of texts) expect(textOf(later, idOf(text))).toBe(live.has(idOf(text)) ? text : undefined);
    later.close();
  });

  it('leaves a reader that is open with everything that is live', () => {
    fill(texts);
    const reader = BlobStore.open(folder);
    const other = BlobStore.open(folder);
    other.compact((id) => id !== idOf(texts[0] as string));
    other.close();
    for (const text of texts.slice(1)) expect(textOf(reader, idOf(text))).toBe(text);
    reader.close();
  });

  it('leaves a segment alone that another store appends to', () => {
    const appending = BlobStore.open(folder);
    appending.put(idOf('x'), bytesOf('x'));
    appending.flush();
    const other = BlobStore.open(folder);
    other.compact(() => false);
    other.close();
    appending.put(idOf('y'), bytesOf('y'));
    appending.close();
    const later = BlobStore.open(folder);
    expect(textOf(later, idOf('x'))).toBe('x');
    expect(textOf(later, idOf('y'))).toBe('y');
    later.close();
  });
});
