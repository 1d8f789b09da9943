/** The stand-in GitHub, the App and a repository in which it is installed: where the demo takes place. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppProcess, startApp } from './app-process.ts';
import { type Repository, type StandInGitHub, startGitHub } from './github/index.ts';
import { createTree } from './story.ts';

export interface Stage {
  readonly github: StandInGitHub;
  readonly app: AppProcess;
  readonly repository: Repository;
  close(): Promise<void>;
}

/** Rejects where the App does not start, with what it wrote. */
export async function openStage(): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), 'adjutant-demo-'));
  const github = await startGitHub();
  let app: AppProcess | undefined;
  const close = async () => {
    await app?.stop();
    await github.close();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const [started, repository] = await Promise.all([startApp(github.env, dir), createTree(github)]);
    app = started;
    github.connect(app.url);
    await github.announceInstalled('created');
    return { github, app, repository, close };
  } catch (error) {
    await close();
    throw error;
  }
}
