import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Analyser } from '../../src/index/analyse.ts';
import { buildIndex } from '../../src/index/build.ts';
import { decodeFacts } from '../../src/index/decode.ts';
import type { FileFacts } from '../../src/index/facts.ts';
import { memoryProgram } from '../../src/index/memory-program.ts';
import { type OpenedIndex, openIndex } from '../../src/index/open-index.ts';
import type { FunctionRef, Program } from '../../src/index/program.ts';
import { MINI_TREE } from './mini-tree.ts';
import { plainTree, type Sources, scratchFolder, writeTree } from './scratch.ts';

const PATHS = Object.keys(MINI_TREE);
const NAMES = [
  ...new Set(Object.values(MINI_TREE).flatMap((text) => [...text.matchAll(/[A-Za-z_]\w*/g)].map(String))),
];
const TYPES = [
  ...NAMES.filter((name) => Object.values(MINI_TREE).some((text) => text.includes(`struct ${name}`))).map(
    (name) => `struct ${name}`,
  ),
  'dev_t',
  'dev_p',
  'ops_t',
  'struct dev *',
];

const analyser = new Analyser();
const factsOf = (text: string): FileFacts => decodeFacts(analyser.analyse(Buffer.from(text)).facts);
const inMemory = (files: Sources): Program =>
  memoryProgram(new Map(Object.entries(files).map(([path, text]) => [path, factsOf(text)])));

const ids = (refs: readonly FunctionRef[]): string[] => refs.map(({ id }) => id).sort();
const json = (values: readonly unknown[]): string[] => values.map((value) => JSON.stringify(value)).sort();

/** What is stored in a field, by the id of each function. */
const storedAs = (program: Program, type: string, field: string): string[] =>
  json(program.stored(type, field).map(({ ref, entry, path }) => [ref.id, entry, path]));

/** All that a program answers to one set of questions, as plain values. */
function answers(program: Program, name: string, from: string, type: string): unknown {
  const refs = program.functions(name, from);
  const macro = program.macro(name, from);
  return {
    functions: ids(refs),
    prototype: program.prototype(name, from)?.line,
    macro: macro && [macro.path, macro.fact.kind, macro.fact.text],
    struct: program.struct(`struct ${name}`, from),
    typedef: program.typedef(name, from),
    global: program.global(name, from),
    enumerator: program.enumerator(name, from),
    field: program.field(type, name, from),
    callers: refs.map((ref) => ids(program.callers(ref))),
    mentioning: refs.map(({ name }) => ids(program.mentioning(name, (path) => path.startsWith('drivers/')))),
    storedIn: refs.map((ref) => json(program.storedIn(ref))),
    stored: storedAs(program, type, name),
    emptyFields: program.emptyFields(type, name),
  };
}

async function opened(files: Sources): Promise<OpenedIndex> {
  const root = scratchFolder();
  writeTree(root, files);
  return openIndex(plainTree(root), { cacheDir: scratchFolder(), threads: 1 });
}

