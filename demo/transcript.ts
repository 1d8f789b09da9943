/** A pull request's conversation as text: what a reader on GitHub sees, in a terminal. */
import { styleText } from 'node:util';
import type { CheckRun, IssueComment, PullRequest, ReviewComment, Thread } from './github/index.ts';

type Style = Parameters<typeof styleText>[0];

export interface TranscriptOptions {
  readonly color: boolean;
}

/** Reactions as GitHub draws them. */
export const SIGNS: Readonly<Record<string, string>> = {
  eyes: '👀',
  rocket: '🚀',
  confused: '😕',
};

/** Checks first, as GitHub's box at the end has them; then reviews with their threads, and the conversation. */
export function transcript(pull: PullRequest, runs: readonly CheckRun[], options: TranscriptOptions): string {
  const styled = (style: Style, text: string) =>
    options.color ? styleText(style, text, { validateStream: false }) : text;
  const lines: string[] = [];
  const say = (indent: number, text: string) => lines.push(text === '' ? '' : `${' '.repeat(indent)}${text}`);

  say(0, styled('bold', `#${pull.number} ${pull.title}`));
  say(0, styled('dim', `${pull.user.login} wants to merge into ${pull.base.ref} from ${pull.head.ref}`));
  say(0, '');
  for (const run of runs) {
    const good = run.conclusion === 'success';
    const mark = styled(good ? 'green' : 'red', good ? '✓' : '✗');
    say(2, `${mark} ${run.name.padEnd(22)} ${(run.conclusion ?? run.status).padEnd(8)} ${run.title ?? ''}`);
  }
  for (const review of pull.reviews) {
    const threads = pull.threads.filter((thread) => thread.comments[0]?.review === review);
    if (review.state === 'PENDING' || (review.body === '' && threads.length === 0)) continue;
    say(0, '');
    say(2, `${styled('bold', review.user.login)} reviewed ${review.commit.slice(0, 7)}`);
    for (const line of readable(review.body)) say(4, line);
    for (const thread of threads) sayThread(thread);
  }
  for (const comment of pull.comments) {
    say(0, '');
    sayRemark(2, comment);
  }
  return `${lines.join('\n')}\n`;

  function sayThread(thread: Thread): void {
    say(0, '');
    const state = thread.resolvedBy === undefined ? (thread.outdated ? ' (outdated)' : '') : ' (resolved)';
    say(4, `${styled('cyan', `${thread.path}:${thread.originalLine ?? ''}`)}${state}`);
    for (const line of thread.diffHunk.split('\n').slice(-4)) {
      const style = line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : 'dim';
      say(4, styled(style, line.replaceAll('\t', '        ')));
    }
    for (const comment of thread.comments) sayRemark(6, comment);
  }

  function sayRemark(indent: number, remark: IssueComment | ReviewComment): void {
    const reactions = remark.reactions.map(({ content }) => SIGNS[content] ?? content).join(' ');
    say(indent, `${styled('bold', remark.user.login)}${reactions === '' ? '' : `  ${reactions}`}`);
    const body =
      remark.minimized === undefined ? readable(remark.body) : [styled('dim', `(${remark.minimized})`)];
    for (const line of body) say(indent + 2, line);
  }
}

/** Lines of Markdown without what only a browser shows. */
export function readable(body: string): string[] {
  const text = body
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/<details><summary>(.*?)<\/summary>/g, '▸ $1')
    .replaceAll(/<\/?(?:details|sub|summary)>/g, '')
    .replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll('\u200b', '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  return text === '' ? [] : text.split('\n');
}
