/** What the doctor says of a machine that lacks something; of GitHub see administration.test.ts. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { examine } from '../../src/app/doctor/examine.ts';
import type { Diagnosis } from '../../src/app/doctor/finding.ts';
import { examineFolder, examineGit } from '../../src/app/doctor/machine.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { UserError } from '../../src/errors.ts';
import type { JobLine } from '../../src/jobs/dead-letter.ts';

const scratch = mkdtempSync(join(tmpdir(), 'adjutant-doctor-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

describe('git', () => {
  test('that is too old is named with the version that is wanted', async () => {
    const git = join(scratch, 'git');
    writeFileSync(git, '#!/bin/sh\necho git version 2.20.1\n');
    chmodSync(git, 0o755);
    vi.stubEnv('PATH', scratch);
    expect(await examineGit()).toMatchObject({
      state: 'bad',
      says: 'git version 2.20.1 is too old',
      mend: expect.stringMatching(/Install git 2\.39 or newer/),
    });
  });

  test('that is not there', async () => {
    vi.stubEnv('PATH', join(scratch, 'empty'));
    expect(await examineGit()).toMatchObject({ state: 'bad', says: expect.stringMatching(/not installed/) });
  });
});

describe('a folder', () => {
  test('that can be used is good, with the room that there is', () => {
    const look = examineFolder('ADJUTANT_DATA_DIR', join(scratch, 'data'), 0);
    expect(look).toMatchObject({ state: 'good', says: expect.stringMatching(/data, [\d.]+ GiB free$/) });
  });

  test('with too little room', () => {
    expect(examineFolder('ADJUTANT_CACHE_DIR', scratch, 1e9)).toMatchObject({
      state: 'doubtful',
      mend: expect.stringMatching(/free some, or set ADJUTANT_CACHE_DIR/),
    });
  });

  test('that can not be made', () => {
    writeFileSync(join(scratch, 'file'), '');
    const look = examineFolder('ADJUTANT_DATA_DIR', join(scratch, 'file/below'), 1);
    expect(look).toMatchObject({
      state: 'bad',
      mend: expect.stringMatching(/ADJUTANT_DATA_DIR to a folder that this user may write/),
    });
  });
});

describe('the database and the queue', () => {
  const environment = readEnvironment({
    HOME: scratch,
    ADJUTANT_DATA_DIR: scratch,
    ADJUTANT_CACHE_DIR: scratch,
  });
  const looked = async (
    jobs: () => Promise<readonly JobLine[]>,
    what: string,
  ): Promise<Diagnosis | undefined> => (await examine(environment, jobs)).find((look) => look.what === what);
  const job = { id: 'x', what: 'review', state: 'waiting', attempts: 1, about: '', reason: '' } as const;

  test('that does not answer comes first', async () => {
    const jobs = () => Promise.reject(new UserError("PostgreSQL can't be reached."));
    expect(await looked(jobs, 'database')).toMatchObject({
      state: 'bad',
      says: "PostgreSQL can't be reached.",
      mend: expect.stringMatching(/mend this first/),
    });
  });

  test('work that waits for long is strange', async () => {
    expect(await looked(async () => [{ ...job, age: 60 }], 'queue')).toMatchObject({ state: 'good' });
    expect(await looked(async () => [{ ...job, age: 3600 }], 'queue')).toMatchObject({
      state: 'doubtful',
      says: '1 waiting or running, the oldest for 60 min',
      mend: expect.stringMatching(/ADJUTANT_REVIEWERS/),
    });
  });

  test('an App that is not registered is told where that is explained', async () => {
    expect(await looked(async () => [], 'credentials')).toMatchObject({
      state: 'bad',
      mend: expect.stringMatching(/docs\/installing\.md/),
    });
  });
});
