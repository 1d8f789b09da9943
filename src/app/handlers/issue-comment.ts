/** `issue_comment.created`: a comment in a pull request's conversation that has commands for Adjutant. */
import { z } from 'zod';
import { type CommentJob, type Invocation, pullKey } from '../../jobs/job.ts';
import { nearest } from '../../jobs/nearest.ts';
import { commands } from '../commands/index.ts';
import { type ParsedCommand, parseCommands } from '../commands/parser.ts';
import { type Handler, payloadParts, repositoryOf } from './handler.ts';

const schema = z.object({
  installation: payloadParts.installation,
  repository: payloadParts.repository,
  issue: z.object({
    number: z.int(),
    user: z.object({ login: z.string() }).nullable(),
    pull_request: z.object({}).optional(),
  }),
  comment: z.object({
    id: z.int(),
    body: z.string(),
    created_at: z.string(),
    user: payloadParts.user.nullable(),
  }),
});

export const issueComment: Handler = {
  event: 'issue_comment',
  actions: ['created'],
  decide(payload) {
    const { issue, comment, ...rest } = schema.parse(payload);
    // Two bots that answer each other never stop; Adjutant itself is one.
    if (issue.pull_request === undefined || comment.user?.type !== 'User') return undefined;
    const invocations = parseCommands(comment.body).filter(meantForUs).map(invocationOf);
    if (invocations.length === 0) return undefined;
    const pull = { repository: repositoryOf(rest), number: issue.number };
    const data: CommentJob = {
      pull,
      comment: comment.id,
      invocations,
      author: comment.user.login,
      written: comment.created_at,
      pullAuthor: issue.user?.login ?? '',
    };
    return { queue: 'comment', key: pullKey(pull), data };
  },
};

/** Other bots have commands too: an unknown one is ours when it says so, or is a slip of one of ours. */
function meantForUs({ addressed, name }: ParsedCommand): boolean {
  const names = commands.map((command) => command.name);
  return addressed || nearest(name, names) !== undefined;
}

function invocationOf({ name, args, text, column }: ParsedCommand): Invocation {
  return { name, args, text: text.slice(0, 200), column };
}
