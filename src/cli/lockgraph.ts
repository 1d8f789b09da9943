/** `adjutant lockgraph`: what the tree takes under a lock, and what it takes that under. */
import { resolve } from 'node:path';
import { lockClassesNamed, lockNeighbours } from '../checkers/lock-order/lock-neighbours.ts';
import { cacheDir } from '../config/cache-dir.ts';
import { openEffects } from '../effects/tree/related-effects.ts';
import { UserError } from '../errors.ts';
import { openIndex } from '../index/open-index.ts';
import { lockGraphDot, lockGraphMermaid, lockGraphText } from '../report/lock-graph.ts';
import type { ExitStatus, Io } from './io.ts';
import { openTree } from './open-change.ts';
import type { LockGraphForm } from './output.ts';
import { ProgressLine } from './progress-line.ts';

export interface LockgraphOptions {
  readonly lock: string;
  readonly repo?: string;
  readonly rev?: string;
  readonly format?: LockGraphForm;
  /** Neighbours on each side that are shown; 20 unless told. */
  readonly limit?: number;
}

/** Classes that are shown of one name. */
const MAX_CLASSES = 5;

/** Prints the neighbourhood of a lock. Throws a UserError where the graph has none of that name, or where there is no graph. */
export async function runLockgraph(options: LockgraphOptions, io: Io): Promise<ExitStatus> {
  const { tree, name, repository } = await openTree(resolve(io.cwd, options.repo ?? '.'), options.rev);
  const line = new ProgressLine(io);
  try {
    const opened = await openIndex(tree, {
      cacheDir: cacheDir(io.env),
      progress: (progress) => line.show(progress),
    });
    line.end();
    const store = openEffects(opened.report.index);
    try {
      if (store === undefined)
        throw new UserError(`There is no lock graph of ${name} yet; run \`adjutant index --repo ${name}\`.`);
      const classes = lockClassesNamed(store, options.lock);
      if (classes.length === 0)
        throw new UserError(
          `Nothing in ${name} is taken under or over a lock named ${options.lock}; a class is written like "struct foo.lock" or "mm/slab.c:slab_mutex", or by its last name alone.`,
        );
      const program = opened.program();
      for (const lock of classes.slice(0, MAX_CLASSES))
        io.stdout.write(`${await drawing(lockNeighbours(program, store, lock), options)}\n`);
      if (classes.length > MAX_CLASSES)
        io.stderr.write(`${classes.length - MAX_CLASSES} more: ${classes.slice(MAX_CLASSES).join(', ')}\n`);
      return 0;
    } finally {
      store?.close();
      opened.close();
    }
  } finally {
    line.end();
    repository?.objects.close();
  }
}

async function drawing(
  neighbourhood: ReturnType<typeof lockNeighbours>,
  { format = 'text', limit = 20 }: LockgraphOptions,
): Promise<string> {
  if (format === 'text') return lockGraphText(neighbourhood, limit);
  if (format === 'mermaid') return lockGraphMermaid(neighbourhood, limit);
  const dot = lockGraphDot(neighbourhood, limit);
  if (format === 'dot') return dot;
  const { drawSvg } = await import('../report/lock-graph-svg.ts');
  return drawSvg(dot);
}
