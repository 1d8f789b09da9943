/** Mutations: folding comments away, resolving threads, editing and answering. */
import { actorOf, type Call } from '../call.ts';
import { addReply, announceReviewComment, announceThread, checkBody } from '../conversation.ts';
import { allows } from '../credentials.ts';
import { Refusal } from '../errors.ts';
import type { IssueComment, MinimizedReason, ReviewComment, Thread } from '../state.ts';
import type { FieldType, Typed } from './execute.ts';
import { findNode, mayResolve } from './nodes.ts';
import { GraphqlError } from './parse.ts';

type Input = Readonly<Record<string, string>>;

function mutation(name: string, run: (input: Input, call: Call) => Record<string, Typed>): FieldType {
  const capital = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  return {
    type: `${capital}Payload`,
    args: { input: `${capital}Input!` },
    resolve: (_, args, call) => {
      const input = args.input as Input;
      return {
        typename: `${capital}Payload`,
        value: { ...run(input, call), clientMutationId: input.clientMutationId },
      };
    },
  };
}

function forbidden(): never {
  throw new GraphqlError('Resource not accessible by integration', 'FORBIDDEN');
}

function nodeOf(call: Call, id: string | undefined, ...types: string[]): Typed {
  const found = findNode(call, id ?? '');
  if (found === undefined || !types.includes(found.typename)) {
    throw new GraphqlError(`Could not resolve to a node with the global id of '${id}'`, 'NOT_FOUND');
  }
  return found;
}

/** GitHub's documentation names no permission for minimizing; that to write the comment is taken here. */
function minimizable(call: Call, id: string | undefined): Typed {
  const found = nodeOf(call, id, 'PullRequestReviewComment', 'IssueComment');
  if (!mayWrite(call)) forbidden();
  return found;
}

function mayWrite({ caller }: Call): boolean {
  return caller.kind === 'installation' && allows(caller.token.permissions, 'pull_requests', 'write');
}

function setResolved(call: Call, id: string | undefined, resolved: boolean): Typed {
  const found = nodeOf(call, id, 'PullRequestReviewThread');
  if (!mayResolve(call)) forbidden();
  const thread = found.value as Thread;
  const user = actorOf(call);
  if ((thread.resolvedBy !== undefined) !== resolved) {
    thread.resolvedBy = resolved ? user : undefined;
    announceThread(call.hub, resolved ? 'resolved' : 'unresolved', thread, user);
  }
  return found;
}

/** A refusal in REST's words, in GraphQL's form. */
function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) throw new GraphqlError(error.message, 'UNPROCESSABLE');
    throw error;
  }
}

export const MUTATIONS: Readonly<Record<string, FieldType>> = {
  minimizeComment: mutation('minimizeComment', (input, call) => {
    const minimizedComment = minimizable(call, input.subjectId);
    const reason = (input.classifier ?? '').toLowerCase().replace('_', '-') as MinimizedReason;
    (minimizedComment.value as IssueComment | ReviewComment).minimized = reason;
    call.hub.changed();
    return { minimizedComment };
  }),
  unminimizeComment: mutation('unminimizeComment', (input, call) => {
    const unminimizedComment = minimizable(call, input.subjectId);
    (unminimizedComment.value as IssueComment | ReviewComment).minimized = undefined;
    call.hub.changed();
    return { unminimizedComment };
  }),
  resolveReviewThread: mutation('resolveReviewThread', (input, call) => ({
    thread: setResolved(call, input.threadId, true),
  })),
  unresolveReviewThread: mutation('unresolveReviewThread', (input, call) => ({
    thread: setResolved(call, input.threadId, false),
  })),
  updatePullRequestReviewComment: mutation('updatePullRequestReviewComment', (input, call) => {
    const found = nodeOf(call, input.pullRequestReviewCommentId, 'PullRequestReviewComment');
    const comment = found.value as ReviewComment;
    if (!mayWrite(call) || comment.user !== actorOf(call)) forbidden();
    const before = comment.body;
    comment.body = refusing(() => checkBody(input.body));
    comment.updatedAt = call.hub.state.now();
    announceReviewComment(call.hub, 'edited', comment, actorOf(call), before);
    return { pullRequestReviewComment: found };
  }),
  addPullRequestReviewThreadReply: mutation('addPullRequestReviewThreadReply', (input, call) => {
    const thread = nodeOf(call, input.pullRequestReviewThreadId, 'PullRequestReviewThread').value as Thread;
    if (!mayWrite(call)) forbidden();
    const first = thread.comments[0] as ReviewComment;
    const reply = refusing(() => addReply(call.hub, first, actorOf(call), input.body ?? ''));
    return { comment: { typename: 'PullRequestReviewComment', value: reply } };
  }),
};
