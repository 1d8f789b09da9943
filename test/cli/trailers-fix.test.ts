/** `adjutant trailers --fix` on branches of any messages, in a real repository: what it writes, and what it leaves alone. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyMessage } from '../checkers/trailers/messages.ts';
import { TemporaryRepository } from '../git/temporary-repository.ts';
import { runCli } from './run-cli.ts';

/** A commit whose message quotes the one before it, by the subject that it has now. */
const quotingMessage = fc
  .constantFrom('net: use it.', '[PATCH v2] net: use it', 'net: use it')
  .map(
    (subject) => (id: string, before: string) =>
      `${subject}\n\nSince commit ${id.slice(0, 12)} ("${before}") it can be used.\n\nFixes: ${id.slice(0, 12)} ("${before}")\nSigned-off-by: Ann Author <ann@example.org>\nSigned-off-by: Carl Committer <carl@example.org>\n`,
  );

const branch = fc.array(fc.oneof(anyMessage, quotingMessage), { minLength: 1, maxLength: 4 });

/** Everything in a commit but its message and its parents' names. */
function headers(scratch: TemporaryRepository, id: string): string {
  const text = scratch.git('cat-file', 'commit', id);
  return text.slice(0, text.indexOf('\n\n')).replace(/^parent .*\n/gm, '');
}

interface JsonFinding {
  readonly suggestion?: unknown;
}

test('leaves nothing that a machine can correct, and changes messages alone', async () => {
  using scratch = new TemporaryRepository();
  const base = scratch.commit('net: begin', { file: '0\n' });
  const list = () => scratch.git('rev-list', '--reverse', `${base}..topic`).trim().split('\n');
  let number = 0;
  await fc.assert(
    fc.asyncProperty(branch, async (messages) => {
      scratch.git('checkout', '-q', '-B', 'topic', base);
      for (const message of messages) {
        const id = scratch.git('rev-parse', 'HEAD').trim();
        const before = scratch.git('log', '-1', '--format=%s').trim();
        number += 1;
        scratch.write({ file: `${number}\n` });
        const text = typeof message === 'string' ? message : message(id, before);
        scratch.git('commit', '-q', '-a', '--allow-empty-message', '--cleanup=verbatim', '-m', text);
      }
      const old = list();
      const args = ['trailers', `${base}..topic`, '--repo', scratch.path, '--format', 'json'];
      const { status, out } = await runCli([...args, '--fix']);
      expect(status).not.toBe(2);
      const now = list();
      expect(now.map((id) => headers(scratch, id))).toEqual(old.map((id) => headers(scratch, id)));
      expect(scratch.git('status', '--porcelain')).toBe('');
      const left = JSON.parse(out).findings as JsonFinding[];
      expect(left.filter(({ suggestion }) => suggestion !== undefined)).toEqual([]);
      // Read once more, as anybody else would.
      const again = JSON.parse((await runCli(args)).out).findings as JsonFinding[];
      expect(again.filter(({ suggestion }) => suggestion !== undefined)).toEqual([]);
      expect((await runCli([...args, '--fix'])).err).toBe('');
      if (now.join() !== old.join()) {
        const backups = scratch.git('for-each-ref', '--format=%(objectname)', 'refs/adjutant/before-fix');
        expect(backups).toContain(old.at(-1));
      }
    }),
    { numRuns: 15 },
  );
  execFileSync('git', ['fsck', '--no-dangling'], { cwd: scratch.path, stdio: 'ignore' });
});
