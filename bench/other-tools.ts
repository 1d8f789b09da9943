/**
 * What other tools see of the same bugs: whichever of sparse, Coccinelle and cppcheck is installed (Debian: apt-get install
 * sparse coccinelle cppcheck) is run on the files of each case before and after its patch.
 *
 *     npm run bench:other-tools -- [--tree DIR] [--shared DIR] [--only null-deref|lock-order]
 *
 * A tool sees a case where it says something of the patched files that it does not say of them as they were: generous,
 * since it need not be about the bug. score-bugs asks more of this project: the right checker in the right function.
 * "not read" counts the cases in which it gives up on a file, for want of a header that only a build makes.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeStandInHeaders } from './other-tools/stand-in-headers.ts';

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly files: readonly string[];
}

interface Tool {
  readonly name: string;
  /** Programs with their arguments, for one file. */
  commands(file: string, tree: string): readonly (readonly string[])[];
}

/** A file that takes longer is given up. */
const LIMIT_MS = 120_000;

/** How sparse ends where it can't go on; of whichever file it says so. */
const UNREAD = 'unable to open';

const standIns = mkdtempSync(join(tmpdir(), 'adjutant-bench-'));
process.on('exit', () => rmSync(standIns, { recursive: true, force: true }));

const TOOLS: readonly Tool[] = [
  {
    name: 'sparse',
    commands: (file, tree) => [
      [
        'sparse',
        ...['-Wcontext', '-fmax-errors=1000', '-m64', '-D__KERNEL__', '-DMODULE'],
        ...['-DKBUILD_MODNAME="m"', '-DKBUILD_BASENAME="m"'],
        `-I${standIns}`,
        ...['include', 'arch/x86/include', 'include/uapi', 'arch/x86/include/uapi'].map(
          (path) => `-I${join(tree, path)}`,
        ),
        ...['compiler-version', 'kconfig', 'compiler_types'].flatMap((name) => [
          '-include',
          join(tree, `include/linux/${name}.h`),
        ]),
        file,
      ],
    ],
  },
  {
    name: 'coccinelle',
    commands: (file, tree) =>
      ['null', 'locks'].flatMap((folder) => {
        const rules = join(tree, 'scripts/coccinelle', folder);
        return readdirSync(rules)
          .filter((name) => name.endsWith('.cocci'))
          .map((name) => [
            'spatch',
            '-D',
            'report',
            '--very-quiet',
            '--no-includes',
            '--cocci-file',
            join(rules, name),
            file,
          ]);
      }),
  },
  {
    name: 'cppcheck',
    commands: (file, tree) => [
      [
        ...[
          'cppcheck',
          '--quiet',
          '--enable=warning',
          '--max-configs=4',
          '--template={file}:{line}: {id} {message}',
        ],
        ...['-I', join(tree, 'include'), file],
      ],
    ],
  },
];

const { values } = parseArgs({
  options: {
    tree: { type: 'string', default: process.env.ADJUTANT_KERNEL_TREE ?? '' },
    shared: { type: 'string', default: process.env.ADJUTANT_SHARED ?? '../shared' },
    only: { type: 'string' },
  },
});
const tree = resolve(values.tree);
const corpus = join(resolve(values.shared), 'corpus/bugs');
if (values.tree === '' || !existsSync(join(tree, 'Makefile')) || !existsSync(corpus)) {
  console.error(
    'Give --tree DIR (a Linux tree, or ADJUTANT_KERNEL_TREE) and --shared DIR (the folder of the corpora, or ADJUTANT_SHARED).',
  );
  process.exit(2);
}
writeStandInHeaders(tree, standIns);
const tools = TOOLS.filter(({ commands }) => isInstalled(commands('', tree)[0]?.[0] ?? ''));
if (tools.length === 0) {
  console.error(
    'None of sparse, coccinelle and cppcheck is installed: apt-get install sparse coccinelle cppcheck',
  );
  process.exit(2);
}
const cases = (JSON.parse(readFileSync(join(corpus, 'cases.json'), 'utf8')) as Case[]).filter(
  ({ kind }) => kind !== 'clean' && (values.only === undefined || kind === values.only),
);
console.log(`${'case'.padEnd(10)} ${tools.map(({ name }) => name.padEnd(12)).join('')}`);
const seen = new Map<string, number>();
const unread = new Map<string, number>();
for (const one of cases) {
  const row = tools.map((tool) => {
    const outcome = outcomeOf(tool, one);
    const key = `${one.kind} ${tool.name}`;
    const counts = outcome === 'seen' ? seen : unread;
    if (outcome !== '-') counts.set(key, (counts.get(key) ?? 0) + 1);
    return outcome.padEnd(12);
  });
  console.log(`${one.id.padEnd(10)} ${row.join('')}`);
}
for (const kind of new Set(cases.map((one) => one.kind))) {
  const all = cases.filter((one) => one.kind === kind).length;
  const counts = tools.map(({ name }) => {
    const key = `${kind} ${name}`;
    return `${name} ${seen.get(key) ?? 0} (not read: ${unread.get(key) ?? 0})`;
  });
  console.log(`${kind}: of ${all} bugs ${counts.join(', ')}`);
}

function outcomeOf(tool: Tool, { id, files }: Case): 'seen' | 'not read' | '-' {
  const folder = mkdtempSync(join(tmpdir(), 'adjutant-bench-'));
  try {
    for (const file of files) copyWithNeighbours(file, folder);
    const before = new Set(files.flatMap((file) => messages(tool, join(folder, file))));
    execFileSync('git', ['apply', join(corpus, `${id}.patch`)], { cwd: folder });
    const after = files.flatMap((file) => messages(tool, join(folder, file)));
    if (after.some((message) => !before.has(message))) return 'seen';
    return after.some((message) => message.includes(UNREAD)) ? 'not read' : '-';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The file as a copy, and what lies beside it as links: it may be included by name. */
function copyWithNeighbours(file: string, folder: string): void {
  const beside = join(folder, dirname(file));
  mkdirSync(beside, { recursive: true });
  for (const name of readdirSync(join(tree, dirname(file)))) {
    const link = join(beside, name);
    if (!existsSync(link)) symlinkSync(join(tree, dirname(file), name), link);
  }
  rmSync(join(folder, file), { force: true });
  copyFileSync(join(tree, file), join(folder, file));
}

/** What a tool says of a file, without line numbers. */
function messages(tool: Tool, file: string): readonly string[] {
  return tool.commands(file, tree).flatMap(([program = '', ...args]) => {
    const { stdout, stderr } = spawnSync(program, args, {
      encoding: 'utf8',
      timeout: LIMIT_MS,
      maxBuffer: 1 << 28,
    });
    return `${stdout ?? ''}\n${stderr ?? ''}`
      .split('\n')
      .filter((line) => line.startsWith(file) || line.includes(UNREAD))
      .map((line) => line.replace(file, '').replace(/\d+/g, ''));
  });
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}
