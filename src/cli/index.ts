/** `adjutant index`: builds or refreshes the index of a tree. */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cacheDir } from '../config/cache-dir.ts';
import { buildTreeEffects } from '../effects/tree/build.ts';
import { UserError } from '../errors.ts';
import { TreeFiles } from '../index/file-index.ts';
import { type OpenedIndex, openIndex } from '../index/open-index.ts';
import type { ExitStatus, Io } from './io.ts';
import { openTree } from './open-change.ts';
import { ProgressLine } from './progress-line.ts';

export interface IndexCommandOptions {
  readonly repo?: string;
  /** Revision of a git repository; HEAD unless told. */
  readonly rev?: string;
  readonly stats?: boolean;
  readonly errors?: boolean;
  /** Stops it; what was analysed is kept. */
  readonly signal?: AbortSignal;
}

/** Builds the index; prints one line, and what --stats and --errors ask for. */
export async function runIndex(options: IndexCommandOptions, io: Io): Promise<ExitStatus> {
  const start = performance.now();
  const { tree, name, repository } = await openTree(resolve(io.cwd, options.repo ?? '.'), options.rev);
  const line = new ProgressLine(io);
  const stop = stopSignal(options.signal);
  let opened: OpenedIndex | undefined;
  try {
    opened = await openIndex(tree, {
      cacheDir: cacheDir(io.env),
      progress: (progress) => line.show(progress),
      signal: stop.signal,
    });
    const effectsTime = await buildTreeEffects(opened.report.index, {
      cacheDir: cacheDir(io.env),
      factsFolder: opened.report.store.folder,
      progress: (progress) => line.show(progress),
      signal: stop.signal,
    });
    line.end();
    if (options.errors === true) printErrors(opened, io);
    io.stdout.write(`${summary(opened, name, performance.now() - start)}\n`);
    if (options.stats === true)
      io.stdout.write(`${statistics(opened, effectsTime, performance.now() - start)}\n`);
    return 0;
  } finally {
    line.end();
    stop.release();
    opened?.close();
    repository?.objects.close();
  }
}

/** Ctrl-C stops the work in order: a second one ends the process as usual. */
function stopSignal(given: AbortSignal | undefined): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const stop = (): void => {
    process.off('SIGINT', stop);
    controller.abort(new UserError('Stopped. What was read is kept; the next run goes on from there.'));
  };
  process.on('SIGINT', stop);
  return {
    signal: given === undefined ? controller.signal : AbortSignal.any([given, controller.signal]),
    release: () => process.off('SIGINT', stop),
  };
}

function summary({ report }: OpenedIndex, name: string, elapsed: number): string {
  const { files, functions } = report.index.info.stats;
  const what = report.isUnchanged ? 'unchanged' : `${count(report.parsed)} parsed`;
  return `${name}: ${count(files)} files (${what}), ${count(functions)} functions, ${(elapsed / 1000).toFixed(1)} s`;
}

/** The figures of --stats, one a line. */
function statistics({ report }: OpenedIndex, effectsTime: number, elapsed: number): string {
  const { stats } = report.index.info;
  const rows: [string, string][] = [
    ['files', count(stats.files)],
    ['functions', count(stats.functions)],
    [
      '  without a body that could be read',
      `${count(stats.unparsed)} (${percent(stats.unparsed, stats.functions)})`,
    ],
    ['types', count(stats.types)],
    ['operations tables', count(stats.tables)],
    ['indirect calls', count(stats.indirectCalls)],
    ['  through a field that the tree fills', count(stats.resolvedCalls)],
    ['  through any other', count(stats.indirectCalls - stats.resolvedCalls)],
    ['parse errors', count(stats.errors)],
    ['bytes read', count(report.bytes)],
    ['bytes of the index', count(sizeOf(report.index.folder))],
    ['bytes of the fact store', count(report.store.bytes())],
    ['seconds', (elapsed / 1000).toFixed(2)],
    ['  looking for changes', (report.scanTime / 1000).toFixed(2)],
    ['  reading', (report.readTime / 1000).toFixed(2)],
    ['  linking', (report.linkTime / 1000).toFixed(2)],
    ['  effects', (effectsTime / 1000).toFixed(2)],
    ['peak memory (MiB)', count(Math.round(process.resourceUsage().maxRSS / 1024))],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value.padStart(14)}`).join('\n');
}

/** `path:line: function: reason` of everything that could not be parsed. */
function printErrors({ report }: OpenedIndex, io: Io): void {
  const files = new TreeFiles(report.index, report.store.facts);
  for (let file = 0; file < files.fileCount; file++) {
    for (const error of files.facts(file).errors) {
      const where = error.function === '' ? '' : ` ${error.function}:`;
      io.stdout.write(`${files.path(file)}:${error.line}:${where} ${error.reason}\n`);
    }
  }
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

const count = (value: number): string => value.toLocaleString('en');

const percent = (part: number, whole: number): string =>
  whole === 0 ? '0 %' : `${((part / whole) * 100).toFixed(2)} %`;
