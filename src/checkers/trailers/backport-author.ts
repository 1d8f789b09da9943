import { sameSubject } from './backport.ts';
import { samePerson, showPerson } from './people.ts';
import type { MessageRule } from './rule.ts';

export const backportAuthor: MessageRule = {
  id: 'trailers/backport-author',
  severity: 'warning',
  summary: 'A backport has another author than the commit that it names.',
  source: 'Documentation/process/stable-kernel-rules.rst; git cherry-pick keeps the author',
  *check({ backports, author, message, canonical }) {
    for (const { source, line, sha } of backports) {
      if (source.state !== 'found' || source.commit.author === undefined || author === undefined) continue;
      if (source.commit.wholeSubject && !sameSubject(message.subject, source.commit.subject)) continue;
      const wrote = canonical(source.commit.author);
      if (samePerson(wrote, author) !== 'none') continue;
      yield {
        line,
        message: `${showPerson(wrote)} wrote ${sha.slice(0, 12)}; the author here is ${showPerson(author)}.`,
        explanation:
          'A backport keeps its author (`git commit --amend --author=…`); who made it signs off below.',
      };
    }
  },
};
