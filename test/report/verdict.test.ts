import { describe, expect, test } from 'vitest';
import type { Confidence, Finding, Severity } from '../../src/checkers/checker.ts';
import { fails } from '../../src/report/verdict.ts';

const finding = (severity: Severity, confidence: Confidence): Finding => ({
  checker: 'lock-order',
  rule: 'lock-order/circular',
  severity,
  confidence,
  path: 'a.c',
  line: 1,
  endLine: 1,
  function: 'f',
  message: '',
  explanation: '',
  fingerprint: '',
  trace: [],
});

describe('a finding fails a review', () => {
  test('at the level and above it', () => {
    expect(fails([finding('warning', 'medium')], 'warning')).toBe(true);
    expect(fails([finding('error', 'high')], 'warning')).toBe(true);
    expect(fails([finding('note', 'high')], 'warning')).toBe(false);
    expect(fails([finding('error', 'high')], 'never')).toBe(false);
  });

  test('by the level of its own checker', () => {
    expect(fails([finding('note', 'high')], (checker) => (checker === 'lock-order' ? 'note' : 'never'))).toBe(
      true,
    );
  });

  test('never with low confidence', () => {
    expect(fails([finding('error', 'low')], 'note')).toBe(false);
  });
});
