/** The process of one question: started by question.ts, gone afterwards. */
import { lockClassesNamed, lockNeighbours } from '../checkers/lock-order/lock-neighbours.ts';
import { cacheDir } from '../config/cache-dir.ts';
import { useStore } from '../effects/stores.ts';
import { buildTreeEffects } from '../effects/tree/build.ts';
import { openEffects } from '../effects/tree/related-effects.ts';
import { UserError } from '../errors.ts';
import { openRepository } from '../git/repository.ts';
import { isIndexAtHand } from '../index/at-hand.ts';
import { openIndex } from '../index/open-index.ts';
import { lockGraphMermaid, lockGraphText } from '../report/lock-graph.ts';
import { codeBlock, codeSpan } from '../report/markdown-text.ts';
import { describeSymbol } from '../report/symbol.ts';
import { isSmallTree } from '../review/programs.ts';
import { serveRequest } from './child-side.ts';
import type { QuestionRequest } from './question.ts';

/** Locks of one name that are drawn, and neighbours of each on a side. */
const MAX_LOCKS = 3;
const MAX_NEIGHBOURS = 12;
/** Entries of a list (callers, callees). */
const MAX_ENTRIES = 15;

async function run({ gitDir, commit, question }: QuestionRequest): Promise<string> {
  const repository = await openRepository(gitDir);
  if (repository === undefined)
    throw new UserError('Its repository is not at hand any more: `/recheck` brings it back.');
  const folder = cacheDir(process.env);
  const tree = await repository.tree(commit);
  const small = await isSmallTree(tree);
  if (!small && !(await isIndexAtHand(tree, folder)))
    throw new UserError('The index of the base tree is not at hand now: ask again in some minutes.');
  const opened = await openIndex(tree, { cacheDir: folder });
  const { index, store } = opened.report;
  let effects = openEffects(index);
  if (effects === undefined && small) {
    await buildTreeEffects(index, { cacheDir: folder, factsFolder: store.folder });
    effects = openEffects(index);
  }
  try {
    const program = opened.program();
    if (question.kind === 'symbol') {
      if (effects !== undefined) useStore(program, effects);
      const text = describeSymbol(program, question.name, MAX_ENTRIES);
      if (text === '')
        throw new UserError(`The base tree has no function, type, macro or global of that name.`);
      return codeBlock(text.trimEnd());
    }
    if (effects === undefined) throw new UserError('There is no lock graph of the base tree yet.');
    const classes = lockClassesNamed(effects, question.name);
    if (classes.length === 0)
      throw new UserError(
        'Nothing is taken under or over a lock of that name. A class is written like `struct foo.lock` or `mm/slab.c:slab_mutex`, or by its last name alone.',
      );
    const drawn = classes.slice(0, MAX_LOCKS).map((lock) => {
      const neighbourhood = lockNeighbours(program, effects, lock);
      const witnesses = codeBlock(lockGraphText(neighbourhood, MAX_NEIGHBOURS));
      return `${codeBlock(lockGraphMermaid(neighbourhood, MAX_NEIGHBOURS), 'mermaid')}\n\n<details><summary>Witnesses</summary>\n\n${witnesses}\n\n</details>`;
    });
    const more = classes.slice(MAX_LOCKS, 20).map(codeSpan).join(', ');
    return [...drawn, ...(more === '' ? [] : [`Locks of that name as well: ${more}`])].join('\n\n');
  } finally {
    effects?.close();
    opened.close();
    repository.close();
  }
}

serveRequest(run);
