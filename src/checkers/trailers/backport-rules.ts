/** Rules about commits that were taken from another tree: the lines that say so, and what they name. */
import type { Backport } from './backport.ts';
import { samePerson, showPerson } from './people.ts';
import type { MessageContext, MessageRule } from './rule.ts';

const SOURCE = 'Documentation/process/stable-kernel-rules.rst, option 3; git-cherry-pick(1), -x';

export const backportForm: MessageRule = {
  id: 'trailers/backport-form',
  severity: 'note',
  summary: 'The line that names the commit a backport was taken from has not the form of its convention.',
  source: SOURCE,
  *check({ backports, options }) {
    for (const backport of backports) {
      if (backport.wellFormed) continue;
      yield {
        line: backport.line,
        severity: options.convention === 'mainline' ? 'note' : 'warning',
        message:
          backport.sha === ''
            ? 'The line names no commit.'
            : backport.sha.length < 40
              ? `The line names the commit by ${backport.sha.length} digits; scripts look for all 40.`
              : 'The line is not written as scripts look for it.',
        explanation: `The forms are: ${FORMS[backport.form]}`,
      };
    }
  },
};

const FORMS: Record<Backport['form'], string> = {
  'upstream commit': '[ Upstream commit <40 digits> ]',
  'commit upstream': 'commit <40 digits> upstream.',
  'cherry picked': '(cherry picked from commit <40 digits>)',
  backported: '(backported from commit <40 digits>)',
  tag: 'Upstream-commit: <40 digits>',
};

export const backportWanted: MessageRule = {
  id: 'trailers/backport-wanted',
  severity: 'warning',
  summary: 'A commit of a stable tree does not say which upstream commit it is.',
  source: SOURCE,
  *check({ backports, options, message }) {
    if (options.convention !== 'stable' || backports.length > 0) return;
    if (/^(?:Revert "|Linux \d)/.test(message.subject)) return;
    yield {
      line: Math.min(message.subjectEnd + 1, message.lines.length),
      message: 'The commit does not name the upstream commit that it is.',
      explanation: `Stable trees take what is upstream. Put one of these above the text: ${FORMS['commit upstream']} or ${FORMS['upstream commit']}`,
    };
  },
};

export const backportSourceMissing: MessageRule = {
  id: 'trailers/backport-source-missing',
  severity: 'error',
  summary: 'The commit that a backport names is not upstream.',
  source: SOURCE,
  *check({ backports }) {
    for (const backport of backports) {
      if (backport.source.state !== 'missing') continue;
      yield {
        line: backport.line,
        message: `${backport.sha} is not upstream.`,
        explanation:
          'The line must name the commit as it is in the upstream tree, not in the tree it was picked through.',
      };
    }
  },
};

export const backportSubject: MessageRule = {
  id: 'trailers/backport-subject',
  severity: 'warning',
  summary: 'A backport has another subject than the commit that it names.',
  source: SOURCE,
  *check({ backports, message }) {
    for (const { source, line, sha } of backports) {
      if (source.state !== 'found' || !source.commit.wholeSubject) continue;
      if (sameSubject(message.subject, source.commit.subject)) continue;
      yield {
        line,
        message: `${sha.slice(0, 12)} is "${source.commit.subject}" upstream.`,
        explanation:
          'A backport keeps the subject, so that it can be found by it. Is the SHA1 the right one?',
      };
    }
  },
};

/** Distributions put a mark before the subject: `UBUNTU: SAUCE:`, `[Backport]`, `upstream:`. */
function sameSubject(own: string, upstream: string): boolean {
  const plain = (text: string) => text.replace(/\s+/g, ' ').trim();
  return (
    plain(own) === plain(upstream) ||
    (plain(own).endsWith(plain(upstream)) && /^(?:[A-Z]+:|\[[^\]]+\]|[\w-]+:)/.test(own))
  );
}

export const backportAuthor: MessageRule = {
  id: 'trailers/backport-author',
  severity: 'warning',
  summary: 'A backport has another author than the commit that it names.',
  source: 'Documentation/process/stable-kernel-rules.rst; git cherry-pick keeps the author',
  *check({ backports, author, message, canonical }) {
    for (const { source, line, sha } of backports) {
      if (source.state !== 'found' || source.commit.author === undefined || author === undefined) continue;
      if (source.commit.wholeSubject && !sameSubject(message.subject, source.commit.subject)) continue;
      const wrote = canonical(source.commit.author);
      if (samePerson(wrote, author) !== 'none') continue;
      yield {
        line,
        message: `${showPerson(wrote)} wrote ${sha.slice(0, 12)}; the author here is ${showPerson(author)}.`,
        explanation:
          'A backport keeps its author (`git commit --amend --author=…`); who made it signs off below.',
      };
    }
  },
};

export const backportChange: MessageRule = {
  id: 'trailers/backport-change',
  severity: 'note',
  summary: 'A backport changes something else than the commit that it names, and does not say so.',
  source:
    'Documentation/process/stable-kernel-rules.rst: deviations "must be very clearly documented and justified"',
  *check(context) {
    for (const backport of context.backports) {
      if (backport.sameChange !== false || backport.form === 'backported' || saysWhatChanged(context))
        continue;
      yield {
        line: backport.line,
        message: `The change is not that of ${backport.sha.slice(0, 12)}.`,
        explanation:
          'If the code had to be adjusted, say how in a line in brackets above your sign-off: [name: what was changed]. ' +
          `\`git range-diff ${backport.sha.slice(0, 12)}^! <this commit>^!\` shows the difference.`,
      };
    }
  },
};

function saysWhatChanged({ message }: MessageContext): boolean {
  return message.tail.some((paragraph) => paragraph.remarks.some((remark) => remark.kind === 'note'));
}

export const backportMissingFix: MessageRule = {
  id: 'trailers/backport-missing-fix',
  severity: 'warning',
  summary: 'Upstream has a later fix for the commit that was picked, and it is not here.',
  source: 'Documentation/process/stable-kernel-rules.rst; Fixes tags upstream',
  *check({ backports }) {
    for (const { missingFixes, line, sha } of backports) {
      for (const fix of missingFixes) {
        yield {
          line,
          message: `Upstream fixed ${sha.slice(0, 12)} later, in ${fix.id.slice(0, 12)} ("${fix.subject}").`,
          explanation: `That commit is not here. Pick it as well: git cherry-pick -x ${fix.id}`,
        };
      }
    }
  },
};
