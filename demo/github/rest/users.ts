/** What a user's token and the App's OAuth credentials may ask. */
import { type Handlers, noContent, ok } from '../call.ts';
import { invalid, notFound } from '../errors.ts';
import { userJson } from '../present/repository.ts';

export const users: Handlers = {
  'users/get-authenticated': ({ hub, caller }) => {
    if (caller.kind !== 'user') throw notFound();
    const { createdAt } = hub.state.app;
    return ok({
      ...userJson(hub.state, caller.token.user),
      name: null,
      company: null,
      blog: '',
      location: null,
      email: null,
      hireable: null,
      bio: null,
      public_repos: 0,
      public_gists: 0,
      followers: 0,
      following: 0,
      created_at: createdAt,
      updated_at: createdAt,
    });
  },
  'apps/delete-token': ({ hub, body }) => {
    if (!hub.userTokens.delete((body as { access_token: string }).access_token)) throw invalid();
    return noContent;
  },
};
