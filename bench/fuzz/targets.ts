/** Every parser that is given what a stranger wrote, with what it is made for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommands } from '../../src/app/commands/parser.ts';
import { handlers } from '../../src/app/handlers/index.ts';
import { decide } from '../../src/app/webhook.ts';
import { checkTrailers } from '../../src/checkers/trailers/index.ts';
import { parseMessage } from '../../src/checkers/trailers/message.ts';
import { readConfiguration } from '../../src/config/read-configuration.ts';
import { decodeText } from '../../src/git/bytes.ts';
import { parseCommit } from '../../src/git/commit.ts';
import { noHistory } from '../../src/git/commit-lookup.ts';
import { parseMailbox } from '../../src/git/mailbox.ts';
import { parsePatch } from '../../src/git/patch.ts';
import { Analyser } from '../../src/index/analyse.ts';
import { decodeFacts } from '../../src/index/decode.ts';
import { fragmentFacts } from '../../src/index/fragment.ts';
import { githubDiff } from '../../src/jobs/github-diff.ts';
import { review } from '../../src/review/review.ts';

export interface Target {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  readonly words: readonly string[];
  /** Rejects with a UserError where it refuses the input; with anything else where it is at fault. */
  run(bytes: Buffer): unknown;
}

const ROOT = join(import.meta.dirname, '../..');

function filesIn(folder: string, ending: string): Buffer[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => readFileSync(join(ROOT, folder, path)));
}

const patches = filesIn('demo/changes', '.patch');
const sources = [
  ...filesIn('demo/tree', '.c'),
  ...filesIn('demo/tree', '.h'),
  ...filesIn('test/checkers', '.c'),
];
const messages = patches.map((patch) => Buffer.from(patch.toString('utf8').split('\n---\n')[0] ?? ''));
const analyser = new Analyser();

const DIFF_WORDS = [
  'diff --git a/x b/x\n',
  '--- a/x.c\n',
  '+++ b/x.c\n',
  '--- /dev/null\n',
  '@@ -1,3 +1,4 @@\n',
  '@@ -0,0 +1 @@\n',
  '@@ -99999999999999999999,9 +1 @@\n',
  '+',
  '-',
  ' ',
  '\\ No newline at end of file\n',
  'rename from x\n',
  'rename to ../../x\n',
  'similarity index 100%\n',
  'new file mode 120000\n',
  'Binary files a/x and b/x differ\n',
  'GIT binary patch\n',
  '"a/\\303\\274"',
  '"',
  '\n',
  '\r\n',
  '../',
  '-- \n2.39.5\n',
];
const MAIL_WORDS = [
  ...DIFF_WORDS,
  'From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n',
  'Subject: [PATCH v2 3/9] x\n',
  'From: A <a@example.org>\n',
  'Content-Transfer-Encoding: base64\n',
  'Content-Transfer-Encoding: quoted-printable\n',
  'Content-Type: multipart/mixed; boundary="b"\n',
  '--b\n',
  '=?UTF-8?q?=FC?=',
  '=?x?b?',
  '>From ',
  '---\n',
  '\n\n',
];
const C_WORDS = [
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ';',
  ',',
  '#if 0\n',
  '#ifdef A\n',
  '#else\n',
  '#endif\n',
  '#define X(a) ',
  '#include "x.h"\n',
  '\\\n',
  '/*',
  '*/',
  '//',
  '"',
  "'",
  'if (',
  'else ',
  'do ',
  'while (0);',
  'for (;;) ',
  'goto x;',
  'x:',
  'switch (x) {',
  'case 1:',
  'struct s {',
  '->',
  '.',
  '*',
  '&',
  '({',
  '})',
  'asm("")',
  '__attribute__((',
  'typeof(',
  'sizeof(',
  'guard(mutex)(&l);',
  'mutex_lock(&l);',
  'mutex_unlock(&l);',
  'spin_lock(&l);',
  'kmalloc(1, GFP_KERNEL)',
  '= NULL;',
  '!p',
  'return ',
  '0x',
  '1e9',
];
const MESSAGE_WORDS = [
  'Signed-off-by: A <a@example.org>\n',
  'Fixes: 012345678901 ("x")\n',
  'Cc: stable@vger.kernel.org # 6.1+\n',
  'Link: https://x\n',
  'Reported-by: ',
  'Closes: ',
  'Co-developed-by: ',
  '[ a: b ]\n',
  '(cherry picked from commit ',
  '\n\n',
  '---\n',
  '<',
  '>',
  '"',
  '(',
  ')',
  'commit 0123456789ab ("',
  'Upstream commit',
  'Revert "',
  ':',
  '#',
  '\t',
  '\u202e',
];
const YAML = `fail-on: warning\nadvisory: false\ncomment-limit: 5\ncheckers:\n  null-deref:\n    enabled: true\n    paths: [drivers/**]\n  trailers:\n    fail-on: error\nrules:\n  trailers/long-line: off\n`;
const YAML_WORDS = [
  ':',
  '- ',
  '  ',
  '\n',
  '[',
  ']',
  '{',
  '}',
  '&a ',
  '*a',
  '<<: *a',
  '|',
  '>',
  '!!binary ',
  '!!js/function ',
  '"',
  "'",
  '#',
  '%',
  '---\n',
  '? ',
  'null',
  '1e999',
  '__proto__: ',
  'constructor: ',
];
const COMMENT =
  '/recheck\n\nSome words.\n\n> /dismiss x because\n\n```\n/help\n```\n\n/adjutant explain null-deref/known-null\n';
