import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StandInGitHub, startGitHub } from '../../demo/github/index.ts';
import { bugsAreFixed, bugsComeIn, createTree, unmet } from '../../demo/story.ts';
import { clientOf } from './github/client.ts';

let github: StandInGitHub;
beforeEach(async () => {
  github = await startGitHub();
});
afterEach(() => github.close());

it('makes both series into the same commits every time, with Fixes tags that name them', async () => {
  const heads = async (name: string) => {
    const repository = await createTree(github, name);
    const bugs = await bugsComeIn(github, repository);
    const fixes = await bugsAreFixed(github, repository);
    const client = await clientOf(github);
    const [owner = '', repo = ''] = name.split('/');
    const { data } = await client.rest.pulls.listCommits({ owner, repo, pull_number: fixes.pull.number });
    return {
      head: fixes.pull.head.sha,
      bugs: bugs.pull.head.sha,
      messages: data.map(({ commit }) => commit.message),
    };
  };
  const first = await heads('one/linux');
  expect(await heads('two/linux')).toEqual(first);
  expect(first.messages).toHaveLength(4);
  for (const message of first.messages) expect(message).toMatch(/^Fixes: (?!0{12})[0-9a-f]{12} \("/m);
  expect(first.messages[3]).toContain(`Fixes: ${first.bugs.slice(0, 12)} (`);
});

it('says what was not posted as it must be', async () => {
  const repository = await createTree(github);
  const chapter = await bugsComeIn(github, repository);
  const wrong = unmet(github, chapter);
  expect(wrong).toContain('#1: lock-order ended as undefined, not failure');
  expect(wrong).toContain('#1: no comment on sound/usb/offload/qmi_audio.c about null-deref/known-null');
  expect(wrong).toContain('#1: the summary of trailers does not say trailers/signoff-missing');
});
