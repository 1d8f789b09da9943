/** Mailboxes in the shape that b4 gives them, made of a repository's own commits. */
import type { TemporaryRepository } from './temporary-repository.ts';

const SEPARATOR = 'From git@z Thu Jan  1 00:00:00 1970';

interface Mail {
  readonly subject: string;
  readonly number: number;
  readonly body: string;
  readonly from?: string;
  readonly date?: string;
}

function mail({ subject, number, body, from, date }: Mail): string {
  const domain = 'b4-series@example.org';
  return `${SEPARATOR}
Subject: ${subject}
From: ${from ?? 'Ann Author via B4 Relay <devnull+ann.example.org@relay.example.org>'}
Date: ${date ?? 'Wed, 25 Jun 2025 08:28:16 +0200'}
Message-Id: <20250625-foo-v2-${number}-${domain}>
References: <20250625-foo-v2-0-${domain}>
In-Reply-To: <20250625-foo-v2-0-${domain}>
To: Mara Maintainer <mara@example.org>
Cc: linux-example@lists.example.org, 
 linux-kernel@lists.example.org
X-Mailer: b4 0.14.2
X-Developer-Signature: v=1; a=ed25519-sha256; t=1750832896; l=1187;
 i=ann@example.org; s=20250101; h=from:subject:message-id;
 bh=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=; b=BBBBBBBB
 CCCCCCCCCCCCCCCC
X-Developer-Key: i=ann@example.org; a=ed25519;
 pk=DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD=
X-B4-Tracking: v=1; b=H4sIAAAAAAAAA6tWKkktLlGyUlAqS8wpTtVRKi1OLYrPTFGyMjYwqAUA
X-Endpoint-Received: by B4 Relay for ann@example.org/20250101 with
 auth_id=1
X-Original-From: Ann Author <ann@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

${body}

`;
}

/** What stands below the diff of b4's single mails, and of covers. */
const tail = (base: string) => `---
base-commit: ${base}
change-id: 20250601-foo-0123456789ab

Best regards,
-- 
Ann Author <ann@example.org>
`;

/** The commits of a range as `b4 am` saves them: no cover, and what others said of them added as trailers. */
export function b4Am(repository: TemporaryRepository, base: string): string {
  const ids = repository.git('rev-list', '--reverse', `${base}..HEAD`).trim().split('\n');
  const baseId = repository.git('rev-parse', base).trim();
  const mails = ids.map((id, index) => {
    const message = (format: string) => repository.git('log', '-1', `--format=${format}`, id).trim();
    const from = `From: ${message('%an <%ae>')}`;
    const trailers = `Reviewed-by: Rita Reviewer <rita@example.org>\nLink: https://lore.kernel.org/r/20250625-foo-v2-${index + 1}-b4-series@example.org`;
    const stat = repository.git('diff', '--stat', `${id}~`, id);
    const diff = repository.git('diff', '--no-prefix', '--src-prefix=a/', '--dst-prefix=b/', `${id}~`, id);
    const last = index === ids.length - 1 ? tail(baseId) : '';
    return mail({
      subject: `[PATCH v2 ${index + 1}/${ids.length}] ${message('%s')}`,
      number: index + 1,
      body: `${from}\n\n${message('%b')}\n${trailers}\n---\nChanges in v2:\n- Say more.\n\n${stat}\n${diff}\n-- \n2.49.0\n\n${last}`,
    });
  });
  return mails.join('');
}

/** The same as the whole thread of `b4 mbox`: the cover letter before, and what people answered between. */
export function b4Thread(repository: TemporaryRepository, base: string): string {
  const [first = '', ...others] = b4Am(repository, base).split(/^(?=From git@z )/m);
  const total = others.length + 1;
  const stat = repository.git('diff', '--stat', base, 'HEAD');
  const cover = mail({
    subject: `[PATCH v2 0/${total}] foo: look again, twice`,
    number: 0,
    body: `This looks again.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\nAnn Author (${total}):\n      foo: look again\n\n${stat}\n${tail(repository.git('rev-parse', base).trim())}`,
  });
  const answer = mail({
    subject: `Re: [PATCH v2 1/${total}] foo: look again`,
    number: 100,
    from: 'Rita Reviewer <rita@example.org>',
    body: 'On Wed, 25 Jun 2025 at 08:28, Ann Author wrote:\n> @@ -1 +1 @@\n> -a\n> +b\n\nNice.\n\nReviewed-by: Rita Reviewer <rita@example.org>\n',
  });
  const proposal = mail({
    subject: `Re: [PATCH v2 1/${total}] foo: look again`,
    number: 101,
    from: 'Bob Bystander <bob@example.org>',
    body: 'Or like this?\n\ndiff --git a/lib/other.c b/lib/other.c\n--- a/lib/other.c\n+++ b/lib/other.c\n@@ -1 +1 @@\n-int other;\n+long other;\n',
  });
  return [cover, first, answer, proposal, ...others].join('');
}
