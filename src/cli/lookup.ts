/** `adjutant lookup`: what the index knows of a name, for users who ask "why does it think so". */
import { resolve } from 'node:path';
import { cacheDir } from '../config/cache-dir.ts';
import { useStore } from '../effects/stores.ts';
import { openEffects } from '../effects/tree/related-effects.ts';
import { UserError } from '../errors.ts';
import { openIndex } from '../index/open-index.ts';
import { describeSymbol } from '../report/symbol.ts';
import type { ExitStatus, Io } from './io.ts';
import { openTree } from './open-change.ts';
import { ProgressLine } from './progress-line.ts';

export interface LookupCommandOptions {
  readonly symbol: string;
  readonly repo?: string;
  readonly rev?: string;
  /** Entries of a list (callers, callees) that are shown; 20 unless told. */
  readonly limit?: number;
}

/** Prints all that is known of a function, struct, field, macro, global, typedef or enumerator. Throws a UserError where there is none of that name. */
export async function runLookup(options: LookupCommandOptions, io: Io): Promise<ExitStatus> {
  const { tree, name, repository } = await openTree(resolve(io.cwd, options.repo ?? '.'), options.rev);
  const line = new ProgressLine(io);
  try {
    const opened = await openIndex(tree, {
      cacheDir: cacheDir(io.env),
      progress: (progress) => line.show(progress),
    });
    line.end();
    const effects = openEffects(opened.report.index);
    try {
      const program = opened.program();
      if (effects !== undefined) useStore(program, effects);
      const text = describeSymbol(program, options.symbol, options.limit ?? 20);
      if (text === '')
        throw new UserError(`${name} has no function, type, macro or global named ${options.symbol}.`);
      io.stdout.write(text);
      return 0;
    } finally {
      effects?.close();
      opened.close();
    }
  } finally {
    line.end();
    repository?.objects.close();
  }
}
