import type { MessageRule } from './rule.ts';

/**
 * In mainline a fix is sometimes picked from a branch that is merged later, so there it is a note. Elsewhere nothing is
 * said without the upstream tree at hand.
 */
export const backportSourceMissing: MessageRule = {
  id: 'trailers/backport-source-missing',
  severity: 'error',
  summary: 'The commit that a backport names is not upstream.',
  source: 'Documentation/process/stable-kernel-rules.rst, option 3; git-cherry-pick(1), -x',
  *check({ backports, options }) {
    for (const backport of backports) {
      if (backport.source.state !== 'missing') continue;
      yield {
        line: backport.line,
        ...(options.convention === 'mainline' ? { severity: 'note' as const } : {}),
        message: `${backport.sha} is not upstream.`,
        explanation:
          'The line must name the commit as it is in the upstream tree, not in the tree it was picked through.',
      };
    }
  },
};
