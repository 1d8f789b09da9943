/** What GitHub answers when it refuses. */
import type { Json } from './state.ts';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly errors: readonly (string | Json)[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    errors?: readonly (string | Json)[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }

  get body(): Json {
    return {
      message: this.message,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
      documentation_url: 'https://docs.github.com/rest',
      status: String(this.status),
    };
  }
}

export const notFound = () => new Refusal(404, 'Not Found');
export const badCredentials = () => new Refusal(401, 'Bad credentials');
export const invalid = (...errors: (string | Json)[]) =>
  new Refusal(422, 'Validation Failed', errors.length === 0 ? undefined : errors);
/** Also what a review with a comment outside the diff gets: the errors are plain sentences there. */
export const unprocessable = (...errors: string[]) => new Refusal(422, 'Unprocessable Entity', errors);
/** `accepted` in the form of the header x-accepted-github-permissions. */
export const notAccessible = (accepted: string) =>
  new Refusal(403, 'Resource not accessible by integration', undefined, {
    'x-accepted-github-permissions': accepted,
  });
