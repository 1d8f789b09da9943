import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { moduleClosure, moduleVersion } from '../../src/index/analyser-version.ts';

const src = fileURLToPath(new URL('../../src/', import.meta.url));

describe("the analyser's version", () => {
  it('is made of every module that facts depend on', () => {
    const closure = moduleClosure(`${src}index/analyse.ts`);
    const modules = [...closure.keys()].map((path) => relative(src, path));
    expect(modules).toEqual(
      expect.arrayContaining([
        'index/analyse.ts',
        'index/extract.ts',
        'index/encode.ts',
        'index/link-record.ts',
        'c/lexer.ts',
        'c/parse.ts',
        'c/lower-expressions.ts',
      ]),
    );
    for (const text of closure.values()) {
      // A form of import that the closure does not follow would leave a module out.
      expect(text).not.toMatch(/\bimport\(|\brequire\(|^import '/m);
    }
  });

  it('is the same from run to run, and another one for other modules', () => {
    expect(moduleVersion('analyse')).toMatch(/^[0-9a-f]{16}$/);
    expect(moduleVersion('analyse')).toBe(moduleVersion('analyse'));
    expect(moduleVersion('analyse')).not.toBe(moduleVersion('link'));
  });
});
