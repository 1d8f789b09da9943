import { code } from './code.ts';
import { fixesCorrection, subjectDiffers, subjectShortened } from './fixes-correction.ts';
import { formatFixes } from './fixes-tag.ts';
import type { FixesLine, MessageRule } from './rule.ts';

/** A shortened subject is a note: linux-next and NIPA accept any beginning, checkpatch wants all of it. */
export const fixesSubjectMismatch: MessageRule = {
  id: 'trailers/fixes-subject-mismatch',
  severity: 'error',
  summary: 'The subject that a Fixes tag quotes is not that of the commit that it names.',
  source: 'linux-next check_fixes and NIPA verify_fixes: "Subject does not match target commit subject"',
  *check(context) {
    for (const fixes of context.fixes) {
      if (fixes.target.state !== 'found') continue;
      const place = { line: fixes.trailer.line, endLine: fixes.trailer.endLine, ...fixesCorrection(fixes) };
      if (subjectDiffers(fixes)) {
        yield {
          ...place,
          message: `The subject of ${fixes.tag.sha} is "${fixes.target.commit.subject}", not "${fixes.tag.subject}".`,
          explanation: choice(fixes),
        };
      } else if (fixes.tag.closed && subjectShortened(fixes)) {
        yield {
          ...place,
          severity: 'note',
          message: `The subject of ${fixes.tag.sha} goes on: "${fixes.target.commit.subject}".`,
          explanation: `Quote the whole subject line.`,
        };
      }
    }
  },
};

function choice({ tag, target, meant }: FixesLine): string {
  if (target.state !== 'found') return '';
  const bySha = code(formatFixes(target.commit.id.slice(0, 12), target.commit.subject));
  const [other] = meant;
  if (other === undefined) return `If the SHA1 is right, write: ${bySha}.`;
  const list = meant.map((commit) => code(formatFixes(commit.id.slice(0, 12), commit.subject))).join(' or ');
  return `If the SHA1 is right, write: ${bySha}. If the subject "${tag.subject}" is right, write: ${list}.`;
}
