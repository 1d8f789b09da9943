/** What the trailer checker can be told; the configuration file is mapped to it. */
import type { Person } from '../../git/change.ts';
import type { Severity } from '../checker.ts';

export interface TrailerOptions {
  /** Whose rules for cherry-pick lines hold: what a backport must name, and whether one is expected at all. */
  readonly convention: 'mainline' | 'stable' | 'distribution';
  /** Rule id to the level that it has here; an entry overrides the rule's own judgement. */
  readonly levels: ReadonlyMap<string, Severity | 'off'>;
  /** Trailers that every commit must carry besides Signed-off-by. */
  readonly required: readonly string[];
  /** Trailers that no commit may carry. */
  readonly forbidden: readonly string[];
  /** Trailers that are known here besides the kernel's own. */
  readonly known: readonly string[];
  /** Subject prefixes that are in use here. Empty: learned from the history of the paths. */
  readonly prefixes: readonly string[];
  /** Order of tags: `tip` everywhere, by subject prefix (`auto`), or not looked at. */
  readonly order: 'auto' | 'tip' | 'off';
  /** Longest subject and longest line of the text. */
  readonly subjectLength: number;
  readonly lineLength: number;
  /** Who sends the patches (the author of the pull request), where that is known. */
  readonly submitter: Person | undefined;
}

export const defaultTrailerOptions: TrailerOptions = {
  convention: 'mainline',
  levels: new Map(),
  required: [],
  forbidden: [],
  known: [],
  prefixes: [],
  order: 'auto',
  subjectLength: 100,
  lineLength: 120,
  submitter: undefined,
};
