/** The neighbourhood of a lock in many forms: what is taken under it, and what it is taken under. */
import type { LockNeighbour, LockNeighbourhood } from '../checkers/lock-order/lock-neighbours.ts';

/** As lines of text, at most `limit` neighbours a side. */
export function lockGraphText({ lock, under, over }: LockNeighbourhood, limit: number): string {
  const side = (title: string, neighbours: readonly LockNeighbour[]): string[] => [
    `  ${title} (${neighbours.length.toLocaleString('en')})`,
    ...neighbours.slice(0, limit).map((n) => {
      const { witness, count } = n;
      const places = count === 1 ? 'one function' : `${count.toLocaleString('en')} functions`;
      const where = witness && `${witness.function}()  ${witness.path}:${witness.line}`;
      return `    ${n.lock}  ${Math.round(n.weight * 100)} %, ${places}${where === undefined ? '' : `: ${where}`}`;
    }),
    ...(neighbours.length > limit
      ? [`    … and ${(neighbours.length - limit).toLocaleString('en')} more`]
      : []),
  ];
  return [lock, ...side('taken under it', under), ...side('it is taken under', over)].join('\n');
}

/** Edges of the drawing forms: from, to, label. */
function edgesOf({ lock, under, over }: LockNeighbourhood, limit: number): [string, string, string][] {
  const label = ({ witness, count }: LockNeighbour): string =>
    `${witness === undefined ? '' : `${witness.function}() `}×${count}`;
  return [
    ...over.slice(0, limit).map((n): [string, string, string] => [n.lock, lock, label(n)]),
    ...under.slice(0, limit).map((n): [string, string, string] => [lock, n.lock, label(n)]),
  ];
}

/** As a graph in Graphviz' language; an edge leads from the lock that is held to the one that is taken under it. */
export function lockGraphDot(neighbourhood: LockNeighbourhood, limit: number): string {
  const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const lines = edgesOf(neighbourhood, limit).map(
    ([from, to, label]) => `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(label)}];`,
  );
  return [
    'digraph locks {',
    '  rankdir=LR;',
    '  node [shape=box, fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    `  ${quoted(neighbourhood.lock)} [style=filled, fillcolor="#dbe9ff"];`,
    ...lines,
    '}',
  ].join('\n');
}

/** As a Mermaid flowchart, which GitHub draws in a comment. */
export function lockGraphMermaid(neighbourhood: LockNeighbourhood, limit: number): string {
  const ids = new Map<string, string>();
  const idOf = (lock: string): string => {
    const id = ids.get(lock) ?? `l${ids.size}`;
    ids.set(lock, id);
    return id;
  };
  // Mermaid reads entities, so nothing in a name can end a label.
  const text = (label: string): string =>
    `"${label.replaceAll(/[^A-Za-z0-9_ .,:×()/-]/g, (c) => `#${c.codePointAt(0) ?? 63};`)}"`;
  const edges = edgesOf(neighbourhood, limit).map(
    ([from, to, label]) => `  ${idOf(from)} -->|${text(label)}| ${idOf(to)}`,
  );
  idOf(neighbourhood.lock);
  const nodes = [...ids].map(([lock, id]) => `  ${id}[${text(lock)}]`);
  return ['flowchart LR', ...nodes, ...edges, `  style ${idOf(neighbourhood.lock)} fill:#dbe9ff`].join('\n');
}
