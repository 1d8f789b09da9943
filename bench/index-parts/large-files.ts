/** The largest files of a tree, one by one. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Analyser } from '../../src/index/analyse.ts';
import { sourcesOf } from './subset.ts';

/** Rows of path, bytes, time, rate and bytes of facts; half of them .c files. */
export function measureLargeFiles(root: string, count: number): string[][] {
  const sized = sourcesOf(root).map((path) => ({ path, size: statSync(join(root, path)).size }));
  sized.sort((x, y) => y.size - x.size);
  const headers = sized.filter(({ path }) => path.endsWith('.h')).slice(0, count / 2);
  const sources = sized.filter(({ path }) => path.endsWith('.c')).slice(0, count / 2);
  const analyser = new Analyser();
  for (const { path } of sized.slice(-2000)) analyser.analyse(readFileSync(join(root, path)));
  return [...headers, ...sources].map(({ path, size }) => {
    const bytes = readFileSync(join(root, path));
    const start = performance.now();
    const { facts } = analyser.analyse(bytes);
    const elapsed = performance.now() - start;
    return [
      path,
      size.toLocaleString('en'),
      `${elapsed.toFixed(0)} ms`,
      `${(size / 1000 / elapsed).toFixed(1)} MB/s`,
      facts.length.toLocaleString('en'),
    ];
  });
}