const COMMENT_WORDS = [
  '/',
  '/help',
  '/adjutant ',
  '```\n',
  '~~~\n',
  '    ',
  '\t',
  '> ',
  '<!--',
  '-->',
  '<pre>',
  '</pre>',
  '`',
  '\n',
  '\r',
  '- ',
];

function payload(event: string, action: string): Buffer {
  const sha = 'a'.repeat(40);
  return Buffer.from(
    JSON.stringify({
      action,
      event,
      installation: { id: 1 },
      repository: { id: 2, name: 'linux', owner: { login: 'torvalds' } },
      sender: { login: 'a', type: 'User' },
      number: 7,
      pull_request: {
        number: 7,
        head: { sha },
        base: { ref: 'master' },
        user: { login: 'a', type: 'User' },
        draft: false,
      },
      check_run: {
        name: 'adjutant / trailers',
        head_sha: sha,
        external_id: '',
        app: { id: 1 },
        check_suite: { id: 1 },
      },
      check_suite: { head_sha: sha, app: { id: 1 } },
      issue: { number: 7, pull_request: {}, user: { login: 'a', type: 'User' } },
      comment: {
        id: 9,
        body: '/recheck',
        created_at: '2026-01-01T00:00:00Z',
        user: { login: 'a', type: 'User' },
      },
    }),
  );
}

const PERSON = 'A <a@example.org> 1700000000 +0000';
const HEADERS = Buffer.from(`tree ${'0'.repeat(40)}\nauthor ${PERSON}\ncommitter ${PERSON}\n\n`);

export const targets: readonly Target[] = [
  { name: 'diff', seeds: patches, words: DIFF_WORDS, run: (bytes) => parsePatch(bytes) },
  {
    name: 'diff of GitHub',
    seeds: patches,
    words: DIFF_WORDS,
    run: (bytes) => githubDiff(decodeText(bytes)),
  },
  { name: 'mailbox', seeds: patches, words: MAIL_WORDS, run: (bytes) => parseMailbox(bytes) },
  { name: 'C', seeds: sources, words: C_WORDS, run: (bytes) => decodeFacts(analyser.analyse(bytes).facts) },
  {
    name: 'C in hunks',
    seeds: patches,
    words: [...C_WORDS, ...DIFF_WORDS],
    run: (bytes) => {
      for (const file of parsePatch(bytes)) if (!file.binary) fragmentFacts(file, 'new');
    },
  },
  {
    name: 'review of a patch',
    seeds: patches,
    words: [...C_WORDS, ...DIFF_WORDS],
    run: (bytes) =>
      review({
        base: undefined,
        head: undefined,
        baseName: '',
        headName: '',
        commits: [],
        diff: parsePatch(bytes),
      }),
  },
  {
    name: 'commit message',
    seeds: messages,
    words: MESSAGE_WORDS,
    run: (bytes) => {
      parseMessage(decodeText(bytes));
      const raw = Buffer.concat([HEADERS, bytes]);
      return checkTrailers([parseCommit('a'.repeat(40), raw, [], [])], noHistory);
    },
  },
  {
    name: 'configuration',
    seeds: [Buffer.from(YAML)],
    words: YAML_WORDS,
    run: (bytes) => readConfiguration(decodeText(bytes), []),
  },
  {
    name: 'comment',
    seeds: [Buffer.from(COMMENT)],
    words: COMMENT_WORDS,
    run: (bytes) => parseCommands(decodeText(bytes)),
  },
  {
    name: 'webhook payload',
    seeds: handlers.flatMap(({ event, actions }) => actions.map((action) => payload(event, action))),
    words: [
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      'null',
      '1e999',
      '-1',
      '"__proto__":',
      '"id":',
      '"\\u0000"',
      '\\',
    ],
    run: (bytes) => {
      for (const { event } of handlers) decide(event, decodeText(bytes));
    },
  },
];
