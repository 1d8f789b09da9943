/** The stand-in GitHub, the App and repositories of the sample driver: what end-to-end tests begin with. */
import { expect } from 'vitest';
import {
  type CheckRun,
  type Files,
  type GitHubOptions,
  type PullRequest,
  type Repository,
  type StandInGitHub,
  startGitHub,
} from '../../demo/github/index.ts';
import { appManifest } from './app-manifest.ts';
import { driver, files } from './kernel-sample.ts';
import { type RunningApp, startApp } from './running-app.ts';

const NAMES = ['adjutant / lock-order', 'adjutant / null-deref', 'adjutant / trailers'];

export interface ReviewStage {
  readonly github: StandInGitHub;
  readonly app: RunningApp;
  /** A repository of its own, with these files beside the driver. */
  repository(more?: Files): Promise<Repository>;
  /** A pull request that changes the driver, in a repository of its own; reviewed. */
  opened(text: string, more?: Files): Promise<PullRequest>;
  /** One more commit on its branch, or a force-push onto `onto`; reviewed. */
  pushed(pull: PullRequest, text: string, onto?: string): Promise<Map<string, CheckRun>>;
  /** All check runs of the head have ended, at least `runs` of them: the last one of each name. */
  reviewed(pull: PullRequest, runs?: number): Promise<Map<string, CheckRun>>;
  seen(what: () => boolean): Promise<void>;
  /** Waits until nothing happens any more. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** @param registered what the App may do and hears of: what app.yml asks for, unless told */
export async function openReviewStage(
  env: Readonly<Record<string, string>> = {},
  registered: GitHubOptions = appManifest(),
): Promise<ReviewStage> {
  const github = await startGitHub(registered);
  const app = await startApp(github, env);
  let count = 0;
  // Patient: the machine may be busy with other tests.
  const seen = (what: () => boolean) => github.waitFor(what, 90_000);
  const stage: ReviewStage = {
    github,
    app,
    seen,
    async repository(more = {}) {
      const made = await github.createRepository(`torvalds/linux-${++count}`, { ...files, ...more });
      github.setRole(made, 'maintainer', 'write');
      return made;
    },
    async opened(text, more) {
      const repository = await stage.repository(more);
      const pull = await github.createPullRequest(repository, { commits: [driver(text)] });
      await stage.reviewed(pull);
      return pull;
    },
    async pushed(pull, text, onto) {
      await github.push(pull.repository, pull.head.ref, {
        commits: [driver(text)],
        ...(onto === undefined ? {} : { onto }),
      });
      return stage.reviewed(pull);
    },
    async reviewed(pull, runs = 3) {
      await seen(() => {
        const all = github.checkRuns(pull);
        return all.length >= runs && all.every((run) => run.status === 'completed');
      });
      return new Map(github.checkRuns(pull).map((run) => [run.name, run]));
    },
    async quiet() {
      await github.settled();
      const before = github.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(github.requests.length).toBe(before);
    },
    async close() {
      await app.remove();
      await github.close();
    },
  };
  return stage;
}

export const conclusions = (runs: Map<string, CheckRun>) => NAMES.map((name) => runs.get(name)?.conclusion);
