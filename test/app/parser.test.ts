import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_COMMANDS, parseCommands } from '../../src/app/commands/parser.ts';

const names = (body: string) =>
  parseCommands(body).map(({ name, args }) => (args ? `${name} ${args}` : name));

describe('a command', () => {
  test.each([
    ['/recheck', ['recheck']],
    ['thanks!\n/recheck\nmore words', ['recheck']],
    ['/recheck\r\n/help\r\n', ['recheck', 'help']],
    ['/adjutant recheck', ['recheck']],
    ['/adjutant', ['help']],
    ['/Dismiss a1 it is fine  ', ['dismiss a1 it is fine']],
    ['   /recheck', ['recheck']],
  ])('%j', (body, expected) => expect(names(body)).toEqual(expected));

  test('says where it stands', () => {
    expect(parseCommands('hello\n /adjutant rechek now')).toEqual([
      { name: 'rechek', args: 'now', addressed: true, line: 2, text: ' /adjutant rechek now', column: 11 },
    ]);
  });
});

describe('no command', () => {
  test.each([
    ['in a sentence', 'please /recheck'],
    ['a path', '/usr/bin/recheck'],
    ['a path with a command for a first folder', '/recheck/it'],
    ['inline code', '`/recheck`'],
    ['a quote', '> /recheck'],
    ['the lazy end of a quote', '> somebody said\n/recheck'],
    ['a fence', '```\n/recheck\n```'],
    ['a fence with a language, of tildes, with a shorter one inside', '~~~~sh\n~~~\n/recheck\n~~~~'],
    ['a fence that is never closed', '```\n/recheck'],
    ['indented code', '    /recheck'],
    ['an HTML comment', '<!--\n/recheck\n-->'],
    ['a comment that opens after words', 'words <!-- hidden\n/recheck -->'],
  ])('%s', (_, body) => expect(names(body)).toEqual([]));

  test('but after each of them there is one again', () => {
    for (const before of ['> q\n', '```\nx\n```', '    code', '<!-- x -->', '<!--\nx\n-->']) {
      expect(names(`${before}\n/recheck`)).toEqual(['recheck']);
    }
  });
});

describe('whatever is written', () => {
  const noise = fc.constantFrom(
    '/',
    '`',
    '```',
    '~~~',
    '>',
    '<!--',
    '-->',
    '\n',
    '\r',
    ' ',
    '\t',
    'a',
    'adjutant',
  );
  const body = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 500 }),
    fc.array(noise, { maxLength: 200 }).map((parts) => parts.join('')),
  );

  test('it ends, and what is found stands where it says', () => {
    fc.assert(
      fc.property(body, (text) => {
        const lines = text.split(/\r\n|\n|\r/);
        const found = parseCommands(text);
        expect(found.length).toBeLessThanOrEqual(MAX_COMMANDS);
        for (const command of found) {
          expect(lines[command.line - 1]).toBe(command.text);
          if (command.args === '' && command.text.trim().toLowerCase() === '/adjutant') continue;
          const there = command.text.slice(command.column, command.column + command.name.length);
          expect(there.toLowerCase()).toBe(command.name);
        }
      }),
    );
  });

  const word = fc.stringMatching(/^[a-z][a-z-]{0,10}$/).filter((name) => name !== 'adjutant');
  const command = fc.record({ name: word, args: fc.stringMatching(/^([a-z0-9]{1,5}( [a-z0-9]{1,5})?)?$/) });

  test('commands between paragraphs of prose are all found, in order', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: MAX_COMMANDS }), (commands) => {
        const text = commands.map(({ name, args }) => `Some prose.\n\n/${name} ${args}`).join('\n');
        expect(parseCommands(text).map(({ name, args }) => ({ name, args }))).toEqual(commands);
      }),
    );
  });

  test('nothing inside a fence or a quote is found', () => {
    fc.assert(
      fc.property(fc.array(command), (commands) => {
        const lines = commands.map(({ name, args }) => `/${name} ${args}`);
        expect(parseCommands(`\`\`\`\n${lines.join('\n')}\n\`\`\``)).toEqual([]);
        expect(parseCommands(lines.map((line) => `> ${line}`).join('\n'))).toEqual([]);
      }),
    );
  });

  test('ten thousand commands are no more work than twenty', () => {
    expect(parseCommands('/recheck\n'.repeat(10_000))).toHaveLength(MAX_COMMANDS);
  });
});
