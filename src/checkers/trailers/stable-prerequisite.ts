import type { MessageRule } from './rule.ts';

const STABLE = /stable(?:\+noautosel)?@(?:vger\.)?kernel\.org/i;

/** `Cc: <stable@…> # 3.3.x: a1f84a3: sched: Check for idle` asks for that commit to be picked first. */
export const stablePrerequisite: MessageRule = {
  id: 'trailers/stable-prerequisite',
  severity: 'warning',
  summary: 'A prerequisite that the Cc to the stable team names does not exist.',
  source:
    'Documentation/process/stable-kernel-rules.rst: "Specify any additional patch prerequisites for cherry picking"',
  *check({ message, answer }) {
    for (const trailer of message.trailers) {
      if (trailer.key !== 'Cc' || !STABLE.test(trailer.value)) continue;
      for (const sha of prerequisites(trailer.value)) {
        if (answer(sha).state !== 'missing') continue;
        yield {
          line: trailer.line,
          endLine: trailer.endLine,
          message: `The prerequisite ${sha} names no commit of this repository.`,
          explanation:
            'The stable team picks the named commits first; a name that is not in mainline can’t be picked.',
        };
      }
    }
  },
};

/** SHA1s in the comment of a stable Cc. */
export function prerequisites(value: string): string[] {
  const comment = value.slice(value.indexOf('#') + 1);
  if (!value.includes('#')) return [];
  return [...comment.matchAll(/(?<![\w.-])(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{7,40}(?![\w-])/g)].map(
    ([sha]) => sha,
  );
}
