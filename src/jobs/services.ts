/** What every job works with. main.ts puts it together once. */
import type { MirrorBounds } from '../git/mirror-bounds.ts';
import type { Database } from '../store/database.ts';
import type { Queue } from '../store/queue.ts';
import type { ChildLimits } from './child.ts';
import type { Command } from './command.ts';
import type { NoteDuration } from './durations.ts';
import type { OpenForge } from './forge.ts';
import type { Indexer } from './indexer.ts';
import type { Links } from './links.ts';
import type { Placement } from './placement.ts';

/** As much of pino as jobs need. */
export interface Log {
  info(what: object, message: string): void;
  warn(what: object, message: string): void;
  error(what: object, message: string): void;
}

export interface Services {
  readonly database: Database;
  readonly queue: Queue;
  readonly openForge: OpenForge;
  readonly commands: readonly Command[];
  /** Folder of the mirrors. */
  readonly dataDir: string;
  readonly mirrorBounds: MirrorBounds;
  readonly limits: ChildLimits;
  readonly indexer: Indexer;
  readonly noteDuration: NoteDuration;
  readonly placement: Placement;
  /** Undefined where nobody said where the pages are reached. */
  readonly links: Links | undefined;
  readonly log: Log;
}
