/** The commands of a comment that Adjutant shall run. */
import type { Invocation } from '../../jobs/job.ts';
import { nearest } from '../../jobs/nearest.ts';
import { commands } from '../commands/index.ts';
import { type ParsedCommand, parseCommands } from '../commands/parser.ts';

/** Those that the body has and, where the comment was edited, `before` had not. */
export function commandsIn(body: string, before = ''): Invocation[] {
  const had = parseCommands(before).map(key);
  return parseCommands(body)
    .filter((command) => {
      const at = had.indexOf(key(command));
      if (at !== -1) had.splice(at, 1);
      return at === -1 && isMeantForUs(command);
    })
    .map(({ name, args, text, column }) => ({ name, args, text: text.slice(0, 200), column }));
}

const key = ({ name, args }: ParsedCommand): string => `${name} ${args}`;

/** Other bots have commands too: an unknown one is ours when it says so, or is a slip of one of ours. */
function isMeantForUs({ addressed, name }: ParsedCommand): boolean {
  const names = commands.map((command) => command.name);
  return addressed || nearest(name, names) !== undefined;
}
