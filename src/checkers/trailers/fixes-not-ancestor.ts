import type { MessageRule } from './rule.ts';

export const fixesNotAncestor: MessageRule = {
  id: 'trailers/fixes-not-ancestor',
  severity: 'warning',
  summary: 'A Fixes tag names a commit that is not in the history of the fix.',
  source: 'NIPA verify_fixes and linux-next check_fixes: "Target is not an ancestor of this commit"',
  *check(context) {
    for (const fixes of context.fixes) {
      if (fixes.target.state !== 'found' || fixes.isAncestor !== false) continue;
      if (context.commit.id.startsWith(fixes.target.commit.id)) continue;
      yield {
        line: fixes.trailer.line,
        endLine: fixes.trailer.endLine,
        message: `${fixes.tag.sha} ("${fixes.target.commit.subject}") is not in the history of this commit.`,
        explanation:
          'The broken commit is in the repository and not below the fix: it was perhaps picked from another tree ' +
          'and has another SHA1 here, or the fix belongs on that branch.',
      };
    }
  },
};
