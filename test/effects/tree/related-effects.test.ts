import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildTreeEffects } from '../../../src/effects/tree/build.ts';
import { openEffects } from '../../../src/effects/tree/related-effects.ts';
import { openIndex } from '../../../src/index/open-index.ts';
import { plainTree, type Sources, scratchFolder, writeTree } from '../../index/scratch.ts';

const file = (n: number): string => `
  static struct mutex m${n};
  static struct mutex n${n};
  void before${n}(void) { }
  void take${n}(void) { mutex_lock(&m${n}); mutex_lock(&n${n}); mutex_unlock(&n${n}); mutex_unlock(&m${n}); }`;

const TREE: Sources = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`lib/f${n}.c`, file(n)]));

async function indexed(root: string, cacheDir: string) {
  const opened = await openIndex(plainTree(root), { cacheDir, threads: 1 });
  const elapsed = await buildTreeEffects(opened.report.index, {
    cacheDir,
    factsFolder: opened.report.store.folder,
    threads: 1,
  });
  const effects = openEffects(opened.report.index);
  const program = opened.program();
  const named = (name: string) => {
    const [ref] = program.allFunctions(name);
    if (ref === undefined) throw new Error(`no ${name}`);
    return ref;
  };
  return { opened, effects, program, named, isComputed: elapsed > 0 };
}

it('serve a tree of which a few files differ, but for those files', async () => {
  const [root, cacheDir] = [scratchFolder(), scratchFolder()];
  writeTree(root, TREE);
  const first = await indexed(root, cacheDir);
  expect(first.isComputed).toBe(true);
  first.effects?.close();
  first.opened.close();
  // One more function in front: numbers behind it are others now.
  writeFileSync(join(root, 'lib/f1.c'), `void new_one(void) { }${file(1)}`);
  const second = await indexed(root, cacheDir);
  expect(second.isComputed).toBe(false);
  const { effects, program, named } = second;
  expect(effects?.locks(named('take2'))?.acquires.map((a) => a.lockClass)).toEqual([
    'lib/f2.c:m2',
    'lib/f2.c:n2',
  ]);
  expect(effects?.locks(named('take1'))).toBeUndefined();
  const witnesses = (lock: string) =>
    effects?.lockGraph
      .under(lock)
      .flatMap((d) => d.witnesses.map(({ number }) => program.definition(effects.witness(number))?.name));
  expect(witnesses('lib/f39.c:m39')).toEqual(['take39']);
  expect(witnesses('lib/f1.c:m1')).toEqual([undefined]);
  effects?.close();
  second.opened.close();
});

it('do not serve a tree that differs in much', async () => {
  const [root, cacheDir] = [scratchFolder(), scratchFolder()];
  writeTree(root, TREE);
  const first = await indexed(root, cacheDir);
  first.effects?.close();
  first.opened.close();
  for (let n = 0; n < 5; n++) writeFileSync(join(root, `lib/f${n}.c`), `${file(n)}\nvoid more${n}(void) { }`);
  const second = await indexed(root, cacheDir);
  expect(second.isComputed).toBe(true);
  second.effects?.close();
  second.opened.close();
});
