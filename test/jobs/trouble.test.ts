import { RequestError } from 'octokit';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { GitError } from '../../src/git/run.ts';
import { ChildStopped } from '../../src/jobs/child.ts';
import { Gone } from '../../src/jobs/forge.ts';
import { mayTryAgain, type Trouble, troubleOf } from '../../src/jobs/trouble.ts';

const http = (status: number, message = 'x') =>
  new RequestError(message, status, { request: { method: 'GET', url: 'http://x', headers: {} } });
const git = (stderr: string) => new GitError('git fetch', 128, stderr);
const access = "fatal: unable to access 'https://github.com/a/b.git/': ";
const code = (text: string) => Object.assign(new Error('x'), { code: text });
const named = (name: string) => Object.assign(new Error('x'), { name });

describe('what kind of trouble an error is', () => {
  test.each<[Trouble, string, unknown]>([
    ['gone', 'a pull request that is not there', new Gone('not there')],
    ['weather', 'an error of the server', http(500)],
    ['weather', 'a gateway', http(502)],
    ['weather', 'too many requests', http(429)],
    ['weather', 'a primary limit', http(403, 'API rate limit exceeded for installation ID 1.')],
    ['weather', 'a secondary limit', http(403, 'You have exceeded a secondary rate limit')],
    ['weather', 'a limit in the clothes of a 422', http(422, 'was submitted too quickly')],
    ['weather', 'no connection', new TypeError('fetch failed')],
    ['weather', 'no answer in time', named('TimeoutError')],
    ['weather', 'git with a 503', git(`${access}The requested URL returned error: 503`)],
    ['weather', 'git with a connection that broke', git(`${access}Empty reply from server`)],
    ['weather', 'git without a name server', git(`${access}Could not resolve host: github.com`)],
    [
      'weather',
      'git with half an answer',
      git('fatal: early EOF\nfatal: fetch-pack: invalid index-pack output'),
    ],
    ['weather', 'git, cut off', git('error: RPC failed; curl 56 GnuTLS recv error (-110)')],
    ['weather', 'a database that restarts', code('57P01')],
    ['weather', 'a database with too many clients', code('53300')],
    ['weather', 'a database that is not there', code('ECONNREFUSED')],
    ['refusal', 'a suspended installation', http(403, 'This installation has been suspended')],
    ['refusal', 'credentials that are no good', http(401, 'Bad credentials')],
    ['refusal', 'what GitHub can not make sense of', http(422, 'No commit found for SHA: 1')],
    ['refusal', 'git without a right', git('fatal: Authentication failed for x')],
    ['refusal', 'git with a 403', git(`${access}The requested URL returned error: 403`)],
    [
      'refusal',
      'git, that was cut off with a 403',
      git('error: RPC failed; HTTP 403 curl 22 The requested URL returned error: 403'),
    ],
    ['refusal', 'a ref that is gone', git("fatal: couldn't find remote ref refs/pull/1/head")],
    ['refusal', 'an answer of GraphQL', named('GraphqlResponseError')],
    ['disk', 'git without room', git('fatal: write error: No space left on device')],
    ['disk', 'us without room', new UserError('The disk of Adjutant is full (1 MiB left in /data).')],
    ['disk', 'the database without room', new UserError('The disk of /data/database is full: free some.')],
    ['stopped', 'poison', new ChildStopped('the analysis took longer than 1 s')],
    ['user', 'a sentence for people', new UserError('git is not installed.')],
    ['fault', 'an error of our own', new TypeError('x is undefined')],
    ['fault', 'what is no error at all', 'x'],
  ])('%s: %s', (trouble, _, error) => expect(troubleOf(error)).toBe(trouble));
});

const DAY = 24 * 3600;

test('the weather and a full disk end nothing for a day, however often they were tried', () => {
  for (const trouble of ['weather', 'disk'] as const) {
    expect(mayTryAgain(trouble, 1000, DAY - 1)).toBe(true);
    expect(mayTryAgain(trouble, 1000, DAY + 1)).toBe(false);
    // Enqueued long ago, and never tried until now.
    expect(mayTryAgain(trouble, 1, 7 * DAY)).toBe(true);
  }
});

test('what stays is tried a few times, poison twice, what is gone or for people alone once', () => {
  const tries = (trouble: Trouble) => {
    let failures = 1;
    while (mayTryAgain(trouble, failures, 0)) failures += 1;
    return failures;
  };
  expect(tries('refusal')).toBe(20);
  expect(tries('fault')).toBe(8);
  expect(tries('stopped')).toBe(2);
  expect(tries('user')).toBe(1);
  expect(tries('gone')).toBe(1);
});
