/** The floors of the layout: each may import only from those below it, and some things live in one place. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** From the top to the bottom; what stands on one line shares a floor and may import from each other. */
const FLOORS: readonly (readonly string[])[] = [
  ['main.ts', 'cli.ts', 'cli'],
  ['service.ts'],
  ['app', 'web'],
  ['jobs'],
  ['store'],
  ['report'],
  ['review'],
  ['checkers'],
  ['effects'],
  ['index'],
  ['kernel'],
  ['c'],
  ['git', 'config'],
  ['errors.ts'],
];

/** Node's own modules that only these may import. */
const RESERVED: Readonly<Record<string, readonly RegExp[]>> = {
  'node:child_process': [/^git\/run\.ts$/, /^jobs\//],
  'node:http': [/^(?:app|web)\//],
  'node:https': [/^(?:app|web)\//],
  'node:net': [/^(?:app|web|jobs|store)\//],
  'node:fs': [/^(?:git|index|store|jobs|app|web|config|cli)\//, /^main\.ts$/],
  'node:fs/promises': [/^(?:git|index|store|jobs|app|config|cli)\//],
  'node:worker_threads': [/^index\//, /^effects\/tree\//],
};

/** Packages by the floors that may know them. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  probot: /^(?:main\.ts|app\/)/,
  octokit: /^(?:main\.ts|app\/|cli\/)/,
  pg: /^store\//,
  'pg-boss': /^store\//,
  '@electric-sql/pglite': /^store\//,
  'parse-diff': /^(?:app|jobs)\//,
  hono: /^(?:app|web)\//,
  '@hono/node-server': /^web\//,
  'prom-client': /^(?:app|web|jobs)\//,
  pino: /^(?:main\.ts|app\/|jobs\/)/,
  commander: /^cli\//,
  zod: /^(?:config|app|jobs|store)\//,
  yaml: /^config\//,
  '@hpcc-js/wasm-graphviz': /^(?:report|web)\//,
};

const SOURCE = new URL('../src/', import.meta.url).pathname;

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
);
const imports: readonly Import[] = files.flatMap((from) => {
  const text = readFileSync(join(SOURCE, from), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)(?:import|export)\s[^'"]*?\bfrom '([^']+)'|(?:^|\n)import '([^']+)'|\bimport\(\s*'([^']+)'/g,
  );
  return [...found].map((match) => ({ from, to: match[1] ?? match[2] ?? match[3] ?? '' }));
});
const inside = imports
  .filter(({ to }) => to.startsWith('.'))
  .map(({ from, to }) => ({ from, to: normalize(join(dirname(from), to)) }));

const floorOf = (path: string) => FLOORS.findIndex((floor) => floor.includes(path.split('/')[0] ?? ''));

describe('floors', () => {
  test('every source file stands on one', () => {
    expect(files.filter((path) => floorOf(path) < 0)).toEqual([]);
    expect(imports.length).toBeGreaterThan(files.length);
  });

  test('no file imports from a floor above its own', () => {
    const wrong = inside.filter(({ from, to }) => floorOf(to) < floorOf(from));
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('what is imported is there, and is no test', () => {
    const known = new Set(files);
    const missing = inside.filter(({ to }) => !known.has(to) && to !== '../package.json');
    expect(missing.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });
});

describe('what lives in one place', () => {
  test.each(Object.entries(RESERVED))('%s', (name, places) => {
    const wrong = imports.filter(({ from, to }) => to === name && !places.some((place) => place.test(from)));
    expect(wrong.map(({ from }) => from)).toEqual([]);
  });

  test('packages are known where they belong', () => {
    const wrong = imports
      .filter(({ to }) => !to.startsWith('.') && !to.startsWith('node:'))
      .map(({ from, to }) => ({
        from,
        name: to
          .split('/')
          .slice(0, to.startsWith('@') ? 2 : 1)
          .join('/'),
      }))
      .filter(({ from, name }) => !PACKAGES[name]?.test(from));
    expect(wrong.map(({ from, name }) => `${from} imports ${name}`)).toEqual([]);
  });
});
