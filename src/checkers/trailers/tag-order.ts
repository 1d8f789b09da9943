import { tipOrder, tipPrefixes } from '../../kernel/trailers.ts';
import { code } from './code.ts';
import type { Trailer } from './message.ts';
import type { MessageContext, MessageRule } from './rule.ts';

/**
 * The order of the tip tree, in the trees that ask for it. Other trees want the sender's sign-off last, so nothing is
 * said there. What is looked at is where a tag stands against the first sign-off: the rest is read without effort.
 */
export const tagOrder: MessageRule = {
  id: 'trailers/tag-order',
  severity: 'note',
  summary: 'Tags do not stand in the order of the tip tree.',
  source: 'Documentation/process/maintainer-tip.rst, "Ordering of commit tags"',
  *check(context) {
    if (!wanted(context)) return;
    const { trailers } = context.message;
    const first = trailers.find((trailer) => trailer.key === 'Signed-off-by');
    if (first === undefined) return;
    const misplaced = trailers.find((trailer) => isMisplaced(trailer, first));
    if (misplaced === undefined) return;
    const below = rank(misplaced) > rank(first);
    yield {
      line: misplaced.line,
      endLine: misplaced.endLine,
      confidence: 'low',
      message: `${code(misplaced.name)} stands ${below ? 'above' : 'below'} the author’s sign-off; this tree wants it ${below ? 'below' : 'above'}.`,
      explanation: `The order there is: ${tipOrder.join(', ')}.`,
    };
  },
};

function wanted({ options, message }: MessageContext): boolean {
  if (options.order !== 'auto') return options.order === 'tip';
  return tipPrefixes.some((prefix) => {
    const next = message.subject.charAt(prefix.length);
    return message.subject.toLowerCase().startsWith(prefix.toLowerCase()) && /[:/, ]/.test(next);
  });
}

function isMisplaced(trailer: Trailer, signOff: Trailer): boolean {
  const own = rank(trailer);
  const between = rank(signOff);
  if (own < 0 || trailer.key === 'Co-developed-by' || trailer.key === 'Signed-off-by') return false;
  return own < between ? trailer.line > signOff.line : trailer.line < signOff.line;
}

function rank(trailer: Trailer): number {
  return tipOrder.indexOf(trailer.key);
}
