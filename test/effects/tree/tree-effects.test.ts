import { describe, expect, it } from 'vitest';
import { effectsOf } from '../../../src/effects/effects.ts';
import { lockEffectsOf } from '../../../src/effects/locks/lock-effects.ts';
import { useStore } from '../../../src/effects/stores.ts';
import { functionBatches } from '../../../src/effects/tree/batches.ts';
import { buildTreeEffects } from '../../../src/effects/tree/build.ts';
import { ChangedEffects } from '../../../src/effects/tree/changed-effects.ts';
import { TreeEffects } from '../../../src/effects/tree/tree-effects.ts';
import { MAY_NULL } from '../../../src/effects/values.ts';
import type { IndexProgram } from '../../../src/index/index-program.ts';
import { type OpenedIndex, openIndex } from '../../../src/index/open-index.ts';
import { plainTree, type Sources, scratchFolder, writeTree } from '../../index/scratch.ts';

const TREE: Sources = {
  'include/dev.h': `
    struct dev { struct mutex lock; struct dev *next; };
    struct dev *find(int id);
    void take(struct dev *d);
    static inline void take_once(struct dev *d) { take(d); }
    #define with(d) take_once(d)`,
  'lib/find.c': `
    #include "../include/dev.h"
    static struct dev *first;
    struct dev *find(int id) { if (id < 0) return NULL; return first; }
    struct dev *find_again(int id) { return find(id); }`,
  'lib/take.c': `
    #include "../include/dev.h"
    void take(struct dev *d) { mutex_lock(&d->lock); mutex_unlock(&d->lock); }
    int even(int n) { return n == 0 ? 1 : odd(n - 1); }
    int odd(int n) { take(0); return n == 0 ? 0 : even(n - 1); }`,
  'lib/ring.c': `
    static struct mutex ring_mutex;
    void ring_flush(int n) { if (n) ring_unlock(n - 1); }
    void ring_put(int n) { ring_flush(n); mutex_unlock(&ring_mutex); }
    void ring_end(int n) { ring_put(n); }
    void ring_unlock(int n) { ring_end(n); }
    void ring_leave(int n) { ring_unlock(n); }`,
  'net/user.c': `
    #include "../include/dev.h"
    void outer(struct dev *d) { with(d); }
    void outermost(struct dev *d) { outer(d); even(3); }`,
};

/** Two batches: functions that call each other in one large cycle, by name, through a field and through a macro. */
const LARGE_TREE: Sources = {
  ...TREE,
  'include/ring.h': `
    struct ring_ops { int (*turn)(int n); };
    struct ring { struct mutex lock; const struct ring_ops *ops; };
    int ring_run(struct ring *ring, int (*turn)(int n));
    #define RING_TURN(ring) ring_run(ring, last_of_all)`,
  ...Object.fromEntries(
    [0, 1].map((part) => [
      `ring/part${part}.c`,
      `#include "../include/ring.h"
      static struct ring *ring${part};
      ${Array.from({ length: 1100 }, (_, n) => functionOf(part, n)).join('\n')}
      static const struct ring_ops ops${part} = { .turn = turn_${part}_1099 };`,
    ]),
  ),
  'ring/run.c': `
    #include "../include/ring.h"
    int last_of_all(int n) { return turn_0_7(n); }
    int ring_run(struct ring *ring, int (*turn)(int n)) {
      int result;
      mutex_lock(&ring->lock);
      result = turn(1);
      mutex_unlock(&ring->lock);
      return result;
    }`,
};

function functionOf(part: number, n: number): string {
  const next = n % 50 === 0 ? 'RING_TURN(ring)' : `turn_${part}_${n - 1}(n)`;
  const through = n % 70 === 0 ? 'ring->ops->turn(n);' : '';
  return `int turn_${part}_${n}(int n) { struct ring *ring = ring${part}; ${through} if (n < 0) return ${next}; return 0; }`;
}

async function opened(
  threads: number,
  tree: Sources = TREE,
): Promise<{ index: OpenedIndex; effects: TreeEffects }> {
  const root = scratchFolder();
  const cacheDir = scratchFolder();
  writeTree(root, tree);
  const index = await openIndex(plainTree(root), { cacheDir, threads: 1 });
  const options = { cacheDir, factsFolder: index.report.store.folder, threads };
  await buildTreeEffects(index.report.index, options);
  const effects = TreeEffects.open(index.report.index);
  if (effects === undefined) throw new Error('the effects were not written');
  return { index, effects };
}

