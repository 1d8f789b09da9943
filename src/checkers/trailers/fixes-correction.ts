/** The Fixes line as it should be, where the message and the repository leave no doubt. */
import { formatFixes } from './fixes-tag.ts';
import { type Correction, type FixesLine, replaceTrailer } from './rule.ts';

/** Text behind the subject that says nothing: marks, a date. Other words are not dropped by a machine. */
const DROPPED = /^[\s.,;:)"']*(?:\(?\d{4}-\d{2}-\d{2}\)?)?[\s.,;:)"']*$/;

/** The corrected tag, or undefined where a person must decide. */
function correctedFixes(fixes: FixesLine): string | undefined {
  const { tag, target, meant } = fixes;
  if (!DROPPED.test(tag.trailing)) return undefined;
  if (target.state === 'found') {
    const { commit } = target;
    if (!subjectDiffers(fixes)) {
      const subject = commit.wholeSubject ? commit.subject : longer(tag.subject, commit.subject, tag.closed);
      return subject === undefined ? undefined : line(tag.sha, commit.id, subject, tag.remark);
    }
    return meant.length === 1 && meant[0] !== undefined
      ? line('', meant[0].id, meant[0].subject, tag.remark)
      : undefined;
  }
  if (meant.length === 1 && meant[0] !== undefined)
    return line('', meant[0].id, meant[0].subject, tag.remark);
  const readable = target.state === 'unknown' && tag.instead === '' && tag.closed && tag.subject !== '';
  return readable ? line(tag.sha, tag.sha, tag.subject, tag.remark) : undefined;
}

/** The corrected tag as a correction of its lines. */
export function fixesCorrection(fixes: FixesLine): { correction: Correction } | Record<string, never> {
  const corrected = correctedFixes(fixes);
  return corrected === undefined ? {} : { correction: replaceTrailer(fixes.trailer, corrected) };
}

/** The quoted subject is not that of the target; a beginning of it (shortened, or cut by a wrap) is no difference. */
export function subjectDiffers(fixes: FixesLine): boolean {
  const { tag, target } = fixes;
  if (target.state !== 'found' || tag.subject === '') return false;
  const quoted = normal(tag.subject);
  const real = normal(target.commit.subject);
  if (quoted === real || isBeginning(quoted, real)) return false;
  return target.commit.wholeSubject || !isBeginning(real, quoted);
}

/** The quoted subject is only the beginning of the target's. */
export function subjectShortened(fixes: FixesLine): boolean {
  const { tag, target } = fixes;
  if (target.state !== 'found' || tag.subject === '' || !target.commit.wholeSubject) return false;
  const quoted = normal(tag.subject);
  const real = normal(target.commit.subject);
  return quoted !== real && isBeginning(quoted, real);
}

function isBeginning(part: string, whole: string): boolean {
  const cut = part.replace(/\s*(?:\.\.\.|…)$/, '');
  return cut.length >= Math.min(10, whole.length) && whole.startsWith(cut);
}

function normal(subject: string): string {
  return subject.replace(/\s+/g, ' ').trim();
}

function longer(quoted: string, known: string, closed: boolean): string | undefined {
  return closed && quoted.length >= known.length ? quoted : undefined;
}

function line(written: string, id: string, subject: string, remark: string): string | undefined {
  const sha = written.length >= 12 && written.length < 40 ? written : id.slice(0, 12);
  return sha.length < 12 ? undefined : formatFixes(sha, subject, remark);
}
