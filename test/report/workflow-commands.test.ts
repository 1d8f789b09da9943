import fc from 'fast-check';
import { expect, test } from 'vitest';
import { workflowCommands } from '../../src/report/workflow-commands.ts';
import { finding, report } from './example-report.ts';

test('one command for each finding, and the verdict', () => {
  expect(workflowCommands(report())).toBe(
    `::warning title=trailers/fixes-sha-too-short::message of 00eb617506e6 "foo: stop bar", line 3: The Fixes tag has 8 digits
::error file=drivers/foo/bar.c,line=12,endLine=12,col=3,endColumn=9,title=null-deref/known-null::'sub' is dereferenced where it is NULL%0A%0AIt was tested in line 11.
1 error and 1 warning introduced
`,
  );
});

test('nothing that a change says ends a command or starts another', () => {
  const text = fc
    .array(fc.constantFrom('\n', '\r', '::error::', '%0A', ',', ':', 'a', '\u2028', '::stop-commands::x'))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, (path, message) => {
      const out = workflowCommands(report({ findings: [finding({ path, message, explanation: message })] }));
      const lines = out.split(/[\n\r\u2028]/);
      expect(lines).toHaveLength(3);
      expect(lines[0]).toMatch(
        /^::error file=[^,:]*,line=12,endLine=12,col=3,endColumn=9,title=null-deref\/known-null::/,
      );
      expect(lines[1]).toBe('1 error introduced');
    }),
  );
});
