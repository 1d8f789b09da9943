/** Every command: a file, and a line here. */
import type { Command } from '../../jobs/command.ts';
import { help } from './help.ts';
import { recheck } from './recheck.ts';

export const commands: readonly Command[] = [recheck, help];
