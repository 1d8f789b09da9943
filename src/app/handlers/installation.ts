/** `installation.deleted`, `installation_repositories.removed`: what was kept of the repositories is removed. */
import { z } from 'zod';
import type { ForgetJob } from '../../jobs/job.ts';
import type { Decision, Handler } from './handler.ts';
import { payloadParts } from './handler.ts';

const listed = z.array(z.object({ id: z.int() })).default([]);
const schema = z.object({
  installation: payloadParts.installation,
  repositories: listed,
  repositories_removed: listed,
});

function decide(payload: unknown): Decision | undefined {
  const { installation, repositories, repositories_removed: removed } = schema.parse(payload);
  const ids = [...repositories, ...removed].map(({ id }) => id);
  const data: ForgetJob = { kind: 'forget', repositories: ids };
  return ids.length === 0 ? undefined : { queue: 'intake', key: `installation ${installation.id}`, data };
}

export const installation: Handler = {
  event: 'installation',
  actions: ['deleted'],
  isAlwaysSent: true,
  decide,
};

export const installationRepositories: Handler = {
  event: 'installation_repositories',
  actions: ['removed'],
  isAlwaysSent: true,
  decide,
};
