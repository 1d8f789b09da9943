/**
 * Kills and bad weather, at length: `npm run bench:stress -- [--pulls 50] [--kills 100] [--faults 0] [--database
 * embedded|postgresql] [--workers N] [--seed N] [--logs DIR]`. Exit status 1 where an event was lost, or anything was done twice.
 */
import { parseArgs } from 'node:util';
import { startPostgres } from '../test/store/postgres.ts';
import { seeded } from './stress/seeded.ts';
import { stress } from './stress/stress.ts';

const { values } = parseArgs({
  options: {
    pulls: { type: 'string', default: '50' },
    kills: { type: 'string', default: '100' },
    faults: { type: 'string', default: '0' },
    database: { type: 'string', default: 'embedded' },
    workers: { type: 'string' },
    logs: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});

const postgres = values.database === 'postgresql' ? await startPostgres() : undefined;
try {
  const result = await stress({
    pulls: Number(values.pulls),
    kills: Number(values.kills),
    faults: Number(values.faults),
    ...(postgres === undefined ? {} : { databaseUrl: await postgres.createDatabase() }),
    ...(values.workers === undefined ? {} : { workers: Number(values.workers) }),
    ...(values.logs === undefined ? {} : { logs: values.logs }),
    random: seeded(Number(values.seed)),
    progress: (text) => process.stderr.write(`${text}\n`),
  });
  process.stdout.write(`${JSON.stringify({ ...values, ...result }, null, 2)}\n`);
  process.exitCode = result.lost + result.duplicates + result.wrong + result.violations.length === 0 ? 0 : 1;
} finally {
  await postgres?.stop();
}
