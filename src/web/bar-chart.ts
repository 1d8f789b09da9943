/** Columns of figures as a picture, and as a table for those who do not see it. */
import { html } from 'hono/html';
import type { Markup } from './layout.ts';

export interface Column {
  readonly label: string;
  readonly value: number;
  /** A part on top that stands out: what failed. */
  readonly bad?: number;
  /** Written below the column; not every one has room. */
  readonly tick?: string;
}

const HEIGHT = 130;
const TOP = 18;
const WIDTH = 560;

/**
 * @param unit what is counted, as in "12 reviews"
 * @param begin what is seen first where there is no room for all
 */
export function barChart(
  title: string,
  unit: string,
  columns: readonly Column[],
  begin: 'first' | 'newest' = 'first',
): Markup {
  const most = Math.max(1, ...columns.map(({ value, bad = 0 }) => value + bad));
  const step = WIDTH / columns.length;
  const tall = (value: number) => (value / most) * HEIGHT;
  const round = (value: number) => value.toFixed(1);
  return html`<div class="scroll ${begin}" role="group" aria-label="${title} as columns" tabindex="0"><svg class="bars" role="img" aria-label="${title}. The table below has the figures." viewBox="-16 0 ${WIDTH + 32} ${TOP + HEIGHT + 22}">
<line class="axis" x1="0" x2="${WIDTH}" y1="${TOP + HEIGHT + 0.5}" y2="${TOP + HEIGHT + 0.5}"/>
${columns.map(({ label, value, bad = 0, tick }, index) => {
  const x = index * step;
  const [good, wrong] = [tall(value), tall(bad)];
  const all = value + bad;
  const isMost = all === most && all > 0;
  return html`<g><title>${label}: ${value} ${unit}${bad === 0 ? '' : `, ${bad} failed`}</title>
<rect x="${round(x)}" y="0" width="${round(step)}" height="${TOP + HEIGHT}" class="space"/>
<rect class="good" x="${round(x + step * 0.12)}" y="${round(TOP + HEIGHT - good)}" width="${round(step * 0.76)}" height="${round(good)}" rx="2"/>
<rect class="bad" x="${round(x + step * 0.12)}" y="${round(TOP + HEIGHT - good - wrong)}" width="${round(step * 0.76)}" height="${round(wrong)}" rx="2"/>
${isMost ? html`<text class="value" x="${round(x + step / 2)}" y="${TOP - 5}">${all}</text>` : ''}
${tick === undefined ? '' : html`<text class="tick" x="${round(x + step / 2)}" y="${TOP + HEIGHT + 16}">${tick}</text>`}</g>`;
})}
</svg></div>
<details class="small"><summary>The figures</summary><table><thead><tr><th scope="col">${title}</th><th scope="col">${unit}</th><th scope="col">failed</th></tr></thead>
<tbody>${columns.map(
    ({ label, value, bad = 0 }) =>
      html`<tr><th scope="row">${label}</th><td>${value}</td><td>${bad}</td></tr>`,
  )}</tbody></table></details>`;
}
