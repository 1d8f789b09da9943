/** Git repositories in temporary folders, made by the real git. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const AUTHOR = { name: 'Ann Author', email: 'ann@example.org' };
export const COMMITTER = { name: 'Carl Committer', email: 'carl@example.org' };

/** Content by path; undefined deletes. */
export type Files = Readonly<Record<string, string | Uint8Array | undefined>>;

export class TemporaryRepository {
  readonly path: string;
  #seconds = 1_700_000_000;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'adjutant-test-'));
    this.git('init', '-q', '-b', 'main');
  }

  git(...args: string[]): string {
    const date = `${this.#seconds} +0200`;
    return execFileSync('git', args, {
      cwd: this.path,
      encoding: 'latin1',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: this.path,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: AUTHOR.name,
        GIT_AUTHOR_EMAIL: AUTHOR.email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: COMMITTER.name,
        GIT_COMMITTER_EMAIL: COMMITTER.email,
        GIT_COMMITTER_DATE: date,
      },
    });
  }

  write(files: Files): void {
    for (const [path, content] of Object.entries(files)) {
      const full = join(this.path, path);
      if (content === undefined) rmSync(full);
      else {
        mkdirSync(dirname(full), { recursive: true });
        writeFileSync(full, content);
      }
    }
  }

  /** Commits the files on top of HEAD and returns the commit's id. */
  commit(message: string, files: Files): string {
    this.#seconds += 60;
    this.write(files);
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD').trim();
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.remove();
  }
}
