import { sameSubject } from './backport.ts';
import type { MessageRule } from './rule.ts';

export const backportSubject: MessageRule = {
  id: 'trailers/backport-subject',
  severity: 'warning',
  summary: 'A backport has another subject than the commit that it names.',
  source: 'Documentation/process/stable-kernel-rules.rst, option 3; git-cherry-pick(1), -x',
  *check({ backports, message }) {
    for (const { source, line, sha } of backports) {
      if (source.state !== 'found' || !source.commit.wholeSubject) continue;
      if (sameSubject(message.subject, source.commit.subject)) continue;
      yield {
        line,
        message: `${sha.slice(0, 12)} is "${source.commit.subject}" upstream.`,
        explanation:
          'A backport keeps the subject, so that it can be found by it. Is the SHA1 the right one?',
      };
    }
  },
};