const definition = (program: IndexProgram, name: string) => {
  const [ref] = program.allFunctions(name);
  if (ref === undefined) throw new Error(`no ${name}`);
  return ref;
};

/** Classes that a function takes, itself or below. */
const taken = (effects: { locks: TreeEffects['locks'] }, program: IndexProgram, name: string) => [
  ...new Set(effects.locks(definition(program, name))?.acquires.map((a) => a.lockClass)),
];

describe('the effects of a tree', () => {
  it('go up through calls, macros and cycles', async () => {
    const { index, effects } = await opened(1);
    const program = index.program();
    const found = effects.summary(definition(program, 'find'));
    expect((found?.result ?? 0) & MAY_NULL).toBe(MAY_NULL);
    expect(found?.nullLine).toBe(4);
    expect(taken(effects, program, 'outer')).toEqual(['struct dev.lock']);
    expect(taken(effects, program, 'outermost')).toEqual(['struct dev.lock']);
    expect(taken(effects, program, 'even')).toEqual(['struct dev.lock']);
    effects.close();
    index.close();
  });

  it('tell what a function of a cycle releases, several calls down', async () => {
    const { index, effects } = await opened(1);
    const program = index.program();
    for (const name of ['ring_put', 'ring_unlock', 'ring_leave']) {
      const net = effects.locks(definition(program, name))?.net;
      expect(net?.map(({ operation, place }) => `${operation} ${place}`)).toEqual(['release @ring_mutex']);
    }
    effects.close();
    index.close();
  });

  it('are the same with one thread and with two', async () => {
    const [one, two] = [await opened(1, LARGE_TREE), await opened(2, LARGE_TREE)];
    const programs = [one.index.program(), two.index.program()] as const;
    expect(functionBatches(two.index.report.index).length).toBeGreaterThan(1);
    expect(taken(one.effects, programs[0], 'turn_1_1050')).toEqual(['struct ring.lock']);
    for (const path of Object.keys(LARGE_TREE)) {
      for (const [n, ref] of programs[0].definitions(path).entries()) {
        const other = programs[1].definitions(path)[n];
        if (other === undefined) throw new Error(`no ${ref.id}`);
        expect(two.effects.summary(other)).toEqual(one.effects.summary(ref));
        expect(two.effects.locks(other)).toEqual(one.effects.locks(ref));
      }
    }
    for (const { index, effects } of [one, two]) {
      effects.close();
      index.close();
    }
  });

  it('are not given for what nobody calls by name, and asked anew where they are', async () => {
    const { index, effects } = await opened(1);
    const program = index.program();
    expect(effects.summary(definition(program, 'find_again'))).toBeUndefined();
    useStore(program, effects);
    const made = effectsOf(program).summary(definition(program, 'find_again'));
    expect(made.nullFrom).toBe('find');
    effects.close();
    index.close();
  });
});

describe('a changed file', () => {
  const changed = async (path: string, from: string, to: string) => {
    const { index, effects } = await opened(1);
    const text = (TREE[path] as string).replace(from, to);
    const now = index.program(new Map([[path, Buffer.from(text)]]));
    const store = new ChangedEffects(effects, index.program(), now, [path]);
    useStore(now, store);
    const close = (): void => {
      effects.close();
      index.close();
    };
    return { now, store, close };
  };

  it('makes the effects of callers anew, as far up as they differ', async () => {
    const { now, store, close } = await changed(
      'lib/take.c',
      'mutex_lock(&d->lock); mutex_unlock(&d->lock);',
      '',
    );
    expect(store.locks(definition(now, 'outer'))).toBeUndefined();
    expect(lockEffectsOf(now).summary(definition(now, 'outermost')).acquires).toEqual([]);
    close();
  });

  it('leaves the effects of others as they are', async () => {
    const { now, store, close } = await changed('lib/find.c', 'return NULL', 'return first->next');
    expect(taken(store, now, 'outer')).toEqual(['struct dev.lock']);
    expect(effectsOf(now).summary(definition(now, 'find')).result & MAY_NULL).toBe(0);
    close();
  });
});
