/** Folders that a test writes into and that are gone behind it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import type { SourceTree } from '../../src/git/change.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder for one test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'adjutant-test-'));
  folders.push(folder);
  return folder;
}

/** Files by path. */
export type Sources = Readonly<Record<string, string>>;

export function writeTree(root: string, files: Sources): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** A plain folder as the index takes it: it lists and reads the folder itself. */
export const plainTree = (root: string): SourceTree => ({
  id: root,
  root,
  list: () => Promise.reject(new Error('the index scans a folder by itself')),
  paths: () => Promise.reject(new Error('the index lists a folder by itself')),
  read: () => Promise.reject(new Error('the index reads a folder by itself')),
});
