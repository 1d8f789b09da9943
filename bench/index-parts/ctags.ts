/** Functions that the index finds against those that Universal Ctags lists, in the same files. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { memoryTree } from '../../src/git/overlay.ts';
import { TreeFiles } from '../../src/index/file-index.ts';
import { nameHash } from '../../src/index/name-hash.ts';
import { openIndex } from '../../src/index/open-index.ts';
import { sourcesOf } from './subset.ts';

/** Debian's universal-ctags. */
const CTAGS = 'ctags';

/** Part of the tree that is compared. */
const PART = 1 / 8;
const EXAMPLES = 12;

/** Rows for the table; the differences are printed as they are found. */
export async function compareCtags(tree: string, scratch: string): Promise<[string, string, string][]> {
  const goal = '>= 99.5 %';
  try {
    if (!/Universal Ctags/.test(execFileSync(CTAGS, ['--version'], { encoding: 'utf8' })))
      throw new Error('other');
  } catch {
    return [['functions found, of those of Universal Ctags', 'Universal Ctags is not installed', goal]];
  }
  const paths = sourcesOf(tree).filter((path) => nameHash(path) < PART * 2 ** 32);
  const theirs = await ctagsFunctions(tree, paths);
  const contents = new Map(paths.map((path) => [path, readFileSync(join(tree, path))]));
  const opened = await openIndex(memoryTree(contents), { cacheDir: join(scratch, 'ctags-cache') });
  const files = new TreeFiles(opened.report.index, opened.report.store.facts);
  let both = 0;
  let listed = 0;
  let more = 0;
  const missing: string[] = [];
  for (let file = 0; file < files.fileCount; file++) {
    const path = files.path(file);
    const wanted = theirs.get(path) ?? new Set<string>();
    const functions = files.facts(file).functions.filter((f) => !f.isPrototype);
    const ours = new Set(functions.map(({ name }) => name));
    // ctags takes SYSCALL_DEFINE3(name, …) for a function SYSCALL_DEFINE3.
    const macros = new Set(functions.map(({ definedBy }) => definedBy));
    listed += wanted.size;
    for (const name of wanted) {
      if (ours.has(name) || macros.has(name)) both++;
      else missing.push(`${path}: ${name}`);
    }
    for (const name of ours) if (!wanted.has(name)) more++;
  }
  opened.close();
  console.log(`functions that ctags lists and the index does not have: ${missing.length}`);
  const step = Math.max(1, Math.floor(missing.length / EXAMPLES));
  for (let at = 0; at < missing.length; at += step) console.log(`  ${missing[at]}`);
  return [
    [
      'functions found, of those of Universal Ctags',
      `${((both / listed) * 100).toFixed(3)} % of ${listed}`,
      goal,
    ],
    ['  found and not listed by it', String(more), ''],
  ];
}

/** Names of functions by path. */
async function ctagsFunctions(tree: string, paths: readonly string[]): Promise<Map<string, Set<string>>> {
  const args = ['--languages=C', '--langmap=C:.c.h', '--kinds-C=f', '--fields=', '-f', '-', '-L', '-'];
  const child = spawn(CTAGS, args, { cwd: tree, stdio: ['pipe', 'pipe', 'ignore'] });
  const found = new Map<string, Set<string>>();
  child.stdin.end(paths.join('\n'));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const [name = '', path = ''] = line.split('\t');
    if (name.startsWith('!_')) return;
    const names = found.get(path);
    if (names === undefined) found.set(path, new Set([name]));
    else names.add(name);
  });
  await once(lines, 'close');
  return found;
}
