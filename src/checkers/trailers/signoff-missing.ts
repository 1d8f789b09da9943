import type { MessageRule } from './rule.ts';
import { signers, spoiledSignOffs } from './signers.ts';

/** No Signed-off-by at all. A missing sign-off is never offered as a correction: only its person can give it. */
export const signoffMissing: MessageRule = {
  id: 'trailers/signoff-missing',
  severity: 'error',
  summary: 'A commit has no Signed-off-by at all.',
  source: 'Documentation/process/submitting-patches.rst, "Sign your work"; checkpatch MISSING_SIGN_OFF',
  *check(context) {
    if (signers(context).length > 0 || isOnlyTags(context.message)) return;
    const [spoiled] = spoiledSignOffs(context);
    yield {
      line: spoiled?.trailer.line ?? 1,
      message: 'The commit has no Signed-off-by.',
      explanation:
        spoiled === undefined
          ? 'By a sign-off the author certifies the Developer Certificate of Origin. Only the author can add it ' +
            '(`git commit --amend -s`, or `git rebase --signoff` for several commits).'
          : `\`${spoiled.trailer.name}\` is not read as one.`,
    };
  },
};

/** A fragment that somebody quotes, not a whole message: tags and nothing else. */
function isOnlyTags(message: { subject: string; strays: readonly unknown[] }): boolean {
  return message.subject === '' && message.strays.length > 0;
}
