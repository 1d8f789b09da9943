/** The words of the review of a push, above its inline comments. */
import { COMMIT_MESSAGE, type Finding } from '../checkers/checker.ts';
import { type Report, sourceKey } from '../review/report.ts';
import { type Correction, correctionsBlock } from './corrected-messages.ts';
import { capitalised, details, findingId, findingLine, MAX_COMMENT, SIGN } from './github.ts';
import { clipMarkdown, codeSpan, proseMarkdown } from './markdown-text.ts';
import { commitText, type Quotes } from './places.ts';
import { countText, plural } from './verdict.ts';

/** What a push has for the first time. */
export interface Said {
  /** All of it, inline or not. */
  readonly fresh: readonly Finding[];
  /** Those of it that stand on no line of the diff, or in no file. */
  readonly unplaced: readonly Finding[];
  /** Those that have a line, and are over the limit of comments or beside another one. */
  readonly left: readonly Finding[];
  /** Findings of earlier pushes that hold. */
  readonly standing: number;
  /** Nothing was said on this pull request before. */
  readonly isFirst: boolean;
}

const HINT =
  '<sub>Answer a comment with `/explain` to have it told step by step, or with `/dismiss reason…` where it is a false alarm. `/help` lists the rest.</sub>';

/** Counts, what has no inline place, and for newcomers how to answer. Markdown. */
export function reviewBody(report: Report, said: Said, corrections: readonly Correction[] = []): string {
  const { fresh, unplaced, left, standing, isFirst } = said;
  // What was broken in between is for the check run: there is nothing to be done at a line.
  const counts = `${capitalised(countText({ fixed: report.fixed, findings: fresh, transient: [] }))}.`;
  const holds = `${plural(standing, 'finding')} of earlier pushes still ${standing === 1 ? 'holds' : 'hold'}.`;
  const messages = unplaced.filter((finding) => finding.path === COMMIT_MESSAGE);
  const elsewhere = unplaced.filter((finding) => finding.path !== COMMIT_MESSAGE);
  const list = (title: string, findings: readonly Finding[]) =>
    findings.length === 0
      ? ''
      : details(title, findings.map((finding) => findingLine(finding, report, {})).join('\n'));
  const blocks = [
    standing === 0 ? counts : `${counts} ${holds}`,
    messagesMarkdown(messages, report),
    messages.length === 0 ? '' : correctionsBlock(corrections, report.base),
    list(`${plural(elsewhere.length, 'finding')} outside the lines of the diff`, elsewhere),
    list(`${plural(left.length, 'finding')} without a comment: there are enough for one push`, left),
    isFirst ? HINT : '',
  ];
  return clipMarkdown(
    blocks.filter(Boolean).join('\n\n'),
    MAX_COMMENT,
    'The rest did not fit; the check runs have all findings.',
  );
}

const rewriting = ({ suggestion }: Finding): string =>
  suggestion?.lines.map((text) => `\n  write ${codeSpan(text)}`).join('') ?? '';

/** Findings on commit messages, commit by commit, with the line and what to write instead. */
export function messagesMarkdown(findings: readonly Finding[], report: Quotes): string {
  const commits = [...new Set(findings.map((finding) => finding.commit))];
  return commits
    .map((commit) => {
      const own = findings.filter((finding) => finding.commit === commit);
      const lines = report.excerpts.get(
        sourceKey({ path: COMMIT_MESSAGE, ...(commit === undefined ? {} : { commit }) }),
      );
      const items = own.map((finding, index) => {
        const quote = lines?.get(finding.line) ?? '';
        // The subject stands above all of them, and a line below the first that is about it.
        const above = own[index - 1];
        const isKnown = finding.line === 1 || above?.line === finding.line;
        const line = quote === '' || isKnown ? '' : `\n  ${codeSpan(quote)}`;
        const rewritten = rewriting(finding);
        const fix = isKnown && above !== undefined && rewriting(above) === rewritten ? '' : rewritten;
        return `- ${SIGN[finding.severity]} ${proseMarkdown(finding.message)} (${codeSpan(finding.rule)} ${codeSpan(findingId(finding))})${line}${fix}`;
      });
      return `**Message of ${codeSpan(commitText(commit, report))}**\n\n${items.join('\n')}`;
    })
    .join('\n\n');
}
