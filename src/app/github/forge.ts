/** The jobs' view of GitHub, answered by its REST and GraphQL APIs. */
import { gzipSync } from 'node:zlib';
import type { Octokit } from 'octokit';
import type { Forge, OpenForge } from '../../jobs/forge.ts';
import type { Repository } from '../../jobs/job.ts';
import { checkRuns, createCheckRun, updateCheckRun } from './check-runs.ts';
import type { GitHubClient } from './client.ts';
import { isStatus, unlessGone } from './errors.ts';
import { ownerConfiguration } from './owner-configuration.ts';
import { createReview, createReviewComment, ownComments } from './reviews.ts';
import { editComments, foldComments, resolveThreads } from './threads.ts';

/** Of a compressed log, at most: GitHub's documentation of SARIF uploads. */
const SARIF_BYTES = 10 * 1024 * 1024;

export function createForge(client: GitHubClient): OpenForge {
  return async (repository) => forgeOf(client, client.open(repository), repository);
}

function forgeOf(client: GitHubClient, octokit: Octokit, repository: Repository): Forge {
  const place = { owner: repository.owner, repo: repository.name };
  const pull = (number: number) => ({ ...place, pull_number: number });
  return {
    async pullRequest(number) {
      const { data } = await unlessGone('The pull request', octokit.rest.pulls.get(pull(number)));
      return {
        open: data.state === 'open',
        draft: data.draft ?? false,
        head: data.head.sha,
        baseRef: data.base.ref,
        updated: data.updated_at,
        labels: data.labels.map((label) => label.name),
        gitUrl: client.gitUrl(data.base.repo.full_name),
      };
    },
    async compare(baseRef, head) {
      const basehead = `${baseRef}...${head}`;
      const request = octokit.rest.repos.compareCommitsWithBasehead({ ...place, basehead, per_page: 1 });
      const { data } = await unlessGone('The base branch', request);
      return {
        mergeBase: data.merge_base_commit.sha,
        base: data.base_commit.sha,
        ahead: data.ahead_by,
      };
    },
    async commits(number) {
      const all = await octokit.paginate(octokit.rest.pulls.listCommits, { ...pull(number), per_page: 100 });
      return all.map((commit) => commit.sha);
    },
    async diff(number) {
      try {
        const { data } = await octokit.rest.pulls.get({ ...pull(number), mediaType: { format: 'diff' } });
        // Text by its type where that names a character set, bytes otherwise.
        const text = data as unknown as string | ArrayBuffer;
        return typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
      } catch (error) {
        if (isStatus(error, 406)) return undefined;
        throw error;
      }
    },
    gitUrl: () => client.gitUrl(`${repository.owner}/${repository.name}`),
    ownerConfiguration: () => ownerConfiguration(client, repository),
    gitToken: (fresh) => client.gitToken(repository, fresh),

    createCheckRun: (run) => unlessGone('The repository', createCheckRun(octokit, place, run)),
    updateCheckRun: (id, update) => updateCheckRun(octokit, place, id, update),
    async uploadSarif(number, head, sarif) {
      const zipped = gzipSync(sarif);
      if (zipped.length > SARIF_BYTES)
        throw new Error(`code scanning takes no log of ${zipped.length} bytes`);
      const allowed = await client.openCodeScanning(repository);
      try {
        await allowed?.rest.codeScanning.uploadSarif({
          ...place,
          commit_sha: head,
          ref: `refs/pull/${number}/head`,
          sarif: zipped.toString('base64'),
          tool_name: 'Adjutant',
        });
        return allowed !== undefined;
      } catch (error) {
        if (isStatus(error, 403, 404)) return false;
        throw error;
      }
    },
    checkRuns: (head) => checkRuns(octokit, place, client.appId, head),

    reviewComments: async (number) => ownComments(octokit, pull(number), await client.login()),
    commentRoom: () => client.commentRoom(repository),
    createReview: (number, head, body, comments) => createReview(octokit, pull(number), head, body, comments),
    createReviewComment: (number, head, comment) => createReviewComment(octokit, pull(number), head, comment),
    editReviewComments: (edits) => editComments(octokit, edits),
    foldComments: (folds) => foldComments(octokit, folds),
    async resolveThreads(number, folds) {
      const allowed = await client.openThreads(repository);
      if (allowed !== undefined) await resolveThreads(allowed, pull(number), folds);
      return allowed !== undefined;
    },

    async permission(username) {
      try {
        const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...place, username });
        return data.permission;
      } catch (error) {
        if (isStatus(error, 404)) return 'none';
        throw error;
      }
    },
    async react(comment, content, thread) {
      const reaction = { ...place, comment_id: comment, content };
      if (thread === undefined) await octokit.rest.reactions.createForIssueComment(reaction);
      else await octokit.rest.reactions.createForPullRequestReviewComment(reaction);
    },
    async ownReplies(number, since, thread) {
      const options = { ...place, since, per_page: 100 };
      const all =
        thread === undefined
          ? await octokit.paginate(octokit.rest.issues.listComments, { ...options, issue_number: number })
          : await octokit.paginate(octokit.rest.pulls.listReviewComments, {
              ...options,
              pull_number: number,
            });
      const login = await client.login();
      return all.filter(({ user }) => user?.login === login).map(({ body }) => body ?? '');
    },
    async reply(number, body, thread) {
      const once = { ...place, body, request: { retries: 0 } };
      if (thread === undefined) await octokit.rest.issues.createComment({ ...once, issue_number: number });
      else
        await octokit.rest.pulls.createReplyForReviewComment({
          ...once,
          pull_number: number,
          comment_id: thread,
        });
    },
    async ownReviewComment(id) {
      try {
        const { data } = await octokit.rest.pulls.getReviewComment({ ...place, comment_id: id });
        return data.user?.login === (await client.login()) ? data.body : undefined;
      } catch (error) {
        if (isStatus(error, 404)) return undefined;
        throw error;
      }
    },
  };
}
