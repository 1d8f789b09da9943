/** Progress of the index on standard error: one line that is written over on a terminal, a line now and then otherwise. */
import type { Progress } from '../index/build.ts';
import type { Io } from './io.ts';

const BAR = 24;
/** Milliseconds between two lines. */
const ON_TERMINAL = 100;
const OTHERWISE = 5000;

const STEPS = {
  scanning: 'Looking for changed files',
  reading: 'Reading',
  linking: 'Linking',
  effects: 'Effects',
} as const;

/** Shows progress as it is told; end() leaves the cursor on a new line. */
export class ProgressLine {
  readonly #io: Io;
  #last = Number.NEGATIVE_INFINITY;
  #step: Progress['step'] | undefined;
  #isOpen = false;

  constructor(io: Io) {
    this.#io = io;
  }

  show(progress: Progress): void {
    const isTerminal = this.#io.stderr.isTTY === true;
    const isNewStep = progress.step !== this.#step;
    const isDone = progress.totalFiles > 0 && progress.files === progress.totalFiles;
    const now = performance.now();
    if (!isNewStep && !isDone && now - this.#last < (isTerminal ? ON_TERMINAL : OTHERWISE)) return;
    this.#last = now;
    this.#step = progress.step;
    const line = progressText(progress, isTerminal);
    this.#io.stderr.write(isTerminal ? `\r\x1b[K${line}` : `${line}\n`);
    this.#isOpen = isTerminal;
  }

  end(): void {
    if (this.#isOpen) this.#io.stderr.write('\r\x1b[K');
    this.#isOpen = false;
  }
}

/** `Reading  [=====>    ]  52 %  1,200 of 2,300 files  41 MB/s  0:12 left` */
export function progressText(progress: Progress, withBar: boolean): string {
  const { step, files, totalFiles, bytes, totalBytes, elapsed } = progress;
  if (totalFiles === 0) return STEPS[step];
  const part =
    totalBytes === undefined || totalBytes === 0 ? files / totalFiles : Math.min(1, bytes / totalBytes);
  const filled = Math.round(part * BAR);
  const bar = withBar ? [`[${'='.repeat(filled)}${' '.repeat(BAR - filled)}]`] : [];
  const left = part === 0 || part === 1 ? [] : [`${duration((elapsed / part) * (1 - part))} left`];
  const rate = elapsed === 0 || bytes === 0 ? [] : [`${(bytes / 1e3 / elapsed).toFixed(1)} MB/s`];
  const what = step === 'effects' ? 'functions' : 'files';
  return [
    STEPS[step],
    ...bar,
    `${String(Math.floor(part * 100)).padStart(3)} %`,
    `${files.toLocaleString('en')} of ${totalFiles.toLocaleString('en')} ${what}`,
    ...rate,
    ...left,
  ].join('  ');
}

function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
