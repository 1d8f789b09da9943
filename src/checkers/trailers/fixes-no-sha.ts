import { code } from './code.ts';
import { fixesCorrection } from './fixes-correction.ts';
import type { FixesLine, MessageRule } from './rule.ts';

export const fixesNoSha: MessageRule = {
  id: 'trailers/fixes-no-sha',
  severity: 'error',
  summary: 'Nothing after Fixes: can be read as a SHA1.',
  source: 'linux-next check_fixes and NIPA verify_fixes: "No SHA1 recognised"',
  *check(context) {
    for (const fixes of context.fixes) {
      const { tag, trailer } = fixes;
      if (tag.sha !== '' && tag.instead === '') continue;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message:
          tag.sha === ''
            ? 'The Fixes tag names no commit.'
            : `${code(tag.instead)} is no SHA1: ${code(/[^0-9a-fA-F]/.exec(tag.instead)?.[0] ?? '')} is no hex digit.`,
        explanation: `${reason(fixes)}`,
        ...fixesCorrection(fixes),
      };
    }
  },
};

function reason({ trailer, tag, meant }: FixesLine): string {
  if (/^<?https?:/.test(trailer.value)) return 'For the page of a report, use Closes:, or Link:.';
  if (/^#?\d+$/.test(trailer.value) || /^CVE-/i.test(trailer.value)) {
    return 'Fixes: names the commit that brought the bug; for a report, use Closes: with its URL.';
  }
  if (meant.length === 1) return 'One commit has the quoted subject.';
  const embedded = /\b[0-9a-f]{8,40}\b/.exec(trailer.value)?.[0];
  const hint = embedded === undefined || tag.sha !== '' ? '' : ` Perhaps ${embedded} was meant.`;
  return `The form is: \`Fixes: <12 digits> ("<subject line>")\`.${hint}`;
}
