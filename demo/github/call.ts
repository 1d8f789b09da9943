/** One request to the API, as the handlers get it, and what they give back. */
import type { Caller } from './credentials.ts';
import { notFound, Refusal } from './errors.ts';
import type { Hub } from './hub.ts';
import type { PullRequest, Repository, User } from './state.ts';

export interface Call {
  readonly hub: Hub;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Checked against the description before a handler sees it. */
  readonly body: unknown;
  readonly accept: string;
  /** Path below the API's address, for links to other pages. */
  readonly path: string;
  /** The repository that the path names and the caller may see. */
  readonly repository: Repository | undefined;
}

export interface Answer {
  readonly status: number;
  /** JSON unless it is a string or bytes. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly type?: string;
}

type Handler = (call: Call) => Answer | Promise<Answer>;
export type Handlers = Readonly<Record<string, Handler>>;

export const ok = (body: unknown, headers: Answer['headers'] = {}): Answer => ({
  status: 200,
  body,
  headers,
});
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent: Answer = { status: 204 };

export function repositoryOf(call: Call): Repository {
  if (call.repository === undefined) throw notFound();
  return call.repository;
}

/** The pull request that the path names, as such or as an issue. */
export function pullOf(call: Call): PullRequest {
  const number = Number(call.params.pull_number ?? call.params.issue_number);
  const pull = repositoryOf(call).pulls.get(number);
  if (pull === undefined) throw notFound();
  return pull;
}

/** Who acts: the App's bot account. */
export function actorOf(call: Call): User {
  return call.hub.state.app.bot;
}

/** One page of a list, with the Link header where there are more. */
export function page<T>(
  call: Call,
  items: readonly T[],
): { items: readonly T[]; headers: Record<string, string> } {
  const per = Math.min(Math.max(Number(call.query.per_page ?? 30), 1), 100);
  const at = Math.max(Number(call.query.page ?? 1), 1);
  const last = Math.max(Math.ceil(items.length / per), 1);
  const link = (number: number, rel: string) => {
    const query = new URLSearchParams({ ...call.query, page: String(number) });
    return `<${call.hub.state.url}/api/v3${call.path}?${query}>; rel="${rel}"`;
  };
  const links: string[] = [];
  if (at > 1) links.push(link(at - 1, 'prev'));
  if (at < last) links.push(link(at + 1, 'next'), link(last, 'last'));
  if (at > 1) links.push(link(1, 'first'));
  return {
    items: items.slice((at - 1) * per, at * per),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}

/** A list as the answer. */
export async function list<T>(call: Call, items: readonly T[], json: (item: T) => unknown): Promise<Answer> {
  const shown = page(call, items);
  return ok(await Promise.all(shown.items.map(json)), shown.headers);
}

/** The media type that was asked for: `diff` in `application/vnd.github.v3.diff`. */
export function mediaType(accept: string): string {
  return /application\/vnd\.github\.(?:v3\.)?(\w+)/.exec(accept)?.[1] ?? 'json';
}

/** The diff as text, or 406 where it is larger than GitHub gives. */
export function diffAnswer(call: Call, text: string): Answer {
  const { limits } = call.hub;
  const files = text.match(/^diff --git /gm)?.length ?? 0;
  const lines = text.match(/^[+-](?!\+\+ |-- )/gm)?.length ?? 0;
  const refuse = (what: string) => {
    throw new Refusal(406, `Sorry, the diff exceeded the maximum ${what}.`, [
      { resource: 'PullRequest', field: 'diff', code: 'too_large' },
    ]);
  };
  if (files > limits.diffFiles) refuse(`number of files (${limits.diffFiles})`);
  if (lines > limits.diffLines) refuse(`number of lines (${limits.diffLines})`);
  if (Buffer.byteLength(text) > limits.diffBytes) refuse(`size (${limits.diffBytes} bytes)`);
  return { status: 200, body: text, type: 'application/vnd.github.diff; charset=utf-8' };
}
