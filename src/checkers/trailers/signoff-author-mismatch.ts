import { freeMail } from '../../kernel/trailers.ts';
import { showPerson } from './people.ts';
import type { MessageRule } from './rule.ts';
import { signedBy, signers } from './signers.ts';

/**
 * The author signed with an address of another place than the commit has. A comment in the name makes no difference,
 * nor do two addresses that are plainly one account.
 */
export const signoffAuthorMismatch: MessageRule = {
  id: 'trailers/signoff-author-mismatch',
  severity: 'warning',
  summary: 'The author signed off with another address than the commit has.',
  source: 'checkpatch FROM_SIGN_OFF_MISMATCH; Documentation/process/submitting-patches.rst, "Sign your work"',
  *check(context) {
    const { author } = context;
    const list = signers(context);
    if (author === undefined || signedBy(list, author) !== 'name') return;
    const own = list.find((signer) => signedBy([signer], author) === 'name');
    if (own === undefined || own.person.email === '' || areAliases(own.person.email, author.email)) return;
    yield {
      line: own.trailer.line,
      message: `The author is ${showPerson(author)}, the sign-off says <${own.person.email}>.`,
      explanation:
        'Author and sign-off should name the same address. Set the author to the one that you sign with ' +
        '(`git commit --amend --author=…`), or sign with the one that you write from; .mailmap can join the two.',
    };
  },
};

/** Two addresses of one account: with a `+detail`, in one organisation, or of kernel.org, which forwards. */
function areAliases(a: string, b: string): boolean {
  const [left, right] = [domain(a), domain(b)];
  if (left === 'kernel.org' || right === 'kernel.org') return true;
  if (left !== right) return false;
  return !freeMail.has(left) || bare(a) === bare(b);
}

function domain(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase();
}

function bare(email: string): string {
  return email.toLowerCase().replace(/\+[^@]*@/, '@');
}
