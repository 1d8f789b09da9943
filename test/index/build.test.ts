import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../src/git/overlay.ts';
import { openRepository } from '../../src/git/repository.ts';
import { type BuildOptions, buildIndex, cacheFolders, type Progress } from '../../src/index/build.ts';
import { MINI_TREE } from './mini-tree.ts';
import { plainTree, type Sources, scratchFolder, writeTree } from './scratch.ts';

interface Built {
  readonly paths: readonly string[];
  readonly ids: readonly string[];
  readonly bytes: Buffer;
  readonly read: number;
  readonly parsed: number;
  readonly isUnchanged: boolean;
  readonly digest: string;
}

type Tree = Parameters<typeof buildIndex>[0];

async function build(tree: Tree, cacheDir: string, options: Partial<BuildOptions> = {}): Promise<Built> {
  const report = await buildIndex(tree, { cacheDir, threads: 1, ...options });
  const { index, store, read, parsed, isUnchanged } = report;
  const files = Array.from({ length: index.fileCount }, (_, file) => file);
  const built = {
    paths: files.map((file) => index.path(file)),
    ids: files.map((file) => index.id(file)),
    bytes: readFileSync(join(index.folder, 'index')),
    read,
    parsed,
    isUnchanged,
    digest: index.folder.slice(-40),
  };
  index.close();
  store.close();
  return built;
}

function folderOf(files: Sources): string {
  const root = scratchFolder();
  writeTree(root, files);
  return root;
}

/** Files that were there for a while: a second scan trusts their times. */
function age(root: string): void {
  const before = new Date(Date.now() - 3_600_000);
  for (const name of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (name.isFile()) utimesSync(join(name.parentPath, name.name), before, before);
  }
}

function gitOf(root: string): string {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', root, '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
      encoding: 'utf8',
    });
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'all');
  return git('ls-tree', '-r', 'HEAD');
}

/** Many files, so that threads get several batches. */
const MANY: Sources = Object.fromEntries(
  Array.from({ length: 250 }, (_, n) => [
    `d${n % 7}/f${n}.${n % 5 === 0 ? 'h' : 'c'}`,
    `int f${n}(int x) { return f${(n * 7) % 250}(x); }\nstruct s${n % 20} { int a${n}; };\n`,
  ]),
);

