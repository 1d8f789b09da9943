import type { MessageRule } from './rule.ts';

const SIGNS =
  /\b(?:KASAN|KCSAN|KMSAN|UBSAN|KFENCE): |\bCall Trace:|syzkaller\.appspot|\bstable@(?:vger\.)?kernel\.org/;

/** Trees differ: off unless the configuration asks for it. A stable Cc that names a version says enough. */
export const fixesWanted: MessageRule = {
  id: 'trailers/fixes-wanted',
  severity: 'note',
  optional: true,
  summary: 'The message speaks of a bug, and there is no Fixes tag.',
  source: 'checkpatch MISSING_FIXES_TAG; NIPA fixes_present; Documentation/process/maintainer-netdev.rst',
  *check({ message, fixes, backports }) {
    if (fixes.length > 0 || backports.length > 0 || /^Revert "/.test(message.subject)) return;
    const at = message.heads.findIndex((line) => SIGNS.test(line) && !/stable@\S+\s*#/.test(line));
    if (at < 0) return;
    yield {
      line: at + 1,
      message: 'The message speaks of a bug, and no Fixes tag says which commit brought it.',
      explanation:
        '`git log -S` and `git blame` find the commit; `git log -1 --format=\'Fixes: %h ("%s")\'` prints the tag.',
    };
  },
};
