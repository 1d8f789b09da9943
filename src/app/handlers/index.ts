/** Every event that Adjutant acts on: a file, and a line here. */
import { checkRun } from './check-run.ts';
import { checkSuite } from './check-suite.ts';
import type { Handler } from './handler.ts';
import { installation, installationRepositories } from './installation.ts';
import { issueComment } from './issue-comment.ts';
import { mergeGroup } from './merge-group.ts';
import { pullRequest } from './pull-request.ts';
import { push } from './push.ts';
import { reviewComment } from './review-comment.ts';

export const handlers: readonly Handler[] = [
  pullRequest,
  mergeGroup,
  push,
  checkRun,
  checkSuite,
  issueComment,
  reviewComment,
  installation,
  installationRepositories,
];