describe('a plain folder', () => {
  it('is its .c and .h files, with the ids that git gives them', async () => {
    const root = folderOf({
      ...MINI_TREE,
      README: 'x',
      'a/b.S': 'nop',
      'a/empty.h': '',
      'a/é ü.c': 'int x;',
    });
    const listed = gitOf(root)
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/\s+/)[2]);
    const built = await build(plainTree(root), scratchFolder());
    expect(built.paths).toEqual([...Object.keys(MINI_TREE), 'a/empty.h', 'a/é ü.c'].sort());
    expect(listed).toEqual(expect.arrayContaining([...built.ids]));
  });

  it('leaves out links, also to folders, and git itself', async () => {
    const root = folderOf({ 'a/x.c': 'int x;', 'b/y.c': 'int y;', '.git/z.c': 'int z;' });
    symlinkSync('x.c', join(root, 'a/link.c'));
    symlinkSync('../b', join(root, 'a/folder'));
    symlinkSync('/nowhere', join(root, 'a/dangling.h'));
    expect((await build(plainTree(root), scratchFolder())).paths).toEqual(['a/x.c', 'b/y.c']);
  });

  it('gets nothing written into it', async () => {
    const root = folderOf(MINI_TREE);
    const before = readdirSync(root, { recursive: true }).sort();
    await build(plainTree(root), scratchFolder());
    expect(readdirSync(root, { recursive: true }).sort()).toEqual(before);
  });

  it('is not read again where nothing changed', async () => {
    const [root, cache] = [folderOf(MANY), scratchFolder()];
    age(root);
    // Changing times is a change too: let it be longer ago than a scan doubts.
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect(await build(plainTree(root), cache)).toMatchObject({ read: 250, isUnchanged: false });
    expect(await build(plainTree(root), cache)).toMatchObject({ read: 0, parsed: 0, isUnchanged: true });
  });

  it('has only changed contents parsed, whatever the times say', async () => {
    const [root, cache] = [folderOf(MANY), scratchFolder()];
    const first = await build(plainTree(root), cache);
    writeFileSync(join(root, 'd1/f1.c'), 'int changed;\n');
    const second = await build(plainTree(root), cache);
    expect(second).toMatchObject({ parsed: 1, isUnchanged: false });
    expect(second.ids.filter((id) => !first.ids.includes(id))).toHaveLength(1);
  });

  it('sees a change right after a scan that kept size and time', async () => {
    const [root, cache] = [folderOf({ 'a.c': 'int x = 1;\n' }), scratchFolder()];
    const path = join(root, 'a.c');
    const first = await build(plainTree(root), cache);
    const { atime, mtime } = statSync(path);
    writeFileSync(path, 'int y = 1;\n');
    utimesSync(path, atime, mtime);
    const second = await build(plainTree(root), cache);
    expect(second.ids).not.toEqual(first.ids);
  });

  it('survives a state file that is cut short or damaged', async () => {
    const [root, cache] = [folderOf(MINI_TREE), scratchFolder()];
    const first = await build(plainTree(root), cache);
    const [name] = readdirSync(join(cache, 'plain')) as [string];
    const path = join(cache, 'plain', name);
    const whole = readFileSync(path);
    for (const bytes of [whole.subarray(0, whole.length / 2), Buffer.alloc(0), Buffer.from('nonsense')]) {
      writeFileSync(path, bytes);
      expect((await build(plainTree(root), cache)).digest).toBe(first.digest);
    }
  });

  it('forgets files that are gone', async () => {
    const [root, cache] = [folderOf(MINI_TREE), scratchFolder()];
    await build(plainTree(root), cache);
    rmSync(join(root, 'drivers'), { recursive: true });
    const { paths } = await build(plainTree(root), cache);
    expect(paths).toEqual(
      Object.keys(MINI_TREE)
        .filter((path) => !path.startsWith('drivers'))
        .sort(),
    );
  });
});

describe('the index of a tree', () => {
  it('is the same bytes from a folder, from git and from memory, with one thread and two, in whatever order', async () => {
    const root = folderOf(MANY);
    gitOf(root);
    const repository = await openRepository(root);
    const commit = await repository?.resolve('HEAD');
    const tree = await repository?.tree(commit as string);
    const shuffled = Object.entries(MANY).reverse();
    const builds = [
      await build(plainTree(root), scratchFolder(), { threads: 1 }),
      await build(plainTree(root), scratchFolder(), { threads: 2 }),
      await build(tree as Tree, scratchFolder(), { threads: 2 }),
      await build(
        memoryTree(new Map(shuffled.map(([path, text]) => [path, Buffer.from(text)]))),
        scratchFolder(),
        {
          threads: 2,
        },
      ),
    ];
    repository?.objects.close();
    for (const other of builds) {
      expect(other.paths).toEqual(builds[0]?.paths);
      expect(other.ids).toEqual(builds[0]?.ids);
      expect(other.bytes.equals(builds[0]?.bytes as Buffer)).toBe(true);
    }
  });

  it('does not depend on what was indexed before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(Object.keys(MINI_TREE)),
        fc.subarray(Object.keys(MINI_TREE)),
        async (one, two) => {
          const treeOf = (paths: readonly string[]): Tree =>
            memoryTree(new Map(paths.map((path) => [path, Buffer.from(MINI_TREE[path] as string)])));
          const cache = scratchFolder();
          await build(treeOf(one), cache);
          const after = await build(treeOf(two), cache);
          const alone = await build(treeOf(two), scratchFolder());
          expect(after.bytes.equals(alone.bytes)).toBe(true);
          expect(after.parsed).toBe(two.filter((path) => !one.includes(path)).length);
        },
      ),
      { numRuns: 6 },
    );
  });

  it('of git is opened by the name of its tree', async () => {
    const root = folderOf(MINI_TREE);
    gitOf(root);
    const repository = await openRepository(root);
    const tree = (await repository?.tree((await repository.resolve('HEAD')) as string)) as Tree;
    const cache = scratchFolder();
    const first = await build(tree, cache);
    const listless = { ...tree, list: () => Promise.reject(new Error('listed again')) };
    expect(await build(listless, cache)).toMatchObject({ digest: first.digest, isUnchanged: true });
    repository?.objects.close();
  });
});

