/** What is asked of a lock graph, and what it answers: data that goes between processes. */
import type { Exploration, FoundLock, OrderFilter, OrderWitness } from '../checkers/lock-order/explore.ts';
import type { QuotedLine } from '../store/findings.ts';

export type LockQuery =
  | { readonly kind: 'search'; readonly text: string; readonly limit: number }
  | { readonly kind: 'lock'; readonly lock: string; readonly filter: OrderFilter }
  | { readonly kind: 'order'; readonly from: string; readonly to: string };

export interface OrderCode {
  readonly witnesses: readonly OrderWitness[];
  /** By path: the lines around the steps. */
  readonly source: Readonly<Record<string, readonly QuotedLine[]>>;
}

export type LockAnswer =
  | { readonly kind: 'search'; readonly locks: readonly FoundLock[]; readonly total: number }
  | { readonly kind: 'lock'; readonly exploration: Exploration }
  | { readonly kind: 'order'; readonly order: OrderCode }
  /** There is no graph yet: no mirror here, or a large tree that is not indexed. */
  | { readonly kind: 'none' };

/** Where a graph is: the mirror of a repository, and the commit whose tree it is of. */
export interface GraphPlace {
  readonly gitDir: string;
  readonly commit: string;
}

/** To the child, and back. */
export interface LockGraphMessage {
  readonly id: number;
  readonly place: GraphPlace;
  readonly query: LockQuery;
}
export interface LockGraphReply {
  readonly id: number;
  readonly answer?: LockAnswer;
  /** Why there is none. */
  readonly error?: string;
}
