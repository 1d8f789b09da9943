import { code } from './code.ts';
import { showPerson } from './people.ts';
import type { MessageRule } from './rule.ts';
import { signedBy, signers, spoiledSignOffs } from './signers.ts';

/** There are sign-offs, and none of them is the author's. An address or a name is enough, as for linux-next. */
export const signoffMissingAuthor: MessageRule = {
  id: 'trailers/signoff-missing-author',
  severity: 'error',
  summary: 'The author of a commit has not signed it off.',
  source: 'Documentation/process/submitting-patches.rst, "Sign your work"; linux-next check_commits',
  *check(context) {
    const { author } = context;
    const list = signers(context);
    if (author === undefined || list.length === 0 || signedBy(list, author) !== 'none') return;
    const spoiled = spoiledSignOffs(context).find((signer) => signedBy([signer], author) !== 'none');
    yield {
      line: spoiled?.trailer.line ?? list[0]?.trailer.line ?? 1,
      message: `${showPerson(author)} wrote this commit and has not signed it off.`,
      explanation: / via /i.test(author.name)
        ? 'A mailing list wrote its own address over that of the author, who is to be set again ' +
          '(`git commit --amend --author=…`): a mail keeps them in a From line of its own above the text.'
        : spoiled === undefined
          ? 'The author certifies the Developer Certificate of Origin by a sign-off of their own; nobody else can ' +
            'give it. If somebody else wrote the change, correct the author (`git commit --amend --author=…`).'
          : `${code(spoiled.trailer.name)} is not read as a sign-off.`,
    };
  },
};
