/** Every command: a file, and a line here. */
import type { Command } from '../../jobs/command.ts';
import { dismiss } from './dismiss.ts';
import { explain } from './explain.ts';
import { help } from './help.ts';
import { lockgraph } from './lockgraph.ts';
import { recheck } from './recheck.ts';
import { trailers } from './trailers.ts';
import { undismiss } from './undismiss.ts';
import { why } from './why.ts';

export const commands: readonly Command[] = [
  recheck,
  explain,
  dismiss,
  undismiss,
  lockgraph,
  trailers,
  why,
  help,
];
