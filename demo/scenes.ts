/** A conversation in the order in which it came to be: what each push, and each word of a person, brought with it. */
import { readFindingMark } from '../src/report/github.ts';
import type { CheckRun, IssueComment, PullRequest, ReviewComment } from './github/index.ts';

export interface Scene {
  readonly title: string;
  readonly head: string;
  /** It begins with a push; with words of people otherwise. */
  readonly isPush: boolean;
  /** Newest run of each name; none where nothing ran. */
  readonly checks: readonly Pick<CheckRun, 'name' | 'conclusion' | 'title'>[];
  readonly remarks: readonly Remark[];
}

/** Something new to a reader, with its Markdown. */
export interface Remark {
  readonly kind: 'review' | 'comment' | 'changed';
  readonly by: string;
  readonly body: string;
  /** Contents of reactions: `eyes`. */
  readonly reactions: readonly string[];
  /** Where a thread stands; nowhere for the conversation. */
  readonly place?: { readonly path: string; readonly line: number | undefined };
  /** The end of the diff above a thread that begins. */
  readonly hunk?: readonly string[];
  readonly folded: boolean;
}

const HUNK_LINES = 4;

/** Takes scenes of a pull request, each with what is new since the one before. */
export function recordScenes(pull: PullRequest) {
  const scenes: Scene[] = [];
  const reviews = new Set<number>();
  const known = new Map<number, string>();
  const seen = (comment: IssueComment | ReviewComment, remark: Partial<Remark>): Remark[] => {
    const before = known.get(comment.id);
    known.set(comment.id, comment.body);
    if (before === comment.body) return [];
    return [
      {
        kind: before === undefined ? 'comment' : 'changed',
        by: comment.user.login,
        body: comment.body,
        reactions: comment.reactions.map(({ content }) => content),
        folded: comment.minimized !== undefined,
        ...remark,
      },
    ];
  };
  const remarks = (): Remark[] => {
    const found: Remark[] = [];
    for (const review of pull.reviews) {
      if (reviews.has(review.id) || review.body === '') continue;
      reviews.add(review.id);
      found.push({ kind: 'review', by: review.user.login, body: review.body, reactions: [], folded: false });
    }
    for (const { path, originalLine: line, diffHunk, comments } of pull.threads)
      for (const comment of comments) {
        const hunk = diffHunk.split('\n').slice(1).slice(-HUNK_LINES);
        const begins = comment.inReplyTo === undefined && !known.has(comment.id);
        found.push(...seen(comment, { place: { path, line }, ...(begins ? { hunk } : {}) }));
      }
    for (const comment of pull.comments) found.push(...seen(comment, {}));
    return found;
  };
  return {
    scenes,
    take(title: string, runs: readonly CheckRun[] = []): void {
      const isPush = scenes.at(-1)?.head !== pull.head.sha;
      const checks = [...new Map(runs.map((run) => [run.name, run])).values()];
      scenes.push({
        title,
        isPush,
        head: pull.head.sha,
        checks: structuredClone(checks.map(shown)),
        remarks: remarks(),
      });
    },
  };
}

const shown = ({ name, conclusion, title }: CheckRun) => ({ name, conclusion, title });

/** Whether Adjutant wrote it about a finding: it changes with the finding. */
export const isAboutFinding = (body: string): boolean => readFindingMark(body) !== undefined;

/** Markdown as a reader sees it who is not on the machine of the demo: without marks, links to it and its tokens. */
export function withoutAddresses(body: string): string {
  return body
    .replaceAll(/^\[[^\]]*\]\(http:[^)]*\)\n*/gm, '')
    .replaceAll(/\n*<!--[\s\S]*?-->\s*/g, '')
    .replaceAll(/ · \[[^\]]*\]\(http:[^)]*\)/g, '')
    .replaceAll(/\[([^\]]*)\]\(http:[^)]*\)/g, '$1')
    .trim();
}
