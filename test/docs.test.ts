/** What the documents name is there: files, and tests by their words. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

test.each(pages)('%s links to files that are there', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link]) => link ?? '');
  const missing = links.filter(
    (link) => !/^[a-z]+:/.test(link) && !existsSync(join(ROOT, dirname(page), link)),
  );
  expect(missing).toEqual([]);
});

test.each(pages)('%s names tests that are there', (page) => {
  const named = [...read(page).matchAll(/`(test\/[\w./-]+\.test\.ts)`(?:: "([^"]+)")?/g)];
  for (const [, path = '', name] of named) {
    expect(existsSync(join(ROOT, path)), path).toBe(true);
    if (name !== undefined) expect(read(path)).toContain(name);
  }
});

test('every threat of docs/security.md has a test', () => {
  const rows = read('docs/security.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.includes('---'));
  const without = rows.filter((row) => !row.includes('`test/'));
  // Heads of tables, and the table of what is worth protecting.
  expect(without.filter((row) => !/^\| (?:threat|where|input|what) \|/.test(row))).toHaveLength(5);
});
