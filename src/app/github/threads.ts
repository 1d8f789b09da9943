/** What becomes of comments and threads that stand: edited, folded away, resolved. Many at a time, by GraphQL. */
import type { Octokit } from 'octokit';
import type { CommentEdit, CommentFold } from '../../jobs/forge.ts';

/** Bodies have up to 65,536 characters, and a request should not have a megabyte. */
const BATCH = 10;
const PAGE = 100;

/** One that was deleted meanwhile has nothing to edit. */
export async function editComments(octokit: Octokit, edits: readonly CommentEdit[]): Promise<void> {
  await inBatches(octokit, edits, ({ node, body }) => ({
    field: 'updatePullRequestReviewComment',
    input: { pullRequestReviewCommentId: node, body },
  }));
}

export async function foldComments(octokit: Octokit, folds: readonly CommentFold[]): Promise<void> {
  await inBatches(octokit, folds, ({ node, away }) =>
    away
      ? { field: 'minimizeComment', input: { subjectId: node, classifier: 'RESOLVED' } }
      : { field: 'unminimizeComment', input: { subjectId: node } },
  );
}

/** @param octokit may write the repository's contents: GitHub wants that of an App that resolves threads */
export async function resolveThreads(
  octokit: Octokit,
  place: { readonly owner: string; readonly repo: string; readonly pull_number: number },
  folds: readonly CommentFold[],
): Promise<void> {
  const away = new Map(folds.map((fold) => [fold.node, fold.away]));
  const wrong = (await threadsOf(octokit, place)).filter(({ comments, isResolved }) => {
    const wanted = away.get(comments.nodes[0]?.id ?? '');
    return wanted !== undefined && wanted !== isResolved;
  });
  await inBatches(octokit, wrong, ({ id, isResolved }) => ({
    field: isResolved ? 'unresolveReviewThread' : 'resolveReviewThread',
    input: { threadId: id },
  }));
}

interface ReviewThread {
  readonly id: string;
  readonly isResolved: boolean;
  readonly comments: { readonly nodes: readonly { readonly id: string }[] };
}

interface ThreadPage {
  readonly repository: {
    readonly pullRequest: {
      readonly reviewThreads: {
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
        readonly nodes: readonly ReviewThread[];
      };
    };
  };
}

const THREADS = `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      reviewThreads(first: ${PAGE}, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id isResolved comments(first: 1) { nodes { id } } }
      }
    }
  }
}`;

async function threadsOf(
  octokit: Octokit,
  { owner, repo, pull_number: number }: Parameters<typeof resolveThreads>[1],
): Promise<ReviewThread[]> {
  const found: ReviewThread[] = [];
  for (let after: string | null = null; ; ) {
    const page: ThreadPage = await octokit.graphql(THREADS, { owner, repo, number, after });
    const { pageInfo, nodes } = page.repository.pullRequest.reviewThreads;
    found.push(...nodes);
    if (!pageInfo.hasNextPage) return found;
    after = pageInfo.endCursor;
  }
}

interface Mutation {
  readonly field: string;
  readonly input: Readonly<Record<string, string>>;
}

/** Some mutations a request, each with its input in a variable of its own. What is not there any more is left out. */
async function inBatches<Item>(
  octokit: Octokit,
  items: readonly Item[],
  mutation: (item: Item) => Mutation,
): Promise<void> {
  for (let from = 0; from < items.length; from += BATCH) {
    const batch = items.slice(from, from + BATCH).map(mutation);
    const inputs = batch.map(({ field }, index) => `$i${index}: ${typeName(field)}Input!`);
    const fields = batch.map(
      ({ field }, index) => `m${index}: ${field}(input: $i${index}) { clientMutationId }`,
    );
    const variables = Object.fromEntries(batch.map(({ input }, index) => [`i${index}`, input]));
    try {
      await octokit.graphql(`mutation (${inputs.join(', ')}) { ${fields.join(' ')} }`, variables);
    } catch (error) {
      if (!isOnlyMissing(error)) throw error;
    }
  }
}

/** octokit throws what GraphQL answers beside the data: errors, each with its type. */
function isOnlyMissing(error: unknown): boolean {
  const { errors = [] } = error as { readonly errors?: readonly { readonly type?: string }[] };
  return errors.length > 0 && errors.every(({ type }) => type === 'NOT_FOUND');
}

const typeName = (field: string) => `${field.slice(0, 1).toUpperCase()}${field.slice(1)}`;
