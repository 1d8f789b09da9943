/** What Graphviz needs to hear and what becomes of its drawing in a page. */
import { raw } from 'hono/html';
import { drawSvg } from '../report/lock-graph-svg.ts';
import { visible, visibleLine } from '../report/visible.ts';
import type { Markup } from './layout.ts';

/** A string of Graphviz' language. It reads escapes and entities in one: nothing in a name may be one. */
export function quoted(text: string): string {
  const plain = visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
  return `"${plain}"`;
}

/** "struct foo." above "lock", and a path above its variable: names are long. */
export function lockLabel(lock: string): string {
  const [, owner, name] = /^(.*[.:])([^.:]+)$/.exec(lock) ?? [];
  return owner === undefined || name === undefined || lock.length <= 24 ? lock : `${owner}\n${name}`;
}

/** Points of Graphviz as pixels: its letters are as large as those of the page then. */
const pixels = (points: string) => Math.round(Number(points) * 1.25);

/** A graph as a part of a page; its classes are for the stylesheet. What stood in its strings Graphviz has escaped. */
export async function drawing(dot: readonly string[], label: string): Promise<Markup> {
  const svg = await drawSvg(dot.join('\n'));
  const [, width = '0', height = '0', box = ''] =
    /<svg width="(\d+)pt" height="(\d+)pt"\s+viewBox="([-\d. ]+)"/.exec(svg) ?? [];
  const content = svg
    .slice(svg.indexOf('<g id='), svg.lastIndexOf('</svg>'))
    // A page may have the same graph twice.
    .replaceAll(/<title>.*?<\/title>\n?/gs, '')
    .replaceAll(/ id="[^"]*"/g, '')
    .replaceAll(/ xlink:title="[^"]*"/g, '')
    .replaceAll('xlink:href=', 'href=');
  const name = visibleLine(label).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const role = content.includes('<a ') ? 'group' : 'img';
  return raw(
    `<svg class="graph" role="${role}" aria-label="${name}" width="${pixels(width)}" height="${pixels(height)}" viewBox="${box}">${content}</svg>`,
  );
}
