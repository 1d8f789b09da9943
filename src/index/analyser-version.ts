/** The version of the analyser: a hash of the modules that facts depend on, so that it can't be forgotten. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** No statement goes on behind a semicolon: without that each exported function would be searched to its first string. */
const IMPORT = /^(?:import|export)\b[^'";]*?from\s*['"](\.[^'"]+)['"]/gm;

const HERE = fileURLToPath(import.meta.url);
/** '.ts' in a checkout, '.js' in a package. */
const EXTENSION = extname(HERE);

/** By entry: the code that runs is the one that was there when it was loaded. */
const known = new Map<string, string>();

/** Hash of a module and all modules that it imports, directly or not; `entry` is a path beside this file, without extension. */
export function moduleVersion(entry: string): string {
  let version = known.get(entry);
  if (version !== undefined) return version;
  const first = join(dirname(HERE), entry + EXTENSION);
  const hash = createHash('sha1');
  for (const [path, text] of [...moduleClosure(first)].sort(([x], [y]) => (x < y ? -1 : 1))) {
    hash.update(`${relative(dirname(HERE), path)}\0${text.length}\0${text}`);
  }
  version = hash.digest('hex').slice(0, 16);
  known.set(entry, version);
  return version;
}

interface Module {
  readonly text: string;
  readonly imports: readonly string[];
}

/** Several entries have most of their modules in common. */
const modules = new Map<string, Module>();

function moduleAt(path: string): Module {
  let module = modules.get(path);
  if (module === undefined) {
    const text = readFileSync(path, 'utf8');
    const imports = [...text.matchAll(IMPORT)].map(([, name]) => join(dirname(path), name as string));
    module = { text, imports };
    modules.set(path, module);
  }
  return module;
}

/** Text by path of a module and of what it imports from the project. */
export function moduleClosure(entry: string): Map<string, string> {
  const texts = new Map<string, string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (texts.has(path)) continue;
    const { text, imports } = moduleAt(path);
    texts.set(path, text);
    waiting.push(...imports);
  }
  return texts;
}
