/** A thread of tree-sitter.ts: loads the packages from where they were installed, which is outside the project. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

interface TreeSitter {
  readonly Parser: {
    init(): Promise<void>;
    new (): {
      setLanguage(language: unknown): void;
      parse(text: string): { rootNode: { hasError: boolean }; delete(): void } | null;
    };
  };
  readonly Language: { load(path: string): Promise<unknown> };
}

const { packages, root, paths } = workerData as { packages: string; root: string; paths: readonly string[] };
const installed = createRequire(join(packages, 'package.json'));
const { Parser, Language } = (await import(
  pathToFileURL(installed.resolve('web-tree-sitter')).href
)) as TreeSitter;
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(join(packages, 'node_modules/tree-sitter-c/tree-sitter-c.wasm')));
let errors = 0;
for (const path of paths) {
  const tree = parser.parse(readFileSync(join(root, path), 'utf8'));
  if (tree === null || tree.rootNode.hasError) errors++;
  tree?.delete();
}
parentPort?.postMessage(errors);
