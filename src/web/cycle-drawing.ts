/** A lock cycle as a drawing: locks as boxes, each edge labelled by who takes the second under the first. */
import { raw } from 'hono/html';
import type { CycleEdge, Finding, Step } from '../checkers/checker.ts';
import { drawSvg } from '../report/lock-graph-svg.ts';
import { visible, visibleLine } from '../report/visible.ts';
import type { Markup } from './layout.ts';
import { fileName } from './places.ts';

/** The drawing; edges have the classes `new` and `known`, so that the stylesheet colours them. */
export async function cycleDrawing(finding: Finding, cycle: readonly CycleEdge[]): Promise<Markup> {
  const locks = cycle.map(({ from }) => `  ${quoted(from)} [label=${quoted(lockLabel(from))}];`);
  const edges = cycle.map((edge, index) => {
    const steps = finding.trace.slice(...edge.steps);
    const kind = index === 0 ? 'new' : 'known';
    return `  ${quoted(edge.from)} -> ${quoted(edge.to)} [class=${kind}, label=${quoted(edgeLabel(steps))}];`;
  });
  return inline(
    await drawSvg(
      [
        'digraph cycle {',
        '  graph [rankdir=LR, bgcolor="transparent", nodesep=0.9, ranksep=0.6, pad=0.1];',
        '  node [shape=box, style=rounded, fontname="Courier", fontsize=13, margin="0.18,0.12"];',
        '  edge [fontname="Helvetica", fontsize=11, arrowsize=0.9];',
        ...locks,
        ...edges,
        '}',
      ].join('\n'),
    ),
    `The lock cycle: ${cycle.map(({ from, to }) => `${to} is taken under ${from}`).join('; ')}.`,
  );
}

/** "struct foo." above "lock", and a path above its variable: names are long. */
function lockLabel(lock: string): string {
  const [, owner, name] = /^(.*[.:])([^.:]+)$/.exec(lock) ?? [];
  return owner === undefined || name === undefined || lock.length <= 24 ? lock : `${owner}\n${name}`;
}

function edgeLabel(steps: readonly Step[]): string {
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return '';
  const through = first.function === last.function ? '' : `\n→ ${last.function}()`;
  return `${first.function}()${through}\n${fileName(last.path)}:${last.line}`;
}

/** Graphviz reads escapes and entities in a string: nothing in a name may be one. */
function quoted(text: string): string {
  const plain = visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
  return `"${plain}"`;
}

/** A drawing of Graphviz as a part of a page. What stood in its strings is escaped by Graphviz. */
function inline(svg: string, label: string): Markup {
  const [, width = '0', height = '0', box = ''] =
    /<svg width="(\d+)pt" height="(\d+)pt"\s+viewBox="([-\d. ]+)"/.exec(svg) ?? [];
  const content = svg
    .slice(svg.indexOf('<g id='), svg.lastIndexOf('</svg>'))
    .replaceAll(/<title>.*?<\/title>\n?/gs, '');
  const name = escapeAttribute(visibleLine(label));
  return raw(
    `<svg class="graph" role="img" aria-label="${name}" width="${width}" height="${height}" viewBox="${box}">${content}</svg>`,
  );
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
