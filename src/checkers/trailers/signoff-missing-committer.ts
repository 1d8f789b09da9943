import { serviceCommitters } from '../../kernel/trailers.ts';
import { code } from './code.ts';
import { showPerson } from './people.ts';
import type { MessageRule } from './rule.ts';
import { signedBy, signers, spoiledSignOffs } from './signers.ts';

/** The committer handled the patch, so their sign-off belongs below the author's. Web buttons sign nothing. */
export const signoffMissingCommitter: MessageRule = {
  id: 'trailers/signoff-missing-committer',
  severity: 'error',
  summary: 'The committer of a commit has not signed it off.',
  source: 'Documentation/process/submitting-patches.rst, "Sign your work"; linux-next check_commits',
  *check(context) {
    const { committer } = context;
    const list = signers(context);
    if (committer === undefined || list.length === 0) return;
    if (serviceCommitters.has(committer.email.toLowerCase()) || signedBy(list, committer) !== 'none') return;
    const spoiled = spoiledSignOffs(context).find((signer) => signedBy([signer], committer) !== 'none');
    yield {
      line: spoiled?.trailer.line ?? list.at(-1)?.trailer.line ?? 1,
      message: `${showPerson(committer)} committed this and has not signed it off.`,
      explanation:
        spoiled === undefined
          ? 'Everybody through whose hands a patch goes signs it off, the committer last. Only they can do so ' +
            '(`git commit --amend -s`). A rebase makes the person who runs it the committer.'
          : `${code(spoiled.trailer.name)} is not read as a sign-off.`,
    };
  },
};
