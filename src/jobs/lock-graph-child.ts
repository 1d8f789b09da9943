/** The process that has the lock graphs of a few trees open: started by lock-graphs.ts, asked until it is stopped. */
import { existsSync } from 'node:fs';
import { explore, orderWitnesses, searchLocks } from '../checkers/lock-order/explore.ts';
import { cacheDir } from '../config/cache-dir.ts';
import { type EffectStore, useStore } from '../effects/stores.ts';
import { buildTreeEffects } from '../effects/tree/build.ts';
import { openEffects } from '../effects/tree/related-effects.ts';
import { decodeText } from '../git/bytes.ts';
import type { SourceTree } from '../git/change.ts';
import { openRepository } from '../git/repository.ts';
import { isIndexAtHand } from '../index/at-hand.ts';
import { openIndex } from '../index/open-index.ts';
import type { Program } from '../index/program.ts';
import { isSmallTree } from '../review/programs.ts';
import type { QuotedLine } from '../store/findings.ts';
import { tell } from './child-side.ts';
import type {
  GraphPlace,
  LockAnswer,
  LockGraphMessage,
  LockGraphReply,
  LockQuery,
  OrderCode,
} from './lock-graph-query.ts';

/** Graphs that are kept open. */
const MAX_OPEN = 4;
/** Lines around a step that are quoted. */
const AROUND = 6;
const MAX_LINE = 500;

interface OpenGraph {
  readonly tree: SourceTree;
  readonly program: Program;
  readonly store: EffectStore;
  close(): void;
}

const graphs = new Map<string, Promise<OpenGraph | undefined>>();

/** The graph of a tree: that of a small one is made, that of a large one must be there. */
async function open({ gitDir, commit }: GraphPlace): Promise<OpenGraph | undefined> {
  if (!existsSync(gitDir)) return undefined;
  const repository = await openRepository(gitDir);
  if (repository === undefined) return undefined;
  // Mirrors are evicted, and made anew with what the next review needs.
  if ((await repository.resolve(commit)) === undefined) {
    repository.close();
    return undefined;
  }
  const tree = await repository.tree(commit);
  const folder = cacheDir(process.env);
  const isSmall = await isSmallTree(tree);
  if (!isSmall && !(await isIndexAtHand(tree, folder))) {
    repository.close();
    return undefined;
  }
  const opened = await openIndex(tree, { cacheDir: folder });
  const { index, store: facts } = opened.report;
  if (isSmall) await buildTreeEffects(index, { cacheDir: folder, factsFolder: facts.folder });
  const store = openEffects(index);
  const close = () => {
    store?.close();
    opened.close();
    repository.close();
  };
  if (store === undefined) {
    close();
    return undefined;
  }
  const program = opened.program();
  useStore(program, store);
  return { tree, program, store, close };
}

/** Opened once; one that was not there is looked for again. */
async function graphAt(place: GraphPlace): Promise<OpenGraph | undefined> {
  const key = `${place.gitDir} ${place.commit}`;
  const known = graphs.get(key) ?? open(place);
  graphs.delete(key);
  graphs.set(key, known);
  const [oldest] = graphs.keys();
  if (graphs.size > MAX_OPEN && oldest !== undefined) {
    const left = graphs.get(oldest);
    graphs.delete(oldest);
    void left?.then((graph) => graph?.close());
  }
  try {
    const graph = await known;
    if (graph === undefined) graphs.delete(key);
    return graph;
  } catch (error) {
    graphs.delete(key);
    throw error;
  }
}

async function answer({ place, query }: LockGraphMessage): Promise<LockAnswer> {
  const graph = await graphAt(place);
  return graph === undefined ? { kind: 'none' } : ask(graph, query);
}

async function ask({ tree, program, store }: OpenGraph, query: LockQuery): Promise<LockAnswer> {
  switch (query.kind) {
    case 'search':
      return {
        kind: 'search',
        locks: searchLocks(store, query.text, query.limit),
        total: store.lockGraph.locks.length,
      };
    case 'lock':
      return { kind: 'lock', exploration: explore(program, store, query.lock, query.filter) };
    case 'order': {
      const witnesses = orderWitnesses(program, store, query.from, query.to);
      return { kind: 'order', order: { witnesses, source: await sourceOf(tree, witnesses) } };
    }
  }
}

async function sourceOf(tree: SourceTree, witnesses: OrderCode['witnesses']): Promise<OrderCode['source']> {
  const steps = witnesses.flatMap((witness) => witness.steps);
  const files = await tree.read([...new Set(steps.map(({ path }) => path))]);
  const source: Record<string, QuotedLine[]> = {};
  for (const [path, content] of files) {
    const near = steps.filter((step) => step.path === path).map(({ line }) => line);
    source[path] = decodeText(content)
      .split('\n')
      .map((text, index) => ({ line: index + 1, text: text.slice(0, MAX_LINE), added: false }))
      .filter(({ line }) => near.some((at) => Math.abs(at - line) <= AROUND));
  }
  return source;
}

// The parent is gone: nobody waits for an answer.
process.on('disconnect', () => process.exit(1));
process.on('message', (message: LockGraphMessage) => {
  const { id } = message;
  answer(message).then(
    (found) => tell({ id, answer: found } satisfies LockGraphReply),
    (error: Error) => tell({ id, error: error.message } satisfies LockGraphReply),
  );
});
