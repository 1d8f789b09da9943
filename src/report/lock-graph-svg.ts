import { Graphviz } from '@hpcc-js/wasm-graphviz';

/** A graph in Graphviz' language as a drawing. Rejects where it can't be read. */
export async function drawSvg(dot: string): Promise<string> {
  return (await Graphviz.load()).dot(dot);
}
