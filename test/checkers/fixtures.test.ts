/**
 * Every fixture of the code checkers: a C file written for this project that carries, on the line that causes
 * it, `expect: rule` for what must be reported. Whatever is reported elsewhere, with a confidence above low,
 * is a false alarm. `low in use` behind the rule: no more is made of it in code that no change touches. A folder
 * under changes/ holds a file before and after a change: what is expected stands in the second, and is what the
 * change introduces (as the checker's `compare` has it, where it has one).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/checkers/checker.ts';
import { codeCheckers } from '../../src/checkers/registry.ts';
import { memoryProgram } from '../../src/index/memory-program.ts';
import { compareFindings } from '../../src/review/compare.ts';
import { factsOf } from '../index/facts-of.ts';

const here = import.meta.dirname;

const expected = (source: string): string[] =>
  source
    .split('\n')
    .flatMap((line, i) =>
      [...line.matchAll(/expect: ([\w-]+\/[\w-]+(?: low in use)?)/g)].map((m) => `${i + 1} ${m[1]}`),
    );

/** What is said above low, as an expectation has it. */
const said = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ confidence }) => confidence !== 'low')
    .map((f) => `${f.line} ${f.rule}${f.confidenceInUse === 'low' ? ' low in use' : ''}`);

for (const checker of codeCheckers) {
  const folder = join(here, checker.name, 'fixtures');
  const files = existsSync(folder) ? readdirSync(folder).filter((f) => f.endsWith('.c')) : [];

  describe(`${checker.name}: fixtures`, () => {
    it.each(files)('%s', (file) => {
      const source = readFileSync(join(folder, file), 'utf8');
      const findings = checker.audit(memoryProgram(new Map([[file, factsOf(source)]])), [file]);
      expect(said(findings).toSorted()).toEqual(expected(source).toSorted());
    });
  });

  const changes = existsSync(join(here, checker.name, 'changes'))
    ? readdirSync(join(here, checker.name, 'changes'))
    : [];
  describe.runIf(changes.length > 0)(`${checker.name}: changes`, () => {
    it.each(changes)('%s', (name) => {
      const source = readFileSync(join(here, checker.name, 'changes', name, 'after.c'), 'utf8');
      const programOf = (side: string) =>
        memoryProgram(
          new Map([
            ['x.c', factsOf(readFileSync(join(here, checker.name, 'changes', name, `${side}.c`), 'utf8'))],
          ]),
        );
      const [base, head] = [programOf('before'), programOf('after')];
      const { introduced } = compareFindings(checker.audit(base, ['x.c']), checker.audit(head, ['x.c']), []);
      const compared = checker.compare?.(base, head, ['x.c'], introduced) ?? introduced;
      expect(said(compared).toSorted()).toEqual(expected(source).toSorted());
    });
  });

  describe(`${checker.name}: rules`, () => {
    it.each(checker.rules.map((r) => r.id))('%s has a page, and a fixture that it reports', (id) => {
      const page = readFileSync(join(here, '../../docs/rules', `${id}.md`), 'utf8');
      expect(page).toMatch(new RegExp(`^# ${id}\n`));
      for (const part of ['## Bad', '## Good', '## Limits', '## When not to use it', 'Source: '])
        expect(page).toContain(part);
      const fixtures = [
        ...files.map((f) => join(folder, f)),
        ...changes.map((name) => join(here, checker.name, 'changes', name, 'after.c')),
      ]
        .map((path) => readFileSync(path, 'utf8'))
        .join('\n');
      expect(fixtures).toContain(`expect: ${id}`);
    });
  });
}
