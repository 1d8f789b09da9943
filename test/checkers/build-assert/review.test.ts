/** What a change introduces and fixes, and the correction that it is offered. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildAssert } from '../../../src/checkers/build-assert/index.ts';
import { openRepository } from '../../../src/git/repository.ts';
import type { Report } from '../../../src/review/report.ts';
import { review } from '../../../src/review/review.ts';
import { TemporaryRepository } from '../../git/temporary-repository.ts';

const HEADER = `#define BUILD_BUG_ON_MSG(cond, msg) compiletime_assert(!(cond), msg)
#define BUILD_BUG_ON(cond) BUILD_BUG_ON_MSG(cond, #cond)

`;
const slotBit = (signature: string, assertion = '\tBUILD_BUG_ON(slot >= 32);\n') =>
  `${HEADER}${signature}\n{\n${assertion}\treturn 1u << slot;\n}\n`;

let files: TemporaryRepository;

beforeEach(() => {
  files = new TemporaryRepository();
});
afterEach(() => files.remove());

async function changed(before: string, after: string): Promise<Report> {
  const base = files.commit('base', { 'mm/slot.c': before });
  files.commit('mm: change', { 'mm/slot.c': after });
  const repository = await openRepository(files.path);
  if (!repository) throw new Error('no repository');
  try {
    const change = await repository.change(await repository.range(`${base}..HEAD`));
    return await review(change, { checkers: [buildAssert] });
  } finally {
    repository.close();
  }
}

const told = ({ findings }: Report) =>
  findings.filter(({ checker }) => checker === 'build-assert').map((f) => `${f.rule} ${f.line}`);
const suggested = ({ findings }: Report) => findings.flatMap(({ suggestion }) => suggestion ?? []);

describe('what a change does', () => {
  const right = slotBit('static __always_inline u32 slot_bit(u64 slot)');
  const wrong = slotBit('static u32 slot_bit(u64 slot)');

  test('the attribute is lost', async () => {
    const report = await changed(right, wrong);
    expect(told(report)).toEqual(['build-assert/needs-always-inline 4']);
    expect(suggested(report)).toEqual([
      {
        path: 'mm/slot.c',
        startLine: 4,
        endLine: 4,
        lines: ['static __always_inline u32 slot_bit(u64 slot)'],
      },
    ]);
  });

  test('the attribute comes', async () => {
    const report = await changed(wrong, right);
    expect(told(report)).toEqual([]);
    expect(report.fixed.map(({ rule }) => rule)).toEqual(['build-assert/needs-always-inline']);
    expect(report.fixed[0]).not.toHaveProperty('reword');
  });

  test('the assertion comes', async () => {
    const report = await changed(
      slotBit('static inline u32 slot_bit(u64 slot)', ''),
      slotBit('static inline u32 slot_bit(u64 slot)'),
    );
    expect(told(report)).toEqual(['build-assert/needs-always-inline 4']);
    expect(suggested(report)).toMatchObject([{ lines: ['static __always_inline u32 slot_bit(u64 slot)'] }]);
  });

  test('a caller comes whose value the compiler does not know', async () => {
    const caller = 'u32 bit_of(const u64 *slot)\n{\n\treturn slot_bit(*slot);\n}\n';
    expect(told(await changed(right, right + caller))).toEqual(['build-assert/not-constant 11']);
  });

  test('what was there before is not told', async () => {
    expect(told(await changed(wrong, `${wrong}\nint other(void)\n{\n\treturn 0;\n}\n`))).toEqual([]);
  });
});

describe('the suggestion', () => {
  test('is a line above the name, where the declaration begins there', async () => {
    const report = await changed('', slotBit('static inline u32\nslot_bit(u64 slot)'));
    expect(suggested(report)).toMatchObject([
      { startLine: 4, endLine: 4, lines: ['static __always_inline u32'] },
    ]);
  });

  test('is not made of another declaration', async () => {
    const report = await changed(
      '',
      slotBit('static inline void f(void) { }\nSTATIC_FN u32 slot_bit(u64 slot)'),
    );
    expect(suggested(report)).toEqual([]);
  });
});
