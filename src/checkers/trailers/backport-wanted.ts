import { conventions } from './backport.ts';
import { code } from './code.ts';
import type { MessageRule } from './rule.ts';

export const backportWanted: MessageRule = {
  id: 'trailers/backport-wanted',
  severity: 'warning',
  summary: 'A commit of a stable tree does not say which upstream commit it is.',
  source: 'Documentation/process/stable-kernel-rules.rst, option 3; git-cherry-pick(1), -x',
  *check({ backports, options, message }) {
    if (options.convention !== 'stable' || backports.length > 0) return;
    if (/^(?:Revert "|Linux \d)/.test(message.subject)) return;
    yield {
      line: Math.min(message.subjectEnd + 1, message.lines.length),
      message: 'The commit does not name the upstream commit that it is.',
      explanation: `Stable trees take what is upstream. Put one of these above the text: ${code(conventions['commit upstream'])} or ${code(conventions['upstream commit'])}`,
    };
  },
};
