import type { MessageRule } from './rule.ts';

/** A revert names what it reverts, by SHA1, and says why. A Fixes tag names it as well. */
export const revertForm: MessageRule = {
  id: 'trailers/revert-form',
  severity: 'note',
  summary: 'A revert does not name the commit that it reverts, or gives no reason.',
  source:
    'git-revert(1): "explain why the original commit is being reverted"; Documentation/process/submitting-patches.rst',
  *check({ message, fixes, answer }) {
    const reverted = /^Revert "(.+)"$/.exec(message.subject)?.[1];
    if (reverted === undefined) return;
    const at = message.heads.findIndex(
      (line) => /\breverts?\b.*\bcommits?\b/i.test(line) || /^This reverts/.test(line),
    );
    const rest = message.heads.slice(message.subjectEnd).join('\n');
    if (!/\b[0-9a-f]{7,40}\b/.test(rest)) {
      yield {
        line: 1,
        message: 'The revert does not name the commit that it reverts.',
        explanation: 'git writes `This reverts commit <sha1>.`; keep the line, so that tools find the pair.',
      };
      return;
    }
    const prose = message.paragraphs.filter((paragraph) => paragraph.kind === 'prose');
    const text = prose
      .map((paragraph) => message.heads.slice(paragraph.line - 1, paragraph.endLine).join(' '))
      .join(' ');
    const reason = text.replace(/This reverts commit [0-9a-f]+(?:\s*\(.*?\))?[.,]?/, '').trim();
    if (reason.length < 10 && fixes.length === 0) {
      yield {
        line: at < 0 ? 1 : at + 1,
        message: 'The revert gives no reason.',
        explanation: 'Say what the reverted commit broke, or why it is no longer wanted.',
      };
    }
    const sha = /\breverts commit ([0-9a-f]{7,40})\b/i.exec(text)?.[1];
    const target = sha === undefined ? undefined : answer(sha.toLowerCase());
    if (sha === undefined || target === undefined) return;
    if (target.state === 'missing') {
      yield {
        line: at + 1,
        severity: 'warning',
        message: `The revert names ${sha}, which is not in this repository.`,
        explanation: 'What is not there cannot be reverted: the SHA1 is perhaps that of another tree.',
      };
    } else if (target.state === 'found' && target.commit.wholeSubject && target.commit.subject !== reverted) {
      yield {
        line: at + 1,
        severity: 'warning',
        message: `The revert names ${sha}, whose subject is "${target.commit.subject}".`,
        explanation: `Its own subject says "${reverted}".`,
      };
    }
  },
};
