/**
 * A piece of a message, or a command, as findings show it: between backticks, which reports make code of. The text is a
 * stranger's and may hold backticks of its own; as in a line of the terminal, they become straight quotes.
 */
export function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}
