/** The part of GitHub's GraphQL schema that REST has no answer for: threads, and folding comments away. */
import type { Call } from '../call.ts';
import { allows, canSee } from '../credentials.ts';
import {
  fullName,
  type IssueComment,
  nodeId,
  type PullRequest,
  type Repository,
  type Review,
  type ReviewComment,
  type Thread,
  type User,
} from '../state.ts';
import type { FieldType, Schema, Typed } from './execute.ts';
import { MUTATIONS } from './mutations.ts';
import { findNode, mayResolve, typed } from './nodes.ts';
import { GraphqlError } from './parse.ts';

type Args = Readonly<Record<string, unknown>>;

/** A field whose source is a T. */
function field<T>(
  type: string,
  resolve: (source: T, args: Args, call: Call) => unknown,
  args: Readonly<Record<string, string>> = {},
): FieldType {
  return { type, args, resolve: resolve as FieldType['resolve'] };
}

const actor = (user: User): Typed => typed(user.type, user);

const PAGING = { first: 'Int', after: 'String', last: 'Int', before: 'String' };

interface Connection {
  readonly items: readonly Typed[];
  readonly total: number;
  readonly from: number;
}

/** A connection: GitHub wants `first` or `last`, at most 100. */
function connection<T>(name: string, node: string, items: (source: T) => readonly Typed[]): FieldType {
  return field<T>(
    `${node}Connection!`,
    (source, args) => {
      const all = items(source);
      const count = args.first ?? args.last;
      if (typeof count !== 'number') {
        throw new GraphqlError(
          `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
          'MISSING_PAGINATION_BOUNDARIES',
        );
      }
      if (count > 100) {
        throw new GraphqlError(
          `Requesting ${count} records on the \`${name}\` connection exceeds the \`first\` limit of 100 records.`,
          'EXCESSIVE_PAGINATION',
        );
      }
      const after =
        typeof args.after === 'string' ? Number(Buffer.from(args.after, 'base64').toString('utf8')) : 0;
      const from = args.first === undefined ? Math.max(all.length - count, 0) : after;
      const shown: Connection = { items: all.slice(from, from + count), total: all.length, from };
      return typed(`${node}Connection`, shown);
    },
    PAGING,
  );
}

function connectionType(node: string): Readonly<Record<string, FieldType>> {
  return {
    totalCount: field<Connection>('Int!', ({ total }) => total),
    nodes: field<Connection>(`[${node}]`, ({ items }) => items),
    pageInfo: field<Connection>('PageInfo!', (source) => typed('PageInfo', source)),
  };
}

const cursor = (at: number) => Buffer.from(String(at)).toString('base64');

function mayRead(call: Call): void {
  const { caller } = call;
  if (caller.kind !== 'installation' || !allows(caller.token.permissions, 'pull_requests', 'read')) {
    throw new GraphqlError('Resource not accessible by integration', 'FORBIDDEN');
  }
}

type Remark = IssueComment | ReviewComment;

const REMARK: Readonly<Record<string, FieldType>> = {
  id: field<Remark>('ID!', ({ node }) => node),
  databaseId: field<Remark>('Int', ({ id }) => (id > 0x7fffffff ? null : id)),
  fullDatabaseId: field<Remark>('BigInt', ({ id }) => String(id)),
  body: field<Remark>('String!', ({ body }) => body),
  author: field<Remark>('Actor', ({ user }) => actor(user)),
  createdAt: field<Remark>('DateTime!', ({ createdAt }) => createdAt),
  updatedAt: field<Remark>('DateTime!', ({ updatedAt }) => updatedAt),
  isMinimized: field<Remark>('Boolean!', ({ minimized }) => minimized !== undefined),
  minimizedReason: field<Remark>('String', ({ minimized }) => minimized ?? null),
  viewerDidAuthor: field<Remark>('Boolean!', ({ user }, _, { hub }) => user === hub.state.app.bot),
  viewerCanMinimize: field<Remark>('Boolean!', () => true),
};

const ACTOR: Readonly<Record<string, FieldType>> = {
  id: field<User>('ID!', (user) => nodeId(user.type === 'Bot' ? 'BOT' : 'U', user.id)),
  // GraphQL names a bot without its suffix; REST with it.
  login: field<User>('String!', ({ login }) => login.replace(/\[bot\]$/, '')),
  databaseId: field<User>('Int', ({ id }) => id),
};

const threadComments = (thread: Thread) =>
  thread.comments
    .filter(({ review }) => review.state !== 'PENDING')
    .map((one) => typed('PullRequestReviewComment', one));

