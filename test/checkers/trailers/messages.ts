/** Messages for property tests: made of what people write, in any order, and of noise. */
import fc from 'fast-check';

const person = fc.constantFrom(
  'Ann Author <ann@example.org>',
  'Bob Helper <bob@example.com>',
  'Bob Helper <bob@example.com>,',
  'Bob Helper < bob@example.com>',
  'Bob Helper <bob@example.com',
  '"Carl, X" <carl@example.net> # for the core',
  'Zoë Ünal <zoe@example.org>',
  'ann@example.org',
  'nobody',
  '',
);
const tag = fc.constantFrom(
  'Signed-off-by',
  'Reviewed-by',
  'Reviewd-by',
  'Acked-By',
  'Singed-off-by',
  'Co-developed-by',
  'Co-authored-by',
  'Reported-by',
  'Signed off by',
  'Cc',
  'Original-Author',
);
const target = fc.constantFrom(
  '0123456789ab',
  '0123456',
  'fedcba987654',
  'bad0bad0bad0',
  'commit 0123456789ab',
  '0123456789AB',
  '01234567z9ab',
  '',
);
const quoted = fc.constantFrom(
  ' ("net: add the thing")',
  '("net: add the thing")',
  ' (net: add the thing)',
  ' "net: add the thing"',
  ' ("net: add\nthe thing")',
  ' ("net: add the thing", 2020-01-02)',
  ' ("net: add the thi',
  ': net: add the thing',
  '',
);
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(tag, fc.constantFrom(': ', ':', ' ', ' : ', ':  '), person)
      .map((parts) => parts.join('')),
  },
  { weight: 3, arbitrary: fc.tuple(target, quoted).map(([sha, subject]) => `Fixes: ${sha}${subject}`) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '',
      '',
      '---',
      '[ ann: reworded ]',
      '[ ann: reworded',
      'Some words that say why.',
      'v2: reworded',
      '# comment',
      '  indented text',
      'Link: https://lore.kernel.org/r/1@example.org',
      'Link: <1@example.org>',
      'Closes: #12',
      'Cc: stable@vger.kernel.org (v5.4+)',
      'Cc: stable <stable@vger.kernel.org>',
      'Change-Id: I0123456789abcdef0123456789abcdef01234567',
      'Co-authored-by: Claude <noreply@anthropic.com>',
      '(cherry picked from commit 0123456789abcdef0123456789abcdef01234567)',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
);

/** A message in any state of disorder. */
export const anyMessage = fc
  .tuple(
    fc.constantFrom('net: fix the thing', 'net: fix the thing.', '[PATCH] x', ''),
    fc.array(line, { maxLength: 14 }),
    fc.boolean(),
  )
  .map(([subject, lines, crlf]) => `${[subject, '', ...lines].join(crlf ? '\r\n' : '\n')}\n`);
