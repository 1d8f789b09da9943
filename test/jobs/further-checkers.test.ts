import { expect, test } from 'vitest';
import { defaultConfiguration } from '../../src/config/default-configuration.ts';
import { checkerOf, furtherCheckers } from '../../src/jobs/checks.ts';

const named = (enabled: boolean) => ({
  ...defaultConfiguration,
  checkers: {
    ...defaultConfiguration.checkers,
    'build-assert': { enabled, paths: [], 'ignore-paths': [] },
  },
});

test('a checker that is not of every head has a check run where it has found something', () => {
  expect(furtherCheckers(defaultConfiguration, [])).toEqual([]);
  expect(furtherCheckers(defaultConfiguration, [{ checker: 'null-deref' }])).toEqual([]);
  expect(furtherCheckers(defaultConfiguration, [{ checker: 'build-assert' }])).toEqual(['build-assert']);
});

test('or where the configuration names it', () => {
  expect(furtherCheckers(named(true), [])).toEqual(['build-assert']);
  expect(furtherCheckers(named(false), [])).toEqual(['build-assert']);
});

test('its check run can be run again like the others', () => {
  expect(checkerOf('adjutant / build-assert')).toBe('build-assert');
  expect(checkerOf('adjutant / trailers')).toBe('trailers');
  expect(checkerOf('other / build-assert')).toBeUndefined();
});
