import { code } from './code.ts';
import { fixesCorrection } from './fixes-correction.ts';
import { formatFixes } from './fixes-tag.ts';
import type { FixesLine, MessageRule } from './rule.ts';

/** Only where the whole history is at hand: in a shallow or partial repository nothing is said. */
export const fixesTargetMissing: MessageRule = {
  id: 'trailers/fixes-target-missing',
  severity: 'error',
  summary: 'A Fixes tag names a commit that does not exist.',
  source: 'linux-next check_fixes and NIPA verify_fixes: "Target SHA1 does not exist"',
  *check(context) {
    for (const fixes of context.fixes) {
      if (fixes.target.state !== 'missing' || fixes.tag.sha === '') continue;
      yield {
        line: fixes.trailer.line,
        endLine: fixes.trailer.endLine,
        message: `Fixes: ${fixes.tag.sha} names no commit of this repository.`,
        explanation: `${guess(fixes)}`,
        ...fixesCorrection(fixes),
      };
    }
  },
};

function guess({ meant }: FixesLine): string {
  if (meant.length === 1) return 'Maybe the commit was rebased: one commit has the quoted subject.';
  if (meant.length === 0) {
    return 'Perhaps it was rebased before it was merged, or it is in a tree that is not here; no commit here has the quoted subject.';
  }
  const list = meant.map((commit) => code(formatFixes(commit.id.slice(0, 12), commit.subject))).join(', ');
  return `Several commits come into question: ${list}.`;
}