export const SCHEMA: Schema = {
  types: {
    Query: {
      repository: field<undefined>(
        'Repository',
        (_, { owner, name }, call) => {
          const repository = call.hub.state.repositories.get(`${owner}/${name}`.toLowerCase());
          if (
            repository === undefined ||
            call.caller.kind !== 'installation' ||
            !canSee(call.caller.token, repository)
          ) {
            throw new GraphqlError(
              `Could not resolve to a Repository with the name '${owner}/${name}'.`,
              'NOT_FOUND',
            );
          }
          return typed('Repository', repository);
        },
        { owner: 'String!', name: 'String!' },
      ),
      node: field<undefined>(
        'Node',
        (_, { id }, call) => findNode(call, String(id)) ?? notThere(String(id)),
        { id: 'ID!' },
      ),
      nodes: field<undefined>(
        '[Node]!',
        (_, { ids }, call) => (ids as string[]).map((id) => findNode(call, id) ?? null),
        { ids: '[ID!]!' },
      ),
      viewer: field<undefined>('User!', (_, __, { hub }) => typed('User', hub.state.app.bot)),
    },
    Mutation: MUTATIONS,
    Repository: {
      id: field<Repository>('ID!', ({ id }) => nodeId('R', id)),
      nameWithOwner: field<Repository>('String!', fullName),
      pullRequest: field<Repository>(
        'PullRequest',
        ({ pulls }, { number }, call) => {
          mayRead(call);
          const pull = pulls.get(Number(number));
          if (pull === undefined) {
            throw new GraphqlError(
              `Could not resolve to a PullRequest with the number of ${number}.`,
              'NOT_FOUND',
            );
          }
          return typed('PullRequest', pull);
        },
        { number: 'Int!' },
      ),
    },
    PullRequest: {
      id: field<PullRequest>('ID!', ({ id }) => nodeId('PR', id)),
      number: field<PullRequest>('Int!', ({ number }) => number),
      title: field<PullRequest>('String!', ({ title }) => title),
      body: field<PullRequest>('String!', ({ body }) => body ?? ''),
      state: field<PullRequest>('PullRequestState!', ({ state }) => state.toUpperCase()),
      isDraft: field<PullRequest>('Boolean!', ({ draft }) => draft),
      headRefOid: field<PullRequest>('GitObjectID!', ({ head }) => head.sha),
      baseRefOid: field<PullRequest>('GitObjectID!', ({ base }) => base.sha),
      author: field<PullRequest>('Actor', ({ user }) => actor(user)),
      comments: connection<PullRequest>('comments', 'IssueComment', ({ comments }) =>
        comments.map((one) => typed('IssueComment', one)),
      ),
      reviews: connection<PullRequest>('reviews', 'PullRequestReview', ({ reviews }) =>
        reviews.map((one) => typed('PullRequestReview', one)),
      ),
      reviewThreads: connection<PullRequest>('reviewThreads', 'PullRequestReviewThread', ({ threads }) =>
        threads
          .filter((thread) => threadComments(thread).length > 0)
          .map((one) => typed('PullRequestReviewThread', one)),
      ),
    },
    PullRequestReview: {
      id: field<Review>('ID!', ({ node }) => node),
      fullDatabaseId: field<Review>('BigInt', ({ id }) => String(id)),
      body: field<Review>('String!', ({ body }) => body),
      state: field<Review>('PullRequestReviewState!', ({ state }) => state),
      author: field<Review>('Actor', ({ user }) => actor(user)),
    },
    PullRequestReviewThread: {
      id: field<Thread>('ID!', ({ node }) => node),
      isResolved: field<Thread>('Boolean!', ({ resolvedBy }) => resolvedBy !== undefined),
      resolvedBy: field<Thread>('User', ({ resolvedBy }) => (resolvedBy ? typed('User', resolvedBy) : null)),
      isOutdated: field<Thread>('Boolean!', ({ outdated }) => outdated),
      isCollapsed: field<Thread>(
        'Boolean!',
        ({ outdated, resolvedBy }) => outdated || resolvedBy !== undefined,
      ),
      path: field<Thread>('String!', ({ path }) => path),
      line: field<Thread>('Int', ({ line }) => line ?? null),
      startLine: field<Thread>('Int', ({ startLine }) => startLine ?? null),
      originalLine: field<Thread>('Int', ({ originalLine }) => originalLine ?? null),
      originalStartLine: field<Thread>('Int', ({ originalStartLine }) => originalStartLine ?? null),
      diffSide: field<Thread>('DiffSide!', ({ side }) => side),
      subjectType: field<Thread>('PullRequestReviewThreadSubjectType!', ({ subject }) =>
        subject.toUpperCase(),
      ),
      viewerCanResolve: field<Thread>(
        'Boolean!',
        (thread, _, call) => thread.resolvedBy === undefined && mayResolve(call),
      ),
      viewerCanUnresolve: field<Thread>(
        'Boolean!',
        (thread, _, call) => thread.resolvedBy !== undefined && mayResolve(call),
      ),
      pullRequest: field<Thread>('PullRequest!', ({ pull }) => typed('PullRequest', pull)),
      comments: connection<Thread>('comments', 'PullRequestReviewComment', threadComments),
    },
    PullRequestReviewComment: {
      ...REMARK,
      path: field<ReviewComment>('String!', ({ thread }) => thread.path),
      outdated: field<ReviewComment>('Boolean!', ({ thread }) => thread.outdated),
      line: field<ReviewComment>('Int', ({ thread }) => thread.line ?? null),
      originalLine: field<ReviewComment>('Int', ({ thread }) => thread.originalLine ?? null),
    },
    IssueComment: REMARK,
    User: ACTOR,
    Bot: ACTOR,
    Organization: ACTOR,
    PageInfo: {
      hasNextPage: field<Connection>('Boolean!', ({ from, items, total }) => from + items.length < total),
      hasPreviousPage: field<Connection>('Boolean!', ({ from }) => from > 0),
      startCursor: field<Connection>('String', ({ from, items }) =>
        items.length === 0 ? null : cursor(from),
      ),
      endCursor: field<Connection>('String', ({ from, items }) =>
        items.length === 0 ? null : cursor(from + items.length),
      ),
    },
    IssueCommentConnection: connectionType('IssueComment'),
    PullRequestReviewConnection: connectionType('PullRequestReview'),
    PullRequestReviewThreadConnection: connectionType('PullRequestReviewThread'),
    PullRequestReviewCommentConnection: connectionType('PullRequestReviewComment'),
    ...payload('MinimizeCommentPayload', { minimizedComment: 'Minimizable' }),
    ...payload('UnminimizeCommentPayload', { unminimizedComment: 'Minimizable' }),
    ...payload('ResolveReviewThreadPayload', { thread: 'PullRequestReviewThread' }),
    ...payload('UnresolveReviewThreadPayload', { thread: 'PullRequestReviewThread' }),
    ...payload('UpdatePullRequestReviewCommentPayload', {
      pullRequestReviewComment: 'PullRequestReviewComment',
    }),
    ...payload('AddPullRequestReviewThreadReplyPayload', { comment: 'PullRequestReviewComment' }),
  },
  abstract: {
    Node: [
      'PullRequestReviewThread',
      'PullRequestReviewComment',
      'IssueComment',
      'PullRequest',
      'PullRequestReview',
      'Repository',
    ],
    Actor: ['User', 'Bot', 'Organization'],
    Minimizable: ['PullRequestReviewComment', 'IssueComment'],
  },
  inputs: {
    MinimizeCommentInput: {
      subjectId: 'ID!',
      classifier: 'ReportedContentClassifiers!',
      clientMutationId: 'String',
    },
    UnminimizeCommentInput: { subjectId: 'ID!', clientMutationId: 'String' },
    ResolveReviewThreadInput: { threadId: 'ID!', clientMutationId: 'String' },
    UnresolveReviewThreadInput: { threadId: 'ID!', clientMutationId: 'String' },
    UpdatePullRequestReviewCommentInput: {
      pullRequestReviewCommentId: 'ID!',
      body: 'String!',
      clientMutationId: 'String',
    },
    AddPullRequestReviewThreadReplyInput: {
      pullRequestReviewThreadId: 'ID!',
      pullRequestReviewId: 'ID',
      body: 'String!',
      clientMutationId: 'String',
    },
  },
  enums: {
    ReportedContentClassifiers: [
      'SPAM',
      'ABUSE',
      'OFF_TOPIC',
      'OUTDATED',
      'DUPLICATE',
      'RESOLVED',
      'LOW_QUALITY',
    ],
  },
};

function payload(
  name: string,
  fields: Readonly<Record<string, string>>,
): Record<string, Record<string, FieldType>> {
  const own = Object.entries(fields).map(([key, type]) => [key, field<Args>(type, (source) => source[key])]);
  return {
    [name]: {
      clientMutationId: field<Args>('String', ({ clientMutationId }) => clientMutationId ?? null),
      ...Object.fromEntries(own),
    },
  };
}

function notThere(id: string): never {
  throw new GraphqlError(`Could not resolve to a node with the global id of '${id}'`, 'NOT_FOUND');
}
