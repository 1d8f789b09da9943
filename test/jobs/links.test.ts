import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLinks, linkKey, readToken, type Scope, signToken } from '../../src/jobs/links.ts';

const key = linkKey('a private key\n');
const scope: Scope = { kind: 'pull', repository: 7, number: 3 };
const NOW = 1_800_000_000_000;
const inAnHour = NOW / 1000 + 3600;

const scopes = fc.oneof(
  fc.record({ kind: fc.constant('pull' as const), repository: fc.nat(), number: fc.nat() }),
  fc.record({ kind: fc.constant('locks' as const), repository: fc.nat() }),
);

describe('a token', () => {
  test('opens what it was made for until its time is over', () => {
    const token = signToken(key, scope, inAnHour);
    expect(readToken(key, scope, token, NOW)).toBe(inAnHour);
    expect(readToken(key, scope, token, NOW + 3_600_000)).toBe('expired');
  });

  test('opens nothing else', () => {
    fc.assert(
      fc.property(scopes, scopes, fc.nat({ max: 2 ** 40 }), (one, other, expires) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(readToken(key, other, signToken(key, one, expires), 0)).toBeUndefined();
      }),
    );
  });

  test('is of no use with another expiry, another key, or a changed letter', () => {
    const token = signToken(key, scope, inAnHour);
    const later = signToken(key, scope, inAnHour + 1);
    expect(readToken(key, scope, `${later.split('.')[0]}.${token.split('.')[1]}`, NOW)).toBeUndefined();
    expect(readToken(linkKey('another'), scope, token, NOW)).toBeUndefined();
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.constantFrom(...'aZ0_-.'), (at, letter) => {
        const changed = `${token.slice(0, at)}${letter}${token.slice(at + 1)}`;
        // The last letter of base64url has two bits that count for nothing.
        fc.pre(changed !== token && at < token.length - 1);
        expect(readToken(key, scope, changed, NOW)).toBeUndefined();
      }),
    );
  });

  test('that is no token is nothing', () => {
    fc.assert(fc.property(fc.string(), (text) => readToken(key, scope, text, NOW) === undefined));
  });

  test('is the same for a key that has a newline at its end', () => {
    expect(signToken(linkKey('a private key'), scope, 1)).toBe(signToken(key, scope, 1));
  });
});

test('links lead below the public address, with a token for the pull request and none for another', () => {
  const links = createLinks('https://adjutant.example/a', key, 30, () => NOW);
  const pull = { repository: { id: 7 }, number: 3 };
  const url = new URL(links.finding(pull, 'b7f5', 2));
  expect(url.origin + url.pathname).toBe('https://adjutant.example/a/repositories/7/pulls/3/findings/b7f5/2');
  const token = url.searchParams.get('token') ?? '';
  expect(readToken(key, scope, token, NOW)).toBe(NOW / 1000 + 30 * 86_400);
  expect(readToken(key, { ...scope, number: 4 }, token, NOW)).toBeUndefined();
  expect(new URL(links.pull(pull)).pathname).toBe('/a/repositories/7/pulls/3');
  const locks = new URL(links.locks(7, 'mm/slab.c:slab_mutex'));
  expect(locks.searchParams.get('lock')).toBe('mm/slab.c:slab_mutex');
  expect(
    readToken(key, { kind: 'locks', repository: 7 }, locks.searchParams.get('token') ?? '', NOW),
  ).toBeTypeOf('number');
});
