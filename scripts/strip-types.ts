/**
 * Writes dist/: the sources as JavaScript, for what is packed. Node strips types itself, but not below node_modules.
 * Run by `npm pack` (prepack): node scripts/strip-types.ts
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [from, to] = [join(root, 'src'), join(root, 'dist')];

/** A module of ours in an import: './tree.ts'. */
const MODULE = /(?<=['"`]\.{1,2}\/[^'"`\n]*)\.ts(?=['"`])/g;

rmSync(to, { recursive: true, force: true });
for (const path of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
  const target = join(to, path);
  if (path.endsWith('.ts')) {
    mkdirSync(dirname(target), { recursive: true });
    const code = stripTypeScriptTypes(readFileSync(join(from, path), 'utf8')).replaceAll(MODULE, '.js');
    writeFileSync(target.replace(/\.ts$/, '.js'), code);
  } else if (/\.[a-z]+$/.test(path)) cpSync(join(from, path), target);
}
