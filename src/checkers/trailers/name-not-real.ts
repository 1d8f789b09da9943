import { reportingPrograms } from '../../kernel/trailers.ts';
import { parsePerson, plainName } from './people.ts';
import type { MessageRule } from './rule.ts';

/**
 * A login where a name belongs: one lower-case word that the address repeats, or with digits. Some people have one
 * name, and write it with a capital. What a backport inherits is left alone.
 */
export const nameNotReal: MessageRule = {
  id: 'trailers/name-not-real',
  severity: 'note',
  summary: 'A sign-off gives a login in place of a name.',
  source:
    'Documentation/process/submitting-patches.rst: "using a known identity (sorry, no anonymous contributions.)"',
  *check(context) {
    if (context.backports.length > 0) return;
    for (const trailer of context.message.trailers) {
      if (trailer.key !== 'Signed-off-by' && trailer.key !== 'Co-developed-by') continue;
      const { person } = parsePerson(trailer.value);
      if (person === undefined || reportingPrograms.some((program) => program.test(person.name))) continue;
      if (!isLogin(person.name, person.email)) continue;
      const shown = person.name === '' ? `<${person.email}>` : `"${plainName(person.name)}"`;
      yield {
        line: trailer.line,
        message: `${shown} is not a name that others know the signer by.`,
        explanation:
          'A sign-off is a statement by a known person: write the name that you go by, not a login.',
      };
    }
  },
};

function isLogin(name: string, email: string): boolean {
  if (name === '' || /^\S+@\S+$/.test(name)) return true;
  if (!/^[a-z0-9_.-]+$/.test(name)) return false;
  const local = (email.split('@')[0] ?? '').toLowerCase();
  return local.startsWith(name) || name.startsWith(local) || /[\d_]/.test(name);
}
