/**
 * Lines by which a commit says which commit it was taken from.
 *
 * stable-kernel-rules.rst has `commit <sha1> upstream.` and `[ Upstream commit <sha1> ]`; `git cherry-pick -x` writes
 * `(cherry picked from commit <sha1>)`; Ubuntu adds `(backported from commit <sha1> …)`, SUSE `Git-commit:`, CentOS and
 * openEuler `commit <sha1>` lines and `Upstream-commit:`.
 */
import type { FileDiff } from '../../git/change.ts';
import type { CommitAnswer, KnownCommit } from '../../git/commit-lookup.ts';
import type { Message } from './message.ts';

export interface BackportLine {
  readonly form: 'upstream commit' | 'commit upstream' | 'cherry picked' | 'backported' | 'tag';
  readonly line: number;
  /** As written; empty where the line names none. */
  readonly sha: string;
  /** `(cherry picked from commit … linux-next)`: where it was taken from, in words. */
  readonly origin: string;
  /** The line has exactly the form of its convention. */
  readonly wellFormed: boolean;
}

/** A line of this kind with what the repository knows about the commit. */
export interface Backport extends BackportLine {
  readonly source: CommitAnswer;
  /** The change is the same by patch-id; undefined where it was not compared. */
  readonly sameChange: boolean | undefined;
  /** Where it is not the same, and both can be had: the two changes. */
  readonly changes?: { readonly here: readonly FileDiff[]; readonly upstream: readonly FileDiff[] };
  /** Commits upstream that fix the one that was picked, and that are missing here. */
  readonly missingFixes: readonly KnownCommit[];
}

const FORMS: readonly [BackportLine['form'], RegExp, RegExp][] = [
  [
    'upstream commit',
    /^\s*\[\s*upstream(?: commit)?:?\s*([0-9a-fA-F]{6,64})?\b(.*)\]\s*$/i,
    /^\[ Upstream commit [0-9a-f]{40} \]$/,
  ],
  [
    'commit upstream',
    /^\s*commit\s+([0-9a-fA-F]{6,64})\s+(upstream)\b\.?/i,
    /^commit [0-9a-f]{40} upstream\.$/,
  ],
  [
    'cherry picked',
    /^\s*\(?cherry[- ]picked from (?:commit )?:?([0-9a-fA-F]{6,64})?(.*?)\)?\s*$/i,
    /^\(cherry picked from commit [0-9a-f]{40}(?: .+)?\)$/,
  ],
  [
    'backported',
    /^\s*\(?back-?ported from (?:commit )?:?([0-9a-fA-F]{6,64})?(.*?)\)?\s*$/i,
    /^\(backported from commit [0-9a-f]{40}(?: .+)?\)$/,
  ],
  [
    'tag',
    /^\s*(?:Upstream-commit|Upstream-Commit-ID|Git-commit|Cherry-picked-from|Backported-from):\s*([0-9a-fA-F]{6,64})?(.*)$/i,
    /^[\w-]+: [0-9a-f]{40}(?: .*)?$/,
  ],
];

/** The lines of the message that name the commit it was taken from. Lines of a longer sentence are not among them. */
export function backportLines(message: Message): BackportLine[] {
  const found: BackportLine[] = [];
  for (const [index, text] of message.heads.entries()) {
    if (index < message.subjectEnd) continue;
    for (const [form, loose, strict] of FORMS) {
      const match = loose.exec(text);
      if (match === null || (form !== 'tag' && form !== 'commit upstream' && !/^\s*[([]/.test(text)))
        continue;
      if (form === 'tag' && match[1] === undefined) continue;
      found.push({
        form,
        line: index + 1,
        sha: (match[1] ?? '').toLowerCase(),
        origin: (match[2] ?? '').trim(),
        wellFormed: strict.test(text),
      });
      break;
    }
  }
  return found;
}

/** How each convention writes the line. */
export const conventions: Readonly<Record<BackportLine['form'], string>> = {
  'upstream commit': '[ Upstream commit <40 digits> ]',
  'commit upstream': 'commit <40 digits> upstream.',
  'cherry picked': '(cherry picked from commit <40 digits>)',
  backported: '(backported from commit <40 digits>)',
  tag: 'Upstream-commit: <40 digits>',
};

/** Distributions put a mark before the subject: `UBUNTU: SAUCE:`, `[Backport]`, `upstream:`. */
export function sameSubject(own: string, upstream: string): boolean {
  const plain = (text: string) => text.replace(/\s+/g, ' ').trim();
  return (
    plain(own) === plain(upstream) ||
    (plain(own).endsWith(plain(upstream)) && /^(?:[A-Z]+:|\[[^\]]+\]|[\w-]+:)/.test(own))
  );
}
