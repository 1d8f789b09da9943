/** `/help`: what can be asked, made from what the commands say of themselves. */
import type { Command, Who } from '../../jobs/command.ts';

const WHO: Readonly<Record<Who, string>> = { reader: 'author, read access', writer: 'write access' };

export const help: Command = {
  name: 'help',
  syntax: '/help',
  example: '/help',
  summary: 'lists the commands',
  who: 'reader',
  async run({ services }) {
    const rows = services.commands.map(
      ({ syntax, summary, example, who }) => `| \`${syntax}\` | ${summary} | ${WHO[who]} | \`${example}\` |`,
    );
    return [
      'A command stands on a line of its own; `/adjutant help` is the same as `/help`.',
      '',
      '| command | what it does | who | example |',
      '| --- | --- | --- | --- |',
      ...rows,
    ].join('\n');
  },
};
