/** What every part of the stand-in is given: the state, and the way to tell the App what happened. */
import type { Token } from './credentials.ts';
import type { Code, UserToken } from './oauth.ts';
import type { Json, Repository, State, User } from './state.ts';
import type { Webhooks } from './webhooks.ts';

/** GitHub's limits, of which a test may lower some. Source: "Repository limits" and the OpenAPI description. */
export interface Limits {
  readonly diffFiles: number;
  readonly diffLines: number;
  readonly diffBytes: number;
  /** Files and commits that the lists of a pull request hold. */
  readonly pullFiles: number;
  readonly pullCommits: number;
  /** Check runs of one name in a suite, before the oldest are deleted. */
  readonly runsOfOneName: number;
  /** Requests an hour and installation. */
  readonly requests: number;
  /** Comments, reviews and check runs made in a minute, from which the secondary limit answers; none unless told. */
  readonly contentPerMinute: number;
}

export const LIMITS: Limits = {
  diffFiles: 300,
  diffLines: 20_000,
  diffBytes: 1_000_000,
  pullFiles: 3000,
  pullCommits: 250,
  runsOfOneName: 1000,
  requests: 5000,
  contentPerMinute: Number.POSITIVE_INFINITY,
};

export interface Hub {
  readonly state: State;
  readonly limits: Limits;
  /** By value. */
  readonly tokens: Map<string, Token>;
  /** Users' tokens that were not revoked, and their codes; by value. */
  readonly userTokens: Map<string, UserToken>;
  readonly codes: Map<string, Code>;
  /** Every user's token that there ever was. */
  readonly issued: string[];
  readonly webhooks: Webhooks;
  /** What broke the published description, requests and own answers. */
  readonly violations: string[];
  /** Something can be seen that could not be before. */
  changed(): void;
}

/** Sends an event without waiting for its answer. A payload that can't be made is a violation. */
export function announce(
  hub: Hub,
  event: string,
  action: string | null,
  repository: Repository,
  sender: User,
  fields: Json | Promise<Json>,
): void {
  hub.changed();
  hub.webhooks
    .send({ event, action, repository, sender, fields })
    .catch((error) => hub.violations.push(`webhook ${event}: ${String(error)}`));
}
