import { insteadOf } from '../../kernel/trailers.ts';
import { code } from './code.ts';
import type { Trailer } from './message.ts';
import { parsePerson, samePerson } from './people.ts';
import { type MessageContext, type MessageRule, type Problem, replaceTrailer } from './rule.ts';
import { signers } from './signers.ts';
import { isOfProgram } from './signoff-by-program.ts';

/** Tags of people, and those that stand for a known one, are warnings; any other name may be a custom of the tree. */
export const unknownTrailer: MessageRule = {
  id: 'trailers/unknown-trailer',
  severity: 'warning',
  summary: 'A tag that the documents do not know.',
  source:
    'Documentation/process/submitting-patches.rst and maintainer-tip.rst; checkpatch BAD_SIGN_OFF, COMMIT_LOG_USE_LINK',
  *check(context) {
    const known = new Set(context.options.known.map((name) => name.toLowerCase()));
    for (const trailer of context.message.trailers) {
      const lower = trailer.name.toLowerCase();
      if (trailer.kind !== 'unknown' || known.has(lower) || lower === 'change-id') continue;
      yield* judge(trailer, lower, context);
    }
  },
};

function* judge(trailer: Trailer, lower: string, context: MessageContext): Iterable<Problem> {
  const place = { line: trailer.line, endLine: trailer.endLine };
  const isUrl = /^<?https?:/.test(trailer.value);
  const instead = isUrl && !insteadOf.has(lower) ? 'Link' : insteadOf.get(lower);
  if (isOfProgram(trailer)) return; // signoff-by-program says it
  const ofPerson = parsePerson(trailer.value).person !== undefined;
  const sure = insteadOf.has(lower) || /-by$/.test(lower) || ofPerson;
  const correction = replacement(trailer, instead, context);
  yield {
    ...place,
    ...(sure ? {} : { severity: 'note' }),
    message: `${code(`${trailer.name}:`)} is not a tag of the kernel.`,
    explanation:
      instead === undefined
        ? 'Scripts do not read it. Say it in the text, or use a tag that the documents know.'
        : `Use ${code(`${instead}:`)}${instead === 'Co-developed-by' ? ', followed at once by the sign-off of that person' : ''}.`,
    ...(correction === undefined ? {} : { correction }),
  };
}

/** Renames the tag where nothing else has to change: a link, or a co-author whose sign-off follows. */
function replacement(trailer: Trailer, instead: string | undefined, context: MessageContext) {
  if (instead === 'Link') return replaceTrailer(trailer, `Link: ${trailer.value}`);
  if (instead !== 'Co-developed-by') return undefined;
  const { trailers } = context.message;
  const next = trailers[trailers.indexOf(trailer) + 1];
  const signer = signers(context).find((candidate) => candidate.trailer === next);
  const { person } = parsePerson(trailer.value);
  if (signer === undefined || person === undefined || samePerson(signer.person, person) === 'none')
    return undefined;
  return replaceTrailer(trailer, `${instead}: ${trailer.value}`);
}
