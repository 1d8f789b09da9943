import { describe, expect, test } from 'vitest';
import { type Forge, NotPlaced } from '../../src/jobs/forge.ts';
import { postReview } from '../../src/jobs/post-review.ts';
import type { ReviewComment } from '../../src/report/github.ts';

const DIFF = `diff --git a/a.c b/a.c
--- a/a.c
+++ b/a.c
@@ -10,3 +10,4 @@
 ten
+eleven
 twelve
 thirteen
`;
const at = (line: number, start?: number): ReviewComment => ({
  path: 'a.c',
  line,
  side: 'RIGHT',
  body: `line ${line}`,
  ...(start === undefined ? {} : { start_line: start, start_side: 'RIGHT' }),
});
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A GitHub that takes comments on these lines alone. Says what was posted. */
async function posted(
  comments: readonly ReviewComment[],
  takes: readonly number[],
  diff: string | undefined,
) {
  const said: string[] = [];
  const check = (all: readonly ReviewComment[]) => {
    if (all.some(({ line }) => !takes.includes(line))) throw new NotPlaced('line must be part of the diff');
  };
  const forge = {
    diff: async () => diff,
    async createReview(_: number, __: string, body: string, all: readonly ReviewComment[]) {
      check(all);
      said.push(`${body}: ${all.map(({ line }) => line).join(' ')}`);
    },
    async createReviewComment(_: number, __: string, comment: ReviewComment) {
      check([comment]);
      said.push(`alone: ${comment.line}`);
    },
  } as Partial<Forge> as Forge;
  const isPosted = await postReview(log, forge, 1, { head: 'sha', body: 'words', comments });
  expect(isPosted).toBe(said.length > 0);
  return said;
}

describe('a review is posted', () => {
  test('in one piece where GitHub takes it', async () => {
    expect(await posted([at(11), at(12)], [11, 12], undefined)).toEqual(['words: 11 12']);
  });
  test("without the comments that GitHub's own diff does not show", async () => {
    expect(await posted([at(11), at(40), at(12, 9)], [11], DIFF)).toEqual(['words: 11']);
  });
  test('one by one where that is refused too, with its words', async () => {
    expect(await posted([at(11), at(12), at(40)], [12], DIFF)).toEqual(['words: ', 'alone: 12']);
  });
  test('one by one where GitHub gives no diff', async () => {
    expect(await posted([at(11), at(40)], [11], undefined)).toEqual(['words: ', 'alone: 11']);
  });
  test('not at all where the commit is not of the pull request any more, which is no error', async () => {
    const refuse = () => Promise.reject(new NotPlaced('commit_id is not part of the pull request'));
    const forge = {
      createReview: refuse,
      createReviewComment: refuse,
      diff: async () => DIFF,
    } as Partial<Forge>;
    const review = { head: 'sha', body: 'x', comments: [at(11)] };
    expect(await postReview(log, forge as Forge, 1, review)).toBe(false);
  });
  test('not at all where the trouble is another one', async () => {
    const forge = { createReview: () => Promise.reject(new Error('down')) } as Partial<Forge> as Forge;
    await expect(postReview(log, forge, 1, { head: 'sha', body: 'x', comments: [] })).rejects.toThrow('down');
  });
});
