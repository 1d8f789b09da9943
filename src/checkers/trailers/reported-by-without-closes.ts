import { reportingPrograms } from '../../kernel/trailers.ts';
import type { MessageRule } from './rule.ts';

/**
 * "Unless the report is not available on the web": contested, so a note. Any link in the tags is taken for the report,
 * and so is syzbot's address, whose extension is the name of its page.
 */
export const reportedByWithoutCloses: MessageRule = {
  id: 'trailers/reported-by-without-closes',
  severity: 'note',
  summary: 'A Reported-by has neither Closes nor Link.',
  source:
    'Documentation/process/submitting-patches.rst, "Using Reported-by:"; checkpatch BAD_REPORTED_BY_LINK',
  *check({ message, backports, commit }) {
    const { trailers } = message;
    if (backports.length > 0 || isOlderThanTheTag(commit.authorDate) || /^Revert "/.test(message.subject))
      return;
    if (
      trailers.some(
        (trailer) => trailer.key === 'Closes' || trailer.key === 'Link' || /https?:\/\//.test(trailer.value),
      )
    )
      return;
    if (
      message.heads.some((line) =>
        /https?:\/\/(?:lore|patch\.msgid|bugzilla|syzkaller|github|gitlab)/.test(line),
      )
    )
      return;
    const report = trailers.find((trailer) => /^Reported(?:-and-tested)?-by$/i.test(trailer.key));
    if (
      report === undefined ||
      reportingPrograms.some(
        (program) => program.test(report.value) || /syzkaller\.appspotmail/.test(report.value),
      )
    )
      return;
    yield {
      line: report.line,
      endLine: report.endLine,
      message: 'Reported-by is followed by no Closes with the report.',
      explanation:
        'If the report can be read on the web, add `Closes: <URL>` below it (`Link:` where the change fixes a part of it).',
    };
  },
};

/** Closes came into the documents in 2023 (Linux 6.4). */
function isOlderThanTheTag(date: string | undefined): boolean {
  return date !== undefined && date < '2023-06';
}
