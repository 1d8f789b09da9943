/** A lock between what it is taken under and what is taken under it. Each lock and each order leads to its page. */
import type { Order } from '../checkers/lock-order/explore.ts';
import { drawing, lockLabel, quoted } from './graphviz.ts';
import type { Markup } from './layout.ts';

export interface Addresses {
  readonly lock: (lock: string) => string;
  readonly order: (from: string, to: string) => string;
}

export function neighbourhoodDrawing(
  lock: string,
  over: readonly Order[],
  under: readonly Order[],
  href: Addresses,
): Promise<Markup> {
  const locks = [...new Set([...over, ...under].map((order) => order.lock))].filter((one) => one !== lock);
  const node = (name: string, kind: string) =>
    `  ${quoted(name)} [label=${quoted(lockLabel(name))}, class=${kind}, URL=${quoted(href.lock(name))}];`;
  const edge = (from: string, to: string, { weight, function: name, count }: Order) => {
    const width = (0.8 + weight * 1.8).toFixed(1);
    const label = `${name}()${count === 1 ? '' : ` +${count - 1}`}`;
    return `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(label)}, penwidth=${width}, labelURL=${quoted(href.order(from, to))}];`;
  };
  return drawing(
    [
      'digraph locks {',
      '  graph [rankdir=LR, bgcolor="transparent", nodesep=0.22, ranksep=1.1, pad=0.1];',
      '  node [shape=box, style=rounded, fontname="Courier", fontsize=11, margin="0.12,0.06"];',
      '  edge [fontname="Helvetica", fontsize=10, arrowsize=0.8];',
      node(lock, 'here'),
      ...locks.map((other) => node(other, 'other')),
      ...over.map((order) => edge(order.lock, lock, order)),
      ...under.map((order) => edge(lock, order.lock, order)),
      '}',
    ],
    `The neighbours of ${lock}.`,
  );
}
