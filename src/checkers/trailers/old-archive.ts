import { oldArchives } from '../../kernel/trailers.ts';
import type { MessageRule } from './rule.ts';

/** In tags only: what the text refers to may be nowhere else. */
export const oldArchive: MessageRule = {
  id: 'trailers/old-archive',
  severity: 'note',
  summary: 'A tag points into an old mailing list archive.',
  source: 'checkpatch PREFER_LORE_ARCHIVE',
  *check({ message }) {
    for (const trailer of message.trailers) {
      const host = /https?:\/\/(?:www\.)?([^\s]+)/i.exec(trailer.value)?.[1]?.toLowerCase();
      const archive = oldArchives.find(
        (old) => host?.startsWith(old) === true || host?.includes(`.${old}`) === true,
      );
      if (archive === undefined) continue;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `The link goes to ${archive}, not to lore.kernel.org.`,
        explanation: 'lore finds a mail by its Message-ID: `https://lore.kernel.org/r/<Message-ID>`.',
      };
    }
  },
};
