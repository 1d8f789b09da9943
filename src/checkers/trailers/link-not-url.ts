import { code } from './code.ts';
import { type MessageRule, replaceTrailer } from './rule.ts';

/** `Closes: #123` means something in one forge only. A bare Message-ID is a correction away from lore. */
export const linkNotUrl: MessageRule = {
  id: 'trailers/link-not-url',
  severity: 'warning',
  summary: 'A Link or Closes holds no URL.',
  source: 'checkpatch COMMIT_LOG_WRONG_LINK: "should be followed by a public http(s) link"',
  *check({ message }) {
    for (const trailer of message.trailers) {
      if (trailer.kind !== 'known' || (trailer.key !== 'Link' && trailer.key !== 'Closes')) continue;
      if (/^<?https?:\/\/\S/i.test(trailer.value)) continue;
      const id = /^<?([^\s<>]+@[^\s<>]+)>?$/.exec(trailer.value)?.[1];
      const bare = /^<?((?:lore\.kernel|bugzilla\.kernel|patch\.msgid)\S+\/\S+)>?$/.exec(trailer.value)?.[1];
      const url = id !== undefined ? `https://lore.kernel.org/r/${id}` : bare && `https://${bare}`;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `${code(`${trailer.name}:`)} holds "${trailer.value}", which is no URL.`,
        explanation: 'A reader of the history needs an address that works anywhere.',
        ...(url ? { correction: replaceTrailer(trailer, `${trailer.key}: ${url}`) } : {}),
      };
    }
  },
};
