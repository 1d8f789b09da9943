/** What `npm pack` makes: installed elsewhere, it runs with an older Node first on the PATH. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The machine's own programs, without the project's Node. */
const systemPath = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(delimiter);
let folder: string;
let installed: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adjutant-package-'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, stdio: 'ignore' });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack made nothing');
  installed = join(folder, 'node_modules', 'adjutant');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, tarball), '--strip-components=1', '-C', installed]);
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    const place = join(folder, 'node_modules', name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), place);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function adjutant(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(join(installed, 'bin', 'adjutant.js'), args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: systemPath, HOME: folder },
  });
  return { status, stdout, stderr };
}

describe('the package', () => {
  test('has no TypeScript, tests or demo in it', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(files.filter((path) => /\.ts$|^(?:src|test|demo|bench|scripts)\b/.test(path))).toEqual([]);
    expect(existsSync(join(installed, 'dist', 'cli.js'))).toBe(true);
  });

  test('says its version', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(adjutant('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('reviews a patch', () => {
    const patch = join(folder, 'x.patch');
    writeFileSync(
      patch,
      `--- a/lib/x.c
+++ b/lib/x.c
@@ -1,7 +1,7 @@ int use(int id)
 {
 \tstruct foo *f = find_foo(id);

 \tif (!f)
-\t\treturn 0;
+\t\treturn f->x;
 \treturn 1;
 }
`,
    );
    const { status, stdout } = adjutant('review', '--patch', patch, '--format', 'json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ findings: [{ rule: 'null-deref/known-null', line: 5 }] });
  });
});
