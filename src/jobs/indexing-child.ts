/** The process that indexes one tree of a mirror: started by indexer.ts. */
import { cacheDir } from '../config/cache-dir.ts';
import { buildTreeEffects } from '../effects/tree/build.ts';
import { openRepository } from '../git/repository.ts';
import { openIndex } from '../index/open-index.ts';
import { isSmallTree } from '../review/programs.ts';
import { serveRequest } from './child-side.ts';

export interface IndexingRequest {
  readonly gitDir: string;
  /** Full SHA of the commit whose tree it is. */
  readonly commit: string;
}

/** Resolves to whether it was needed: small trees are read whole at each review. */
async function run({ gitDir, commit }: IndexingRequest): Promise<boolean> {
  const repository = await openRepository(gitDir);
  if (repository === undefined) throw new Error(`${gitDir} is no repository`);
  try {
    const tree = await repository.tree(commit);
    if (await isSmallTree(tree)) return false;
    const folder = cacheDir(process.env);
    const opened = await openIndex(tree, { cacheDir: folder });
    try {
      const { index, store } = opened.report;
      await buildTreeEffects(index, { cacheDir: folder, factsFolder: store.folder });
    } finally {
      opened.close();
    }
    return true;
  } finally {
    repository.close();
  }
}

serveRequest(run);
