/** What a checker says: text between backticks is code. */
import { html } from 'hono/html';
import type { Markup } from './layout.ts';

export function prose(text: string): (Markup | string)[] {
  return text
    .split(/(?<![\\`])`([^`]+)`(?!`)/)
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
