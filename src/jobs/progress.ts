/** Says on the check runs which step a long review is at, each step once. */
import type { StoredReview } from '../store/reviews.ts';
import { inProgress } from './attempt.ts';
import type { Forge } from './forge.ts';
import type { Log } from './services.ts';

const AFTER = 5000;
/** Milliseconds between two words: each is three requests of the 5,000 that an installation has in an hour. */
const PAUSE = 30_000;

export interface Progress {
  at(step: string): void;
  /**
   * Says no more, and resolves when nothing of it is under way: a word that arrives after the end of a check run would
   * open it again, and nobody would end it.
   */
  end(): Promise<void>;
}

/** The step after five seconds is told, and then what it is every half a minute, where it is another. */
export function tellProgress(log: Log, forge: Pick<Forge, 'updateCheckRun'>, review: StoredReview): Progress {
  let step = '';
  let told = '';
  let toldAt = 0;
  let ended = false;
  let telling = Promise.resolve();
  const tell = async () => {
    told = step;
    const words = inProgress(step, 'Large repositories take a while the first time.');
    for (const id of Object.values(review.checkRuns)) {
      if (ended) return;
      if (id !== null) await forge.updateCheckRun(id, { ...words, once: true });
    }
  };
  const timer = setInterval(() => {
    if (step === told || Date.now() - toldAt < PAUSE) return;
    toldAt = Date.now();
    telling = telling.then(tell).catch((error) => {
      log.warn({ err: error, review: review.id }, 'could not say which step a review is at');
    });
  }, AFTER);
  return {
    at: (next) => {
      step = next;
    },
    end: () => {
      ended = true;
      clearInterval(timer);
      return telling;
    },
  };
}
