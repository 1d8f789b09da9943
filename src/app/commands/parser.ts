/**
 * Commands in a comment, and nothing else: knows no GitHub, no command and no effect. A command stands on a line of its
 * own, `/name arguments` or `/adjutant name arguments`, and never in a quote, in code or in an HTML comment.
 */

/** A command as it was written. */
export interface ParsedCommand {
  /** In lower case. `/adjutant` alone is `help`. */
  readonly name: string;
  /** What follows the name, trimmed. */
  readonly args: string;
  /** Written as `/adjutant name`: meant for Adjutant and no other bot. */
  readonly addressed: boolean;
  /** 1-based. */
  readonly line: number;
  /** The whole line, and where in it the name begins (0-based). */
  readonly text: string;
  readonly column: number;
}

/** Commands that one comment may have; what comes after them is not read. */
export const MAX_COMMANDS = 20;

const COMMAND = /^( {0,3}\/)(adjutant(?:[ \t]+|$))?([a-z][a-z-]{0,39})?(?=[ \t]|$)[ \t]*(.*)$/i;

/** Finds the commands of a comment's body, in order. Never fails; takes time in proportion to the body. */
export function parseCommands(body: string): ParsedCommand[] {
  const commands: ParsedCommand[] = [];
  const skip = new Skipper();
  for (const [index, text] of body.split(/\r\n|\n|\r/).entries()) {
    if (commands.length === MAX_COMMANDS) break;
    if (skip.skips(text)) continue;
    const command = parseLine(text, index + 1);
    if (command !== undefined) commands.push(command);
  }
  return commands;
}

function parseLine(text: string, line: number): ParsedCommand | undefined {
  const found = COMMAND.exec(text);
  if (found === null) return undefined;
  const [, slash = '', address = '', name, args = ''] = found;
  const addressed = address !== '';
  if (name === undefined) {
    if (!addressed || args !== '') return undefined;
    return { name: 'help', args: '', addressed, line, text, column: slash.length };
  }
  const column = slash.length + address.length;
  return { name: name.toLowerCase(), args: args.trim(), addressed, line, text, column };
}

/** Follows the blocks of Markdown as far as needed to know which lines are somebody else's words, or code. */
class Skipper {
  #fence: string | undefined;
  #quote = false;
  #comment = false;

  /** Whether this line, the next of the body, can hold no command. */
  skips(line: string): boolean {
    if (this.#fence !== undefined) return this.#inFence(line, this.#fence);
    if (this.#comment) return this.#inComment(line);
    const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(line);
    if (fence !== null) {
      this.#fence = fence[1];
      this.#quote = false;
      return true;
    }
    if (/^ {0,3}>/.test(line)) {
      this.#quote = !/^ {0,3}>[\s>]*$/.test(line);
      return true;
    }
    // A line right after a quoted one still belongs to the quote, as Markdown shows it.
    if (this.#quote && line.trim() !== '') return true;
    this.#quote = false;
    return this.#opensComment(line) || /^( {4}|\t)/.test(line);
  }

  #inFence(line: string, fence: string): boolean {
    const close = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
    if (close?.[0] === fence[0] && close !== undefined && close.length >= fence.length)
      this.#fence = undefined;
    return true;
  }

  #inComment(line: string): boolean {
    if (line.includes('-->')) this.#comment = line.lastIndexOf('<!--') > line.lastIndexOf('-->');
    return true;
  }

  #opensComment(line: string): boolean {
    const from = line.lastIndexOf('<!--');
    if (from === -1) return false;
    this.#comment = !line.includes('-->', from);
    return true;
  }
}
