import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { applyPatch } from '../../src/git/apply-patch.ts';
import { decodeText, encodeText } from '../../src/git/bytes.ts';
import type { FileDiff } from '../../src/git/change.ts';
import { composeDiffs } from '../../src/git/compose-diffs.ts';
import { memoryTree } from '../../src/git/overlay.ts';
import { parsePatch } from '../../src/git/patch.ts';

const tree = (files: Record<string, string>) =>
  memoryTree(new Map(Object.entries(files).map(([path, text]) => [path, encodeText(text)])));

async function contents(source: Awaited<ReturnType<typeof applyPatch>>['tree']) {
  const paths = [...(await source.list()).keys()].sort();
  const files = await source.read(paths);
  return Object.fromEntries(paths.map((path) => [path, decodeText(files.get(path) as Uint8Array)]));
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('');

describe('applying', () => {
  const patch = parsePatch('--- a/x.c\n+++ b/x.c\n@@ -4,3 +4,4 @@\n line 4\n+new\n line 5\n line 6\n');

  test('at the stated lines', async () => {
    const applied = await applyPatch(tree({ 'x.c': numbers(1, 9) }), patch);
    expect(await contents(applied.tree)).toEqual({ 'x.c': `${numbers(1, 4)}new\n${numbers(5, 9)}` });
  });

  test('where the lines have moved to; the diff says where', async () => {
    const applied = await applyPatch(tree({ 'x.c': `a\nb\n${numbers(1, 9)}` }), patch);
    expect(await contents(applied.tree)).toEqual({ 'x.c': `a\nb\n${numbers(1, 4)}new\n${numbers(5, 9)}` });
    expect(applied.diff[0]?.hunks[0]).toMatchObject({ oldStart: 6, newStart: 6 });
  });

  test('does not touch the base, and names the result by its content', async () => {
    const base = tree({ 'x.c': numbers(1, 9) });
    const once = await applyPatch(base, patch);
    const again = await applyPatch(base, patch);
    expect(await contents(base)).toEqual({ 'x.c': numbers(1, 9) });
    expect(once.tree.id).toBe(again.tree.id);
    expect(once.tree.id).not.toBe(base.id);
  });

  test('renames that change places', async () => {
    const swap = parsePatch(`diff --git a/a.c b/b.c
similarity index 100%
rename from a.c
rename to b.c
diff --git a/b.c b/a.c
similarity index 100%
rename from b.c
rename to a.c
`);
    const applied = await applyPatch(tree({ 'a.c': 'A\n', 'b.c': 'B\n' }), swap);
    expect(await contents(applied.tree)).toEqual({ 'a.c': 'B\n', 'b.c': 'A\n' });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['the file is missing', {}, /changes x\.c, which is not in the tree/],
    ['the lines differ', { 'x.c': 'other\n' }, /hunk 1 of x\.c \(line 4\) does not match/],
  ])('says what does not fit where %s', async (_name, files, message) => {
    await expect(applyPatch(tree(files), patch)).rejects.toThrow(message);
  });

  test('refuses to add what is there and to delete what differs', async () => {
    const add = parsePatch('--- /dev/null\n+++ b/x.c\n@@ -0,0 +1 @@\n+a\n');
    await expect(applyPatch(tree({ 'x.c': 'a\n' }), add)).rejects.toThrow(/adds x\.c, which is in the tree/);
    const remove = parsePatch('--- a/x.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n');
    await expect(applyPatch(tree({ 'x.c': 'a\nb\n' }), remove)).rejects.toThrow(/deletes x\.c/);
  });

  test('gives up on a hunk that could be anywhere instead of searching for ever', async () => {
    const same = 'x\n'.repeat(40_000);
    const lines = [...Array.from({ length: 20_000 }, () => ' x'), '-y', ' z'];
    const hunk = { oldStart: 20_000, oldCount: 20_002, newStart: 20_000, newCount: 20_001, lines };
    const diff: FileDiff[] = [{ oldPath: 'x.c', newPath: 'x.c', binary: false, hunks: [hunk] }];
    await expect(applyPatch(tree({ 'x.c': same }), diff)).rejects.toThrow(/does not match/);
  });
});

describe('against git', () => {
  const folder = mkdtempSync(join(tmpdir(), 'adjutant-apply-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const line = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        'a',
        'b',
        '\tc',
        '',
        '-d',
        '+e',
        ' f',
        '\\ g',
        '@@ -1 +1 @@',
        '--- a/x',
        'diff --git a/x b/x',
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom('CR\r', 'ü', '\udcfc', '\u2028', '-- ') },
  );
  const file = fc.tuple(fc.array(line, { maxLength: 30 }), fc.boolean()).map(([lines, newline]) => {
    const text = lines.join('\n');
    return lines.length > 0 && newline ? `${text}\n` : text;
  });
  /** A file, and what a few edits make of it. */
  const edited = fc
    .tuple(
      file,
      fc.array(fc.tuple(fc.nat(30), fc.nat(3), fc.array(line, { maxLength: 3 })), { maxLength: 4 }),
      fc.boolean(),
    )
    .map(([before, edits, newline]) => {
      const lines = before.split('\n');
      for (const [at, remove, insert] of edits) lines.splice(Math.min(at, lines.length), remove, ...insert);
      const after = lines.join('\n');
      return { before, after: newline && after !== '' && !after.endsWith('\n') ? `${after}\n` : after };
    });
  const path = fc.constantFrom('a.c', 'd/b.c', 'with blank.c', 'ü.c', '"q".c', 'tab\t.c');
  const change = fc.dictionary(path, fc.option(edited, { freq: 8 }), {
    minKeys: 1,
    maxKeys: 4,
    noNullPrototype: true,
  });

  function gitDiff(before: Record<string, string>, after: Record<string, string>, context: number): Buffer {
    for (const [side, files] of [
      ['a', before],
      ['b', after],
    ] as const) {
      rmSync(join(folder, side), { recursive: true, force: true });
      mkdirSync(join(folder, side), { recursive: true });
      for (const [name, text] of Object.entries(files)) {
        const full = join(folder, side, name);
        mkdirSync(join(full, '..'), { recursive: true });
        writeFileSync(full, encodeText(text));
      }
    }
    try {
      execFileSync('git', ['diff', '--no-index', '--no-renames', `-U${context}`, '--no-prefix', 'a', 'b'], {
        cwd: folder,
      });
      return Buffer.alloc(0);
    } catch (error) {
      return (error as { stdout: Buffer }).stdout;
    }
  }

  function sides(files: Record<string, { before: string; after: string } | null>) {
    const before: Record<string, string> = {};
    const after: Record<string, string> = {};
    for (const [name, texts] of Object.entries(files)) {
      if (texts === null) before[name] = 'to be deleted\n';
      else {
        before[name] = texts.before;
        after[name] = texts.after;
      }
    }
    return { before, after };
  }

  test('what git diff writes is applied to what it was made from', async () => {
    await fc.assert(
      fc.asyncProperty(change, fc.constantFrom(1, 3), async (files, context) => {
        const { before, after } = sides(files);
        const diff = parsePatch(gitDiff(before, after, context));
        const applied = await applyPatch(tree(before), diff);
        expect(await contents(applied.tree)).toEqual(after);
      }),
      { numRuns: 60 },
    );
  });

  test('a moved hunk goes where git apply puts it, and fails where it fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        edited,
        fc.array(fc.constantFrom('a', 'b', 'new'), { maxLength: 5 }),
        async (texts, shift) => {
          const patch = gitDiff({ 'x.c': texts.before }, { 'x.c': texts.after }, 3);
          const moved = shift.map((entry) => `${entry}\n`).join('') + texts.before;
          const diff = parsePatch(patch);
          const ours = await applyPatch(tree({ 'x.c': moved }), diff).then(
            async (applied) => (await contents(applied.tree))['x.c'],
            () => undefined,
          );
          const theirs = gitApply(moved, patch);
          // Ours takes a hunk at its stated line where git insists on the end of the file.
          if (theirs !== undefined) expect(ours).toBe(theirs);
        },
      ),
      { numRuns: 60 },
    );
  });

  function gitApply(text: string, patch: Buffer): string | undefined {
    const repository = join(folder, 'apply');
    if (!existsSync(repository)) execFileSync('git', ['init', '-q', repository]);
    writeFileSync(join(repository, 'x.c'), encodeText(text));
    try {
      execFileSync('git', ['apply', '--whitespace=nowarn', '-'], {
        cwd: repository,
        input: patch,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
    } catch {
      return undefined;
    }
    return decodeText(readFileSync(join(repository, 'x.c')));
  }

  test('a series composed is the diff from its first state to its last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edited, { minLength: 2, maxLength: 4 }), async (edits) => {
        const states = [edits[0]?.before ?? '', ...edits.map((edit) => edit.after)];
        const base = tree({ 'x.c': states[0] ?? '' });
        const diffs: (readonly FileDiff[])[] = [];
        let current = base;
        for (let index = 1; index < states.length; index += 1) {
          const diff = parsePatch(
            gitDiff({ 'x.c': states[index - 1] ?? '' }, { 'x.c': states[index] ?? '' }, 3),
          );
          const applied = await applyPatch(current, diff);
          diffs.push(applied.diff);
          current = applied.tree;
        }
        const composed = composeDiffs(diffs).filter((file) => file.hunks.length > 0);
        const applied = await applyPatch(base, composed);
        expect(await contents(applied.tree)).toEqual({ 'x.c': states.at(-1) });
      }),
      { numRuns: 40 },
    );
  });
});
