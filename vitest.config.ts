import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

const report = process.env.ADJUTANT_TEST_REPORT;

const KERNEL = 'test/kernel/**/*.test.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Threads would each strip their types anew, in WebAssembly: V8 13.6 now and then ends a process whose threads begin
    // and end while they do ("Check failed: jit_page.has_value()", see also nodejs/node#64500).
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled') },
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
