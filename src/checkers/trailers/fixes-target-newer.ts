import type { MessageRule } from './rule.ts';

/** A rebase moves dates, so a date alone proves nothing: only the commit itself and its descendants are reported. */
export const fixesTargetNewer: MessageRule = {
  id: 'trailers/fixes-target-newer',
  severity: 'error',
  summary: 'A Fixes tag names the commit itself, or one with the same subject.',
  source: 'Documentation/process/submitting-patches.rst: a Fixes tag names "a previous commit"',
  *check(context) {
    for (const fixes of context.fixes) {
      const named = fixes.target.state === 'found' ? fixes.target.commit : undefined;
      const itself = named !== undefined && isSame(named.id, context.commit.id);
      const sameSubject = fixes.tag.subject !== '' && fixes.tag.subject === context.message.subject;
      if (!itself && !(sameSubject && context.backports.length === 0)) continue;
      yield {
        line: fixes.trailer.line,
        endLine: fixes.trailer.endLine,
        message: itself
          ? 'The Fixes tag names the commit that it stands in.'
          : 'The Fixes tag quotes the subject of the commit that it stands in.',
        explanation: 'Fixes: names the earlier commit that brought the bug in.',
      };
    }
  },
};

function isSame(a: string, b: string): boolean {
  return a.length >= 12 && b.length >= 12 && (a.startsWith(b) || b.startsWith(a));
}
