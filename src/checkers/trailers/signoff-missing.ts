import { code } from './code.ts';
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
    const unread = context.message.heads.findIndex((line) => /^[\s>]*Signed-off-by\s*:/i.test(line)) + 1;
    yield {
      line: spoiled?.trailer.line ?? Math.max(1, unread),
      message: 'The commit has no Signed-off-by.',
      explanation: reason(spoiled?.trailer.name, unread, context.message.subjectEnd),
    };
  },
};

function reason(spoiled: string | undefined, unread: number, subjectEnd: number): string {
  if (spoiled !== undefined) return `${code(spoiled)} is not read as one.`;
  if (unread > 0) {
    return unread <= subjectEnd
      ? `Line ${unread} belongs to the subject: there is no blank line above it.`
      : `Line ${unread} is not read as one: a sign-off stands in the last paragraph, at the start of its line.`;
  }
  return (
    'By a sign-off the author certifies the Developer Certificate of Origin. Only the author can add it ' +
    '(`git commit --amend -s`, or `git rebase --signoff` for several commits).'
  );
}

/** A fragment that somebody quotes, not a whole message: tags and nothing else. */
function isOnlyTags(message: { subject: string; strays: readonly unknown[] }): boolean {
  return message.subject === '' && message.strays.length > 0;
}
