import { expect, it } from 'vitest';
import {
  baseOf,
  isArray,
  isFunctionPointer,
  isPointer,
  pointee,
  pointerTo,
  returned,
} from '../../src/c/types.ts';

it.each([
  ['struct foo *', 'struct foo'],
  ['struct foo **', 'struct foo *'],
  ['char []', 'char'],
  ['char [][]', 'char []'],
  ['struct foo *[]', 'struct foo *'],
  ['int (*)()', 'int ()'],
  ['int (*[])()', 'int (*)()'],
  ['u32', ''],
  ['', ''],
])('%s points at %s', (type, expected) => {
  expect(pointee(type)).toBe(expected);
});

it.each([
  ['struct foo', 'struct foo *'],
  ['struct foo *', 'struct foo **'],
  ['int ()', 'int (*)()'],
  ['', ''],
])('a pointer to %s is %s', (type, expected) => {
  expect(pointerTo(type)).toBe(expected);
});

it('tells pointers, arrays and functions apart', () => {
  expect(['u8 *', 'u8 *[]', 'u8', 'int (*)()', 'int (*[])()', 'u8 []'].map(isPointer)).toEqual([
    true,
    false,
    false,
    true,
    false,
    false,
  ]);
  expect(['u8 *', 'u8 *[]', 'int (*[])()', 'u8 []'].map(isArray)).toEqual([false, true, true, true]);
  expect(['int (*)()', 'int ()', 'int *'].map(isFunctionPointer)).toEqual([true, false, false]);
});

it('finds base and result', () => {
  expect(baseOf('struct foo **[]')).toBe('struct foo');
  expect(returned('struct foo * (*)()')).toBe('struct foo *');
  expect(returned('int ()')).toBe('int');
  expect(returned('int *')).toBe('');
});
