/** A share of a whole as a bar beside its number, which says the same to those who do not see it. */
import { html } from 'hono/html';
import type { Markup } from './layout.ts';

const WIDTH = 120;

/** @param share 0 to 1 */
export function bar(share: number, isBad: boolean): Markup {
  const width = Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
  return html`<svg class="share ${isBad ? 'bad' : ''}" width="${WIDTH}" height="10" viewBox="0 0 ${WIDTH} 10" aria-hidden="true"><rect class="all" width="${WIDTH}" height="10" rx="5"/><rect class="part" width="${width}" height="10" rx="5"/></svg>`;
}
