/** A small disk of its own for the tests of a file. It needs root, and a system that allows it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Mounts a disk of `size` (as mount takes it: '8m'); where that is not allowed the folder is a plain one. */
export function smallDisk(size: string): { readonly folder: string; readonly mounted: boolean } {
  const folder = mkdtempSync(join(tmpdir(), 'adjutant-full-'));
  const mounted = mount(folder, size);
  afterAll(() => {
    if (mounted) execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, mounted };
}

function mount(folder: string, size: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'adjutant-test', folder], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}
