/** Commit messages as they should be, in one block that is folded away. */
import { codeBlock, codeSpan, htmlText } from './markdown-text.ts';
import { shortId } from './places.ts';
import { plural } from './verdict.ts';

export interface Correction {
  /** SHA. */
  readonly commit: string;
  /** The whole message. */
  readonly message: string;
}

/** The block, as Markdown; `base` is the commit below the first. '' where no message is to be corrected. */
export function correctionsBlock(corrections: readonly Correction[], base: string): string {
  if (corrections.length === 0) return '';
  const title = htmlText(
    `Corrected ${corrections.length === 1 ? 'message' : 'messages'} of ${plural(corrections.length, 'commit')}`,
  );
  return `<details><summary>${title}</summary>\n\n${correctionsMarkdown(corrections, base)}\n\n</details>`;
}

/** The messages one after the other, and the line that writes them. */
export function correctionsMarkdown(corrections: readonly Correction[], base: string): string {
  return [
    `On the branch of the pull request, this corrects what a machine can:\n\n${codeBlock(`adjutant trailers --fix ${shortId(base)}..HEAD`, 'sh')}`,
    ...corrections.map(({ commit, message }) => `${codeSpan(shortId(commit))}\n\n${codeBlock(message)}`),
  ].join('\n\n');
}
