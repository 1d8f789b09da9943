import { stableAddresses } from '../../kernel/trailers.ts';
import { code } from './code.ts';
import type { Trailer } from './message.ts';
import { type MessageRule, type Problem, replaceTrailer } from './rule.ts';

const STABLE = /stable(?:\+noautosel)?@(?:vger\.)?kernel\.org/i;

/** `Cc: stable`, `Cc: stable.vger.kernel.org`: the team is meant, and no mail gets there. */
const LAME = /^["<]?stable(?:[.@](?:vger|kernel)[\w.]*)?[">]?(?:\s*[#([].*)?$/i;

/** A name before the address is contested, so a note; a version that is no `#` comment is lost to scripts. */
export const stableCcFormat: MessageRule = {
  id: 'trailers/stable-cc-format',
  severity: 'warning',
  summary: 'The Cc to the stable team has a name, or a comment without #.',
  source: 'Documentation/process/stable-kernel-rules.rst, option 1; checkpatch BAD_STABLE_ADDRESS_STYLE',
  *check({ message }) {
    for (const trailer of message.trailers) {
      if (trailer.key !== 'Cc') continue;
      if (!STABLE.test(trailer.value)) {
        if (LAME.test(trailer.value)) yield withoutAddress(trailer);
        continue;
      }
      const problem = judge(trailer);
      if (problem !== undefined) yield problem;
    }
  },
};

function withoutAddress(trailer: Trailer): Problem {
  return {
    line: trailer.line,
    endLine: trailer.endLine,
    message: `"${trailer.value}" is not the address of the stable team.`,
    explanation: 'It is `stable@vger.kernel.org`.',
    correction: replaceTrailer(
      trailer,
      `Cc: stable@vger.kernel.org${/\s#.*$/.exec(trailer.value)?.[0] ?? ''}`,
    ),
  };
}

function judge(trailer: Trailer): Problem | undefined {
  const match =
    /^(.*?)<\s*([\w.+-]+@[\w.-]+)\s*(>)(.*)$/.exec(trailer.value) ??
    /^(.*?)<?\s*([\w.+-]+@[\w.-]+)\s*(>?)(.*)$/.exec(trailer.value);
  if (match === null || match[2] === undefined || !stableAddresses.has(match[2].toLowerCase()))
    return undefined;
  const name = (match[1] ?? '').trim().replace(/^["']|["']$/g, '');
  const remark = (match[4] ?? '').trim();
  const plain = remark.replace(/^[[(/*\s,#]+|[\])/*\s]+$/g, '').trim();
  const bracketed = name === '' && match[3] === '>';
  const address = bracketed ? `<${match[2]}>` : match[2];
  const corrected = `Cc: ${address}${plain === '' ? '' : ` # ${plain}`}`;
  const place = { line: trailer.line, endLine: trailer.endLine };
  const correction = replaceTrailer(trailer, corrected);
  const isGlued = /\.org>?#/i.test(trailer.value);
  if (remark !== '' && (isGlued || !/^#\s*\S/.test(remark))) {
    if (/^,.*@/.test(remark)) return undefined;
    return {
      ...place,
      message: isGlued
        ? 'No blank separates the stable address from its comment.'
        : `${code(remark)} behind the stable address is no comment.`,
      explanation: 'Instructions for the stable team follow a blank and a `#`.',
      correction,
    };
  }
  if (/<[^>]*$/.test(trailer.value.replace(/#.*/, ''))) {
    return {
      ...place,
      message: 'The stable address has no closing `>`.',
      explanation: 'No script can read the address.',
      correction: replaceTrailer(trailer, `Cc: <${match[2]}>${plain === '' ? '' : ` # ${plain}`}`),
    };
  }
  if (name === '') return undefined;
  return {
    ...place,
    severity: 'note',
    message: `The stable address has the name "${name}".`,
    explanation: `The documents and checkpatch write the bare address.`,
    correction,
  };
}
