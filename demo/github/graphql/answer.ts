/** `POST /api/graphql`. */
import { type Answer, type Call, ok } from '../call.ts';
import type { Caller } from '../credentials.ts';
import { badCredentials, Refusal } from '../errors.ts';
import type { Hub } from '../hub.ts';
import { execute } from './execute.ts';
import { GraphqlError, parse } from './parse.ts';
import { SCHEMA } from './schema.ts';

/** GitHub answers 200 whatever the errors are; only a request that is none gets 400. */
export async function answerGraphql(hub: Hub, caller: Caller, body: unknown): Promise<Answer> {
  if (caller.kind === 'app') throw badCredentials();
  const { query, variables = {} } = (body ?? {}) as { query?: unknown; variables?: Record<string, unknown> };
  if (typeof query !== 'string')
    throw new Refusal(400, 'A query attribute must be specified and must be a string.');
  const call: Call = {
    hub,
    caller,
    params: {},
    query: {},
    body,
    accept: '',
    path: '/graphql',
    repository: undefined,
  };
  try {
    const { data, errors } = await execute(SCHEMA, parse(query), variables ?? {}, call);
    return ok({ data, ...(errors.length === 0 ? {} : { errors }) });
  } catch (error) {
    if (!(error instanceof GraphqlError)) throw error;
    // The document itself is wrong: that is never what the App meant.
    hub.violations.push(`graphql: ${error.message}`);
    return ok({
      errors: [{ message: error.message, ...(error.type ? { extensions: { code: error.type } } : {}) }],
    });
  }
}
