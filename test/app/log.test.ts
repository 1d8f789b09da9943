import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLog, scrub } from '../../src/app/log.ts';

const TOKEN = 'ghs_1a2b3c4d5e6f7a8b9c0d';

function logged(secrets: string[], work: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  work(createLog('trace', secrets, (line) => lines.push(line)));
  return lines.join('');
}

test('a secret that is known never leaves, whatever it looks like and wherever it stands', () => {
  const secret = fc.string({ minLength: 8, unit: 'grapheme' }).filter((text) => text.trim().length >= 8);
  fc.assert(
    fc.property(secret, (value) => {
      const out = logged([value], (log) =>
        log.info({ a: { b: [value] }, err: new Error(`no ${value}`) }, `it is ${value}`),
      );
      expect(out).not.toContain(JSON.stringify(value).slice(1, -1));
    }),
  );
});

test.each([
  ['a token in a message', `fatal: ${TOKEN} was refused`],
  ['the new form of tokens', 'ghs_1234567_eyJhbGciOiJSUzI1.eyJpYXQiOjE3.abc-def_ghi'],
  ['a JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjE3MDB9.c2lnbmF0dXJl'],
  ['a header', 'Authorization: Basic eC1hY2Nlc3MtdG9rZW46Z2hz'],
  ['the address of a page', '/repositories/7/pulls/3?token=ttphyh.hunter2fi3qEv238GSb3Mbt5bW8fze40IB8'],
  ['what GitHub sends people back with', '/sign-in/callback?code=hunter2&state=hunter2abc.123.-_'],
  ['an address with a password', 'postgres://adjutant:hunter2@db/adjutant'],
  ['a key', '-----BEGIN RSA PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----'],
])('%s is taken out', (_, line) => {
  const clean = scrub(line, []);
  for (const part of [TOKEN, 'eyJhbGci', 'eC1hY2Nlc3', 'hunter2', 'MIIE']) expect(clean).not.toContain(part);
  expect(clean).toMatch(/\[(token|secret|key)\]/);
});

test('a request, and the error of one, are logged without what they carried', () => {
  const req = { id: 1, method: 'POST', url: '/x', headers: { authorization: 'hunter2' } };
  const err = Object.assign(new Error('refused'), { status: 403, request: { body: 'hunter2' } });
  const out = logged([], (log) => log.info({ req, err }, 'request'));
  expect(out).toContain('"method":"POST"');
  expect(out).toContain('"status":403');
  expect(out).not.toContain('hunter2');
});
