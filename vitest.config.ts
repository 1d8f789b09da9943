import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const report = process.env.ADJUTANT_TEST_REPORT;

const KERNEL = 'test/kernel/**/*.test.ts';

/** Those that start the App take longest, and wait more than they work: none of them shall be left for the end, alone. */
class AppFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const startsApp = ({ moduleId }: TestSpecification): boolean => /\/test\/(?:app|demo)\//.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(startsApp), ...sorted.filter((file) => !startsApp(file))];
  }
}

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: AppFirst },
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
