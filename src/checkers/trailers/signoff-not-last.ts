import { samePerson, showPerson } from './people.ts';
import type { MessageContext, MessageRule, Problem } from './rule.ts';
import { type Signer, signers } from './signers.ts';

/**
 * The last sign-off is that of the person who passes the patch on. Tags below it in the same paragraph are a matter
 * of the tree (tip puts Reviewed-by there); a paragraph below it means that git no longer sees the sign-off.
 */
export const signoffNotLast: MessageRule = {
  id: 'trailers/signoff-not-last',
  severity: 'warning',
  summary: 'The person who passes the patch on has signed it, and not as the last.',
  source:
    'Documentation/process/submitting-patches.rst: "the last Signed-off-by: must always be that of the developer submitting the patch"',
  *check(context) {
    const handler = context.submitter ?? context.committer;
    if (handler === undefined) return;
    const list = signers(context);
    const own = list.findLast((signer) => samePerson(signer.person, handler) !== 'none');
    const last = list.at(-1);
    if (own === undefined || last === undefined) return;
    if (own !== last) yield notLast(own, last, context);
    else if (context.submitter !== undefined && isAboveBreak(own, context)) {
      yield {
        line: own.trailer.line,
        message: `The sign-off of ${showPerson(own.person)}, who sends the patch, stands above another paragraph of tags.`,
        explanation:
          'The sign-off of the sender ends the message; git reads trailers from the last paragraph only.',
      };
    }
  },
};

function notLast(own: Signer, last: Signer, context: MessageContext): Problem {
  const sends = context.submitter !== undefined;
  return {
    line: own.trailer.line,
    severity: sends ? 'warning' : 'note',
    message: `${showPerson(own.person)} ${sends ? 'sends' : 'committed'} this, and the last sign-off is that of ${showPerson(last.person)}.`,
    explanation:
      'Sign-offs stand in the order in which people handled the patch, so the last is that of the person who ' +
      `submits it. If ${showPerson(last.person)} worked on it, a Co-developed-by with their sign-off stands above; if ` +
      'they took an earlier version into their tree, that sign-off does not belong to this submission.',
  };
}

function isAboveBreak(own: Signer, context: MessageContext): boolean {
  const paragraphs = context.message.tail.filter((paragraph) => paragraph.kind === 'trailers');
  const at = paragraphs.findIndex((paragraph) => paragraph.trailers.includes(own.trailer));
  return at >= 0 && at < paragraphs.length - 1;
}
