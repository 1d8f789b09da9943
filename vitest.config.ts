import { configDefaults, defineConfig } from 'vitest/config';

const report = process.env.ADJUTANT_TEST_REPORT;

const KERNEL = 'test/kernel/**/*.test.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'adjutant',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, KERNEL],
        },
      },
      {
        extends: true,
        // After the others: these start processes that keep both cores busy.
        test: {
          name: 'kernel',
          include: [KERNEL],
          globalSetup: 'test/kernel/setup.ts',
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
