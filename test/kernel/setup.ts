/** Before the tests on a whole tree: builds its index, once for all of them. A second run finds it there. */
import { adjutant, checkSettings, kernelTree, missing, must } from './kernel-tree.ts';

export default async function setup(): Promise<void> {
  if (missing !== undefined) return;
  checkSettings();
  await must(adjutant(['index', '--repo', kernelTree]));
}
