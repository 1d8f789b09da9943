import { describe, expect, it } from 'vitest';
import type { Confidence, Finding } from '../../src/checkers/checker.ts';
import { compareFindings } from '../../src/review/compare.ts';

/** One defect, seen from a line of some function. */
const seen = (confidence: Confidence, line: number): Finding => ({
  checker: 'lock-order',
  rule: 'lock-order/recursive',
  severity: 'error',
  confidence,
  path: 'a.c',
  line,
  endLine: line,
  function: `f${line}`,
  message: '',
  explanation: '',
  fingerprint: 'the same defect',
  trace: [],
  hasSeveralPlaces: true,
});

describe('a defect that is seen from several places', () => {
  it('is old where the other side has it, wherever it is seen there', () => {
    expect(compareFindings([seen('medium', 1)], [seen('medium', 2)], [])).toEqual({
      introduced: [],
      fixed: [],
    });
    expect(compareFindings([seen('low', 1), seen('high', 3)], [seen('medium', 2)], []).introduced).toEqual(
      [],
    );
  });

  it('is new where there is a plainer way to it than before', () => {
    const plain = seen('high', 2);
    expect(compareFindings([seen('low', 1)], [seen('low', 1), plain], [])).toEqual({
      introduced: [plain],
      fixed: [],
    });
  });

  it('is old where only a test before it has gone', () => {
    expect(compareFindings([seen('low', 1)], [seen('high', 1)], [])).toEqual({ introduced: [], fixed: [] });
  });

  it('is mended where only a doubtful way to it is left', () => {
    const plain = seen('medium', 2);
    expect(compareFindings([seen('low', 1), plain], [seen('low', 1)], [])).toEqual({
      introduced: [],
      fixed: [plain],
    });
  });
});