describe('building', () => {
  it('tells how far it is', async () => {
    const seen: Progress[] = [];
    await build(plainTree(folderOf(MANY)), scratchFolder(), { progress: (progress) => seen.push(progress) });
    expect(seen.map(({ step }) => step)).toEqual(expect.arrayContaining(['scanning', 'reading', 'linking']));
    expect(seen.findLast(({ step }) => step === 'reading')).toMatchObject({ files: 250, totalFiles: 250 });
  });

  it('stops when it is told to, and goes on from there', async () => {
    const root = folderOf(
      Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f${n}.c`, `int f${n};\n`.repeat(20_000)])),
    );
    const cache = scratchFolder();
    const stop = new AbortController();
    const reason = new Error('stopped');
    const stopped = build(plainTree(root), cache, {
      signal: stop.signal,
      progress: ({ step, files }) => {
        if (step === 'reading' && files > 0) stop.abort(reason);
      },
    });
    await expect(stopped).rejects.toBe(reason);
    const resumed = await build(plainTree(root), cache);
    expect(resumed.paths).toHaveLength(60);
    expect(resumed.parsed).toBeGreaterThan(0);
    expect(resumed.parsed).toBeLessThan(60);
  });

  it('contains a file that is no C at all', async () => {
    const root = folderOf({ 'ok.c': 'int f(void) { return 0; }\n' });
    writeFileSync(join(root, 'bad.c'), Buffer.from([0, 255, 254, 40, 40, 123, 0, 10, 35, 35]));
    mkdirSync(join(root, 'folder.c'));
    expect((await build(plainTree(root), scratchFolder())).paths).toEqual(['bad.c', 'ok.c']);
  });
});

describe('eviction', () => {
  it('drops other versions, then facts and trees that were not used for longest, and keeps the tree in use', async () => {
    const cache = scratchFolder();
    const treeOf = (n: number): Tree =>
      memoryTree(
        new Map(
          Array.from({ length: 20 }, (_, i) => [
            `f${i}.c`,
            Buffer.from(`int f${n}_${i};\n${`int g${n}_${i}(void) { return ${n}; }\n`.repeat(50)}`),
          ]),
        ),
      );
    const old = join(cache, 'facts', '0123456789abcdef');
    mkdirSync(old, { recursive: true });
    writeFileSync(join(old, 'x'), Buffer.alloc(1 << 20));
    const { trees } = cacheFolders(cache);
    const count = (): number =>
      readdirSync(trees, { withFileTypes: true }).filter((e) => e.isDirectory()).length;
    for (let n = 0; n < 3; n++) await build(treeOf(n), cache);
    expect(count()).toBe(3);
    expect(readdirSync(join(cache, 'facts'))).toHaveLength(2);
    const last = await build(treeOf(3), cache, { cacheBytes: 1 });
    expect(readdirSync(join(cache, 'facts'))).toHaveLength(1);
    expect(count()).toBe(1);
    expect(await build(treeOf(3), cache)).toMatchObject({ parsed: 0, digest: last.digest });
    expect(await build(treeOf(0), cache)).toMatchObject({ parsed: 20 });
  });
});
