/** What `git cat-file --batch` wrote for a number of names. */

export type BatchReply =
  | { readonly kind: 'found'; readonly id: string; readonly type: string; readonly bytes: Buffer }
  | { readonly kind: 'missing' }
  | { readonly kind: 'ambiguous' };

/** One reply for each name, in their order; a truncated output ends early. */
export function readBatch(output: Buffer, count: number): BatchReply[] {
  const replies: BatchReply[] = [];
  let at = 0;
  while (replies.length < count && at < output.length) {
    const end = output.indexOf(0x0a, at);
    if (end < 0) break;
    const head = output.toString('latin1', at, end);
    at = end + 1;
    const found = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(head);
    if (found === null) {
      replies.push({ kind: head.endsWith(' ambiguous') ? 'ambiguous' : 'missing' });
      continue;
    }
    const size = Number(found[3]);
    replies.push({
      kind: 'found',
      id: found[1] ?? '',
      type: found[2] ?? '',
      bytes: output.subarray(at, at + size),
    });
    at += size + 1;
  }
  return replies;
}
