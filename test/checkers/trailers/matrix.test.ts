/**
 * What checkpatch, NIPA, linux-next's scripts and b4 look for in a message, and what none of them does: each has a rule,
 * each rule has its page with a source, cases that it must and must not report, and where it offers a correction, one
 * that satisfies it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { correctMessages } from '../../../src/checkers/trailers/correct.ts';
import { checkTrailers, trailers } from '../../../src/checkers/trailers/index.ts';
import { readFixtures } from './fixture.ts';

/** What is looked for, and the rules that say it. */
const matrix: Readonly<Record<string, readonly string[]>> = {
  'a sign-off exists': ['signoff-missing'],
  'the author signed': ['signoff-missing-author'],
  'the author signed with another address or name': ['signoff-author-mismatch'],
  'the committer signed': ['signoff-missing-committer'],
  'the submitter signed, and last': ['signoff-missing-submitter', 'signoff-not-last'],
  'a sign-off by somebody outside the route': ['signoff-foreign'],
  'sign-offs stand in the last paragraph': [
    'signoff-missing',
    'text-after-trailers',
    'subject-not-separated',
  ],
  'a misspelled tag': ['misspelled-trailer'],
  'an unknown tag': ['unknown-trailer'],
  'no colon, a blank before it': ['trailer-format'],
  'capitals and blanks of a tag': ['trailer-style'],
  'the address can be parsed, text behind it': ['bad-address'],
  'the same trailer twice': ['duplicate-trailer'],
  'co-authors and their sign-offs': [
    'co-developed-without-signoff',
    'co-developed-not-adjacent',
    'co-developed-is-author',
  ],
  'Reported-by and its report': ['reported-by-without-closes'],
  'Link and Closes hold a URL': ['link-not-url'],
  'another tag before a URL': ['unknown-trailer'],
  'old list archives': ['old-archive'],
  'the form of the stable Cc': ['stable-cc-format'],
  'prerequisites of a stable Cc': ['stable-prerequisite'],
  'Fixes where the tree wants it': ['fixes-wanted'],
  'Fixes: a word before the SHA1': ['fixes-leading-word'],
  'Fixes: no SHA1, or a digit that is none': ['fixes-no-sha'],
  'Fixes: twelve digits': ['fixes-sha-too-short'],
  'Fixes: capital digits': ['fixes-sha-capitals'],
  'Fixes: the target exists, and which was meant': ['fixes-target-missing'],
  'Fixes: the target is an ancestor': ['fixes-not-ancestor'],
  'Fixes: the target is the commit itself': ['fixes-target-newer'],
  'Fixes: the subject is that of the target': ['fixes-subject-mismatch'],
  'Fixes: parentheses and quotes': ['fixes-missing-parens-or-quotes'],
  'Fixes: a blank behind the SHA1': ['fixes-missing-space'],
  'Fixes: the subject is missing': ['fixes-missing-subject'],
  'Fixes: over two lines': ['fixes-wrapped'],
  'Fixes: a date or other text': ['fixes-trailing-junk'],
  'Fixes: apart from the other tags': ['fixes-not-in-trailer-block'],
  'a blank line between tags': ['trailer-block-split'],
  'the order of tags': ['tag-order'],
  'commits that the text names': ['commit-reference', 'commit-reference-form'],
  'where a backport comes from': [
    'backport-wanted',
    'backport-form',
    'backport-source-missing',
    'backport-subject',
    'backport-author',
    'backport-change',
    'backport-missing-fix',
  ],
  'what a revert takes back, and why': ['revert-form'],
  'a Change-Id of Gerrit': ['change-id'],
  '--- in the message': ['trailers-after-separator'],
  'lines that begin with #': ['comment-line'],
  'a diff in the message': ['diff-in-message'],
  'an empty description': ['empty-description'],
  'long lines': ['long-line', 'subject-length'],
  'spelling, repeated words': ['spelling', 'repeated-word'],
  'the form of Assisted-by': ['assisted-by-format'],
  'a sign-off or authorship of a program': ['signoff-by-program'],
  'a login in place of a name': ['name-not-real'],
  'a tool in the subject': ['subject-tool'],
  'the mail in the subject': ['subject-patch-tag'],
  'the full stop of the subject': ['subject-period'],
  'the prefix of the subject': ['subject-prefix'],
  'the author of what is fixed is told': ['fixes-author-not-told'],
  'what the configuration asks for': ['required-trailer', 'forbidden-trailer'],
};

/** Documents that came with later kernels than the tests' tree. */
const NEWER = new Set(['Documentation/process/coding-assistants.rst']);

const names = trailers.rules.map((rule) => rule.id.slice('trailers/'.length));
const fixtures = new Map(readFixtures().map((fixture) => [fixture.rule, fixture]));

test('every rule is in the matrix, and every line of the matrix has its rules', () => {
  expect([...new Set(Object.values(matrix).flat())].sort()).toEqual([...names].sort());
});

describe.each(names)('%s', (name) => {
  const rule = trailers.rules.find(({ id }) => id === `trailers/${name}`);

  test('says which document, or whose custom, it comes from', () => {
    const page = readFileSync(new URL(`../../../docs/rules/trailers/${name}.md`, import.meta.url), 'utf8');
    expect(rule?.source).toMatch(
      /Documentation\/process\/|checkpatch|NIPA|linux-next|git-[\w-]+\(1\)|Gerrit|adjutant\.yml/,
    );
    expect(page).toContain(rule?.source);
    const tree = process.env.ADJUTANT_KERNEL_TREE;
    for (const [document = ''] of rule?.source?.matchAll(/Documentation\/[\w/-]+\.rst/g) ?? [])
      if (tree !== undefined && !NEWER.has(document)) expect(existsSync(`${tree}/${document}`)).toBe(true);
  });

  const { history, options, sections, commit } = fixtures.get(name) ?? { sections: [] };
  const reported = sections.filter(({ kind }) => kind === 'report');
  test.runIf(commit !== undefined)('has corrections that satisfy it, wherever it offers one', async () => {
    expect(reported.length).toBeGreaterThan(0);
    if (!commit || !history || !options) return;
    let offered = 0;
    for (const { message } of reported) {
      const found = await checkTrailers([commit(message)], history, options);
      if (!found.some((one) => one.rule === rule?.id && one.suggestion !== undefined)) continue;
      offered += 1;
      const corrected = (await correctMessages([commit(message)], history, options)).get(name);
      expect(corrected).toBeDefined();
      const left = await checkTrailers([commit(corrected ?? message)], history, options);
      expect(left.filter((one) => one.rule === rule?.id && one.suggestion !== undefined)).toEqual([]);
    }
    // What is offered is also written out once, to be read by people.
    expect(sections.some(({ kind }) => kind === 'corrected')).toBe(offered > 0);
  });
});
