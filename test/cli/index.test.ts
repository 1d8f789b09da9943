import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { progressText } from '../../src/cli/progress-line.ts';
import { run } from '../../src/cli/run.ts';
import { MINI_TREE } from '../index/mini-tree.ts';
import { scratchFolder, writeTree } from '../index/scratch.ts';

interface Result {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function adjutant(
  args: readonly string[],
  env: Record<string, string>,
  isTTY = false,
): Promise<Result> {
  let out = '';
  let err = '';
  const status = await run(args, {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text), isTTY },
    readInput: () => Promise.resolve(new Uint8Array()),
    cwd: '/',
    env,
  });
  return { status, out, err };
}

function tree(): { root: string; env: Record<string, string> } {
  const root = scratchFolder();
  writeTree(root, {
    ...MINI_TREE,
    'lib/broken.c': 'int broken(void)\n{\n\tif ((;\n}\nint ok(void) { return 1; }\n',
  });
  return { root, env: { ADJUTANT_CACHE_DIR: scratchFolder() } };
}

describe('adjutant index', () => {
  it('says what it read, and that nothing changed the second time', async () => {
    const { root, env } = tree();
    const first = await adjutant(['index', '--repo', root], env);
    expect(first).toMatchObject({ status: 0 });
    expect(first.out).toMatch(/^\S+: 12 files \(12 parsed\), 18 functions, \d+\.\d s\n$/);
    const second = await adjutant(['index', '--repo', root], env);
    expect(second.out).toMatch(/: 12 files \(unchanged\), /);
  });

  it('prints figures with --stats and places with --errors', async () => {
    const { root, env } = tree();
    const { out } = await adjutant(['index', '--repo', root, '--stats', '--errors'], env);
    expect(out).toMatch(/^lib\/broken\.c:\d+: broken: \S/m);
    for (const [label, value] of [
      ['files', '12'],
      ['operations tables', '5'],
      ['indirect calls', '2'],
    ]) {
      expect(out).toMatch(new RegExp(`^${label} +${value}$`, 'm'));
    }
    for (const label of [
      'types',
      'parse errors',
      'bytes of the fact store',
      'seconds',
      'peak memory \\(MiB\\)',
    ]) {
      expect(out).toMatch(new RegExp(`^${label} +[\\d.,]+$`, 'm'));
    }
  });

  it('takes a revision of a git repository', async () => {
    const { root, env } = tree();
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', root, '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
        encoding: 'utf8',
      }).trim();
    git('init', '-q');
    git('add', 'lib', 'include');
    git('commit', '-q', '-m', 'one');
    git('add', '-A');
    git('commit', '-q', '-m', 'two');
    expect((await adjutant(['index', '--repo', root], env)).out).toMatch(/: 12 files/);
    expect((await adjutant(['index', '--repo', root, '--rev', 'HEAD~1'], env)).out).toMatch(/: 4 files/);
    const wrong = await adjutant(['index', '--repo', root, '--rev', 'nowhere'], env);
    expect(wrong).toMatchObject({ status: 2, out: '' });
    expect(wrong.err).toMatch(/nowhere/);
  });

  it('writes plain lines to a file and one line over itself to a terminal', async () => {
    const { root, env } = tree();
    expect((await adjutant(['index', '--repo', root], env)).err).not.toMatch(/\r/);
    const other = tree();
    const { err } = await adjutant(['index', '--repo', other.root], other.env, true);
    expect(err).toMatch(/\r/);
    expect(err).not.toMatch(/\n/);
  });
});

describe('progress', () => {
  const half = {
    step: 'reading',
    files: 10,
    totalFiles: 20,
    bytes: 3e6,
    totalBytes: 6e6,
    elapsed: 1500,
  } as const;

  it('has the part that is done, the rate and the time left', () => {
    expect(progressText(half, false)).toBe('Reading   50 %  10 of 20 files  2.0 MB/s  0:02 left');
    expect(progressText(half, true)).toContain('[============            ]');
  });

  it('goes by files where sizes are not known', () => {
    expect(progressText({ ...half, totalBytes: undefined, files: 5 }, false)).toContain(
      ' 25 %  5 of 20 files',
    );
  });
});

