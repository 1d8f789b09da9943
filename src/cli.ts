/** `adjutant …` in a terminal. */
import { processIo } from './cli/io.ts';
import { run } from './cli/run.ts';

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 2);
});
process.exitCode = await run(process.argv.slice(2), processIo());
