import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../demo/run.ts', import.meta.url));
const committed = new URL('../../docs/conversation.md', import.meta.url);

it('shows a pull request that brings bugs in, and one that fixes them', async () => {
  // Rejects where the demo's own expectations are not met: it exits with 1 then.
  const { stdout, stderr } = await run(process.execPath, [script]);
  expect(stderr).toBe('');
  const [bugs = '', fixes = ''] = stdout.split(/^(?=#2 )/m);
  expect(bugs).toMatch(/✗ adjutant \/ lock-order +failure/);
  expect(bugs).toContain('sound/usb/offload/qmi_audio.c:86');
  expect(bugs).toContain('dev_err(&subs->dev->dev,');
  expect(bugs).toMatch(/tova {2}👀 🚀\n {4}\/help\n\n {2}adjutant\[bot\]/);
  expect(fixes.match(/✓ adjutant/g)).toHaveLength(3);
  expect(fixes).not.toContain('reviewed');
}, 240_000);

it('shows a review over five pushes, with every command', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'adjutant-story-'));
  const page = join(folder, 'conversation.md');
  const { stdout, stderr } = await run(process.execPath, [script, '--story', '--page', page]);
  expect(stderr).toBe('');
  // Where this differs on purpose: npm run demo -- --story --page docs/conversation.md
  expect(await readFile(page, 'utf8')).toBe(await readFile(committed, 'utf8'));
  await rm(folder, { recursive: true });
  expect(stdout.match(/^── .* push: /gm)).toHaveLength(5);
  expect(stdout).toMatch(
    /── A finding is dismissed [\s\S]*null-deref +Nothing found, 1 broken in between, 1 dismissed/,
  );
  for (const command of ['explain', 'lockgraph', 'why', 'dismiss', 'undismiss', 'trailers', 'recheck'])
    expect(stdout).toMatch(new RegExp(`^ +/${command}\\b`, 'm'));
}, 240_000);
