/** An answer in a comment of ours: one for each piece of work, also where a try was cut short after answering. */
import { clipMarkdown } from '../report/markdown-text.ts';
import type { Work } from '../store/queue.ts';
import type { Forge } from './forge.ts';

/** Characters; GitHub takes 65,536 of them with our mark. */
const MAX_ANSWER = 65_000;

export interface AnswerPlace {
  /** Of the pull request. */
  readonly number: number;
  /** When what is answered was written, ISO 8601. */
  readonly written: string;
  /** The first comment of the review thread; the conversation otherwise. */
  readonly thread?: number | undefined;
}

export async function replyOnce(
  forge: Forge,
  { id, attempt }: Pick<Work<object>, 'id' | 'attempt'>,
  { number, written, thread }: AnswerPlace,
  words: string,
): Promise<void> {
  // An edited comment is another delivery: what it has now is answered too.
  const mark = `<!-- adjutant:answers ${id} -->`;
  const there = attempt > 1 ? await forge.ownReplies(number, written, thread) : [];
  if (there.some((body) => body.includes(mark))) return;
  const fitting = clipMarkdown(words, MAX_ANSWER, 'The rest did not fit.');
  await forge.reply(number, `${fitting}\n\n${mark}`, thread);
}