describe('a program over an index', () => {
  it('answers every question as a program over the same files in memory does', async () => {
    const index = await opened(MINI_TREE);
    const program = index.program();
    const memory = inMemory(MINI_TREE);
    for (const from of [...PATHS, '']) {
      for (const name of NAMES) {
        for (const type of TYPES.slice(0, 1)) {
          expect([name, from, answers(program, name, from, type)]).toEqual([
            name,
            from,
            answers(memory, name, from, type),
          ]);
        }
      }
    }
    for (const type of TYPES) {
      for (const name of NAMES) {
        const asked = [type, name, program.emptyFields(type, name), storedAs(program, type, name)];
        expect(asked).toEqual([type, name, memory.emptyFields(type, name), storedAs(memory, type, name)]);
      }
    }
    index.close();
  });

  it('answers for changed files as if they were in the tree', async () => {
    const index = await opened(MINI_TREE);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.constantFrom(...PATHS), { minLength: 1, maxLength: 5 }),
        fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...PATHS), fc.constantFrom(...TYPES)), {
          minLength: 20,
          maxLength: 40,
        }),
        fc.constantFrom('gone', 'renamed', 'with more', 'with the contents of another'),
        async (paths, questions, how) => {
          const changes = new Map<string, Uint8Array | undefined>();
          const files: Record<string, string> = { ...MINI_TREE };
          for (const [at, path] of paths.entries()) {
            const text = files[path] ?? '';
            if (how === 'gone' || how === 'renamed') {
              delete files[path];
              changes.set(path, undefined);
            }
            if (how === 'renamed') files[path.replace(/(\w+)\.([ch])$/, 'moved-$1.$2')] = text;
            if (how === 'with more')
              files[path] = `${text}\nstatic int added(void) { return helper(get()); }\n`;
            if (how.endsWith('another')) files[path] = MINI_TREE[PATHS[at] as string] as string;
          }
          for (const [path, text] of Object.entries(files)) {
            if (MINI_TREE[path] !== text) changes.set(path, Buffer.from(text));
          }
          const head = index.program(changes);
          const memory = inMemory(files);
          for (const [name, from, type] of questions) {
            expect([name, from, answers(head, name, from, type)]).toEqual([
              name,
              from,
              answers(memory, name, from, type),
            ]);
          }
          expect([...head.allPaths()].sort()).toEqual(Object.keys(files).sort());
        },
      ),
      { numRuns: 60 },
    );
    index.close();
  });

  it('gives the facts of a file, and names the changed ones as those it knows best', async () => {
    const index = await opened(MINI_TREE);
    const head = index.program(new Map([['lib/helper.c', Buffer.from('int other(void) { return 1; }\n')]]));
    expect(head.paths).toEqual(['lib/helper.c']);
    expect(head.facts('lib/helper.c')?.functions.map(({ name }) => name)).toEqual(['other']);
    expect(head.facts('drivers/a/local.h')?.functions.map(({ name }) => name)).toEqual(['local']);
    expect(head.facts('drivers/a/missing.h')).toBeUndefined();
    expect(head.definitions('drivers/b/two.c').map(({ id }) => id)).toEqual([
      'drivers/b/two.c:get',
      'drivers/b/two.c:dev_register',
    ]);
    index.close();
  });

  it('finds who calls through a field', async () => {
    const index = await opened(MINI_TREE);
    expect(ids(index.program().callersThrough('close'))).toEqual(['drivers/b/two.c:dev_register']);
    index.close();
  });

  it('says that the cache is damaged where facts are lost, and the next run mends it', async () => {
    const root = scratchFolder();
    const cacheDir = scratchFolder();
    writeTree(root, MINI_TREE);
    (await openIndex(plainTree(root), { cacheDir })).close();
    const [version] = readdirSync(join(cacheDir, 'facts')) as [string];
    const folder = join(cacheDir, 'facts', version, 'facts');
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.seg'))) {
      const bytes = readFileSync(join(folder, name));
      writeFileSync(join(folder, name), bytes.fill(0));
    }
    const damaged = await openIndex(plainTree(root), { cacheDir });
    expect(() => PATHS.map((path) => damaged.program().facts(path))).toThrow(/cache was damaged.*again/);
    damaged.close();
    const mended = await openIndex(plainTree(root), { cacheDir });
    expect(mended.report.parsed).toBeGreaterThan(0);
    expect(PATHS.map((path) => mended.program().facts(path)?.errors)).toEqual(PATHS.map(() => []));
    mended.close();
  });
});

describe('an empty tree', () => {
  it('has an index that knows nothing', async () => {
    const report = await buildIndex(plainTree(scratchFolder()), { cacheDir: scratchFolder() });
    expect(report.index.fileCount).toBe(0);
    expect(report.index.info.stats.functions).toBe(0);
    report.index.close();
    report.store.close();
  });
});
