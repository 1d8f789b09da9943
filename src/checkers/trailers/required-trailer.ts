import { code } from './code.ts';
import type { MessageRule } from './rule.ts';

export const requiredTrailer: MessageRule = {
  id: 'trailers/required-trailer',
  severity: 'error',
  summary: 'A trailer is missing that this repository asks of every commit.',
  source: '.github/adjutant.yml, trailers.required',
  *check({ message, options }) {
    for (const name of options.required) {
      if (message.heads.some((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))) continue;
      yield {
        line: message.trailers[0]?.line ?? 1,
        message: `The commit has no ${code(`${name}:`)}.`,
        explanation: 'This repository’s configuration asks every commit for it.',
      };
    }
  },
};
