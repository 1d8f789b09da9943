/** A lock cycle as a drawing: locks as boxes, each edge labelled by who takes the second under the first. */
import type { CycleEdge, Finding, Step } from '../checkers/checker.ts';
import { drawing, lockLabel, quoted } from './graphviz.ts';
import type { Markup } from './layout.ts';
import { fileName } from './places.ts';

/**
 * Edges have the classes `new` and `known`, so that the stylesheet colours them.
 * @param direction from left to right, or from the top to the bottom where there is little room
 */
export function cycleDrawing(
  finding: Finding,
  cycle: readonly CycleEdge[],
  direction: 'LR' | 'TB',
): Promise<Markup> {
  const locks = cycle.map(({ from }) => `  ${quoted(from)} [label=${quoted(lockLabel(from))}];`);
  const edges = cycle.map((edge, index) => {
    const steps = finding.trace.slice(...edge.steps);
    const kind = index === 0 ? 'new' : 'known';
    // Beside an arrow that goes down a text needs some air.
    const label = edgeLabel(steps).replaceAll(/^|$/gm, direction === 'TB' ? '  ' : '');
    return `  ${quoted(edge.from)} -> ${quoted(edge.to)} [class=${kind}, label=${quoted(label)}];`;
  });
  return drawing(
    [
      'digraph cycle {',
      `  graph [rankdir=${direction}, bgcolor="transparent", nodesep=${direction === 'LR' ? 0.9 : 0.4}, ranksep=0.6, pad=0.1];`,
      '  node [shape=box, style=rounded, fontname="Courier", fontsize=13, margin="0.18,0.12"];',
      '  edge [fontname="Helvetica", fontsize=11, arrowsize=0.9];',
      ...locks,
      ...edges,
      '}',
    ],
    `The lock cycle: ${cycle.map(({ from, to }) => `${to} is taken under ${from}`).join('; ')}.`,
  );
}

function edgeLabel(steps: readonly Step[]): string {
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return '';
  const through = first.function === last.function ? '' : `\n→ ${last.function}()`;
  return `${first.function}()${through}\n${fileName(last.path)}:${last.line}`;
}
