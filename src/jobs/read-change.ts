/** The first half of a review: the change is fetched, its configuration read, and it is analysed. */
import { fetchPullRequest, holdMirror, mirrorDir } from '../git/mirror.ts';
import { makeRoom } from '../git/mirror-bounds.ts';
import { PutBack } from '../store/queue.ts';
import { type Analysis, analyse } from './analysis.ts';
import { type Attempt, inProgress } from './attempt.ts';
import { baseConfiguration, whyNotWanted } from './base-configuration.ts';
import { updateCheckRuns } from './checks.ts';
import { timed } from './durations.ts';
import type { Forge, PullRequestState } from './forge.ts';
import { bringHistory } from './history.ts';
import { tellProgress } from './progress.ts';
import { unlessBehind } from './pull-state.ts';

/** The configuration wants no review of it. */
export class NotWanted extends Error {
  override readonly name = 'NotWanted';
}

/**
 * Fetches what a review needs and analyses it. Rejects with NotWanted; with PutBack where the tree has to be indexed
 * first; with the signal's reason.
 */
export async function readChange(
  attempt: Attempt,
  forge: Forge,
  state: PullRequestState | undefined,
  signal: AbortSignal,
): Promise<Analysis & { readonly baseTip: string }> {
  const { services, work, review } = attempt;
  const { pull, group } = work.data;
  const { noteDuration } = services;
  const gitDir = mirrorDir(services.dataDir, pull.repository.id);
  const steps = tellProgress(services.log, forge, review);
  const release = holdMirror(gitDir);
  try {
    steps.at('Comparing with the base branch');
    const baseRef = group?.base ?? review.baseRef;
    const { mergeBase, base, ahead } = await unlessBehind(() => forge.compare(baseRef, review.head));
    steps.at('Fetching the trees');
    await makeRoom(services.dataDir, services.mirrorBounds);
    const remote = { url: state?.gitUrl ?? forge.gitUrl(), token: await forge.gitToken(work.attempt > 1) };
    const ref = group === undefined ? {} : { ref: group.ref };
    const wanted = { pull: pull.number, ...ref, base: mergeBase, baseTip: base };
    const found = await timed(noteDuration, 'step', 'fetch', () =>
      fetchPullRequest(gitDir, remote, { ...wanted, head: review.head, ahead }, signal),
    );
    const commits = found ?? (group === undefined ? await forge.commits(pull.number) : []);
    const { configuration, limits: unread } = await baseConfiguration(gitDir, base, () =>
      forge.ownerConfiguration(),
    );
    attempt.configuration = configuration;
    const why = state && whyNotWanted(configuration, state);
    if (why !== undefined) throw new NotWanted(why);
    steps.at('Fetching the history that messages name');
    const unknown = await bringHistory(
      services,
      remote,
      { gitDir, base: mergeBase, commits, configuration },
      { wait: signal, fetch: work.signal },
    );
    signal.throwIfAborted();
    // GitHub lists 250, and only where the mirror can't tell them.
    const unseen =
      group === undefined && commits.length < ahead
        ? [`Only ${commits.length} of the ${ahead} commits could be told from the base branch's.`]
        : [];
    steps.at('Analysing');
    const { indexer } = services;
    const needsIndex = !indexer.hasFailed(gitDir);
    const request = {
      gitDir,
      base: mergeBase,
      head: review.head,
      configuration,
      limits: [...unread, ...unseen, ...unknown],
      commits,
      needsIndex,
    };
    const analysis = await timed(noteDuration, 'step', 'analysis', () =>
      analyse(request, services.limits, { progress: steps.at }, signal),
    );
    if (analysis === undefined) indexer.request(gitDir, mergeBase, true);
    else {
      indexer.request(gitDir, base, false);
      return { ...analysis, baseTip: base };
    }
  } finally {
    release();
    await steps.end();
  }
  await updateCheckRuns(
    forge,
    review,
    inProgress(
      'Indexing the tree',
      'This happens once for a repository, and takes some minutes for a large one.',
    ),
  );
  throw new PutBack('its tree is not indexed yet');
}