describe('adjutant lookup', () => {
  it('shows a function: signature, place, what it calls, where it is stored, who calls it', async () => {
    const { root, env } = tree();
    const { status, out } = await adjutant(['lookup', 'my_open', '--repo', root], env);
    expect(status).toBe(0);
    expect(out).toContain('static int my_open(void)\n  defined at drivers/a/one.c:4\n');
    expect(out).toContain('  calls (1):\n    get\n');
    expect(out).toContain('struct ops.open  (table, drivers/a/one.c:6)');
  });

  it('shows what a function does to locks, and what an allocator does', async () => {
    const { root, env } = tree();
    writeTree(root, {
      'lib/locked.c':
        'struct box { struct mutex lock; };\nstatic void enter(struct box *b)\n{\n\tmutex_lock(&b->lock);\n}\nvoid outer(struct box *b)\n{\n\tenter(b);\n\tkick(kzalloc(4, GFP_KERNEL));\n}\n',
    });
    await adjutant(['index', '--repo', root], env);
    const { out } = await adjutant(['lookup', 'outer', '--repo', root], env);
    expect(out).toContain('  takes (1):\n    struct box.lock  (line 8, through enter())\n');
    expect(out).toContain('  leaves (1):\n    struct box.lock held\n');
    expect(out).toContain('  may enter reclaim: kzalloc()  (line 9)\n');
    const allocator = await adjutant(['lookup', 'kzalloc', '--repo', root], env);
    expect(allocator.out).toContain(
      'may return NULL, and whether it may sleep and enter reclaim is for the flags',
    );
  });

  it('shows every definition of a name', async () => {
    const { root, env } = tree();
    const { out } = await adjutant(['lookup', 'get', '--repo', root], env);
    for (const place of ['drivers/a/one.c:3', 'drivers/b/two.c:4', 'lib/helper.c:3'])
      expect(out).toContain(place);
  });

  it('shows structs, fields, macros, typedefs, enumerators and globals', async () => {
    const { root, env } = tree();
    const lookup = async (symbol: string): Promise<string> =>
      (await adjutant(['lookup', symbol, '--repo', root], env)).out;
    expect(await lookup('ops')).toMatch(/^struct ops, 3 fields\n {2}int \(\*\)\(\) open {2}<- \d+ functions/);
    expect(await lookup('ops.open')).toMatch(/drivers\/a\/one\.c:my_open {2}\(table\)/);
    expect(await lookup('ops.close')).toMatch(/4 of 4 tables leave it empty/);
    expect(await lookup('open_it')).toContain(
      '#define open_it(d)\n  defined at include/linux/dev.h:6, expression\n',
    );
    expect(await lookup('dev_p')).toContain('typedef dev_p: struct dev *');
    expect(await lookup('DEV_TWO')).toContain('enumerator DEV_TWO = 2');
    expect(await lookup('dev_count')).toContain('int dev_count\n  defined at lib/helper.c:2\n');
  });

  it('bounds lists, and says so', async () => {
    const { root, env } = tree();
    const { out } = await adjutant(['lookup', 'helper', '--repo', root, '--limit', '1'], env);
    expect(out).toMatch(/called by \(\d\):\n {4}\S.*\n {4}… and \d more/);
    expect(await adjutant(['lookup', 'helper', '--repo', root, '--limit', 'x'], env)).toMatchObject({
      status: 2,
    });
  });

  it('says so where there is no such name', async () => {
    const { root, env } = tree();
    const { status, out, err } = await adjutant(['lookup', 'nobody', '--repo', root], env);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/adjutant: .*nobody\.\n$/);
  });
});

describe('adjutant lockgraph', () => {
  const locked = () => {
    const made = tree();
    writeTree(made.root, {
      'lib/order.c':
        'static struct mutex outer_mutex;\nstatic struct mutex inner_mutex;\nvoid order(void)\n{\n\tmutex_lock(&outer_mutex);\n\tmutex_lock(&inner_mutex);\n}\n',
    });
    return made;
  };

  it('shows what is taken under a lock and over it, as text and as drawings', async () => {
    const { root, env } = locked();
    await adjutant(['index', '--repo', root], env);
    const text = await adjutant(['lockgraph', 'outer_mutex', '--repo', root], env);
    expect(text.status).toBe(0);
    expect(text.out).toContain('    lib/order.c:inner_mutex  100 %, one function: order()  lib/order.c:6\n');
    const drawn = async (form: string) =>
      (await adjutant(['lockgraph', 'inner_mutex', '--repo', root, '--format', form], env)).out;
    expect(await drawn('dot')).toContain('"lib/order.c:outer_mutex" -> "lib/order.c:inner_mutex"');
    expect(await drawn('mermaid')).toContain('flowchart LR');
    expect(await drawn('svg')).toContain('<svg');
  });

  it('says what to do where there is no graph, and where there is no such lock', async () => {
    const { root, env } = locked();
    const none = await adjutant(['lockgraph', 'outer_mutex', '--repo', root], env);
    expect(none.status).toBe(2);
    expect(none.err).toContain('run `adjutant index');
    await adjutant(['index', '--repo', root], env);
    const unknown = await adjutant(['lockgraph', 'no_such_lock', '--repo', root], env);
    expect(unknown.status).toBe(2);
    expect(unknown.err).toContain('no_such_lock');
  });
});
