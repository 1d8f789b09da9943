import { code } from './code.ts';
import type { MessageContext, MessageRule } from './rule.ts';

/** How many of the newest subjects of a path must agree before a custom is seen in them. */
const ENOUGH = 5;

/** Learned from the history of the paths, or given by the configuration. Without either nothing is said. */
export const subjectPrefix: MessageRule = {
  id: 'trailers/subject-prefix',
  severity: 'note',
  summary: 'The subject has not the prefix that commits to these files have.',
  source:
    'Documentation/process/submitting-patches.rst: "Subject: [PATCH 001/123] subsystem: summary phrase"',
  *check(context) {
    const { message, options } = context;
    if (/^(?:Revert "|Reapply "|Merge )/.test(message.subject) || message.subject === '') return;
    const own = prefixOf(message.subject);
    const wanted = options.prefixes.length > 0 ? options.prefixes : customs(context);
    if (wanted.length === 0) return;
    if (own !== '' && wanted.some((prefix) => isRelated(own, prefix))) return;
    const list = wanted
      .slice(0, 3)
      .map((prefix) => `${code(`${prefix}:`)}`)
      .join(', ');
    yield {
      line: 1,
      confidence: 'medium',
      message:
        own === ''
          ? 'The subject has no prefix.'
          : `The prefix ${code(`${own}:`)} is not the usual one for these files.`,
      explanation: `Commits to them begin with ${list}.`,
    };
  },
};

/** `net: phy: marvell` of `net: phy: marvell: fix it`; empty without one. */
function prefixOf(subject: string): string {
  const match =
    /^((?:\[[^\]]+\]\s*)?[\w/.,+*()-]+(?: [\w/.,+*()-]+){0,2}(?:: (?:[\w/.,+*()-]+(?: [\w/.,+*()-]+)?)(?=:))*):\s/.exec(
      subject,
    );
  return match?.[1] ?? '';
}

/** Prefixes that are usual for the files, most usual first; none where the subjects do not agree. */
function customs({ subjectsTouching, commit }: MessageContext): string[] {
  const counts = new Map<string, number>();
  let seen = 0;
  for (const path of commit.files) {
    for (const subject of subjectsTouching.get(path) ?? []) {
      if (/^(?:Revert "|Merge )/.test(subject)) continue;
      seen += 1;
      const prefix = prefixOf(subject);
      if (prefix !== '') counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (seen < ENOUGH || total < seen * 0.7) return [];
  return [...counts].sort((a, b) => b[1] - a[1]).map(([prefix]) => prefix);
}

/** One is the beginning of the other, or they share their first part: `net: phy:` and `net: phy: marvell:`. */
function isRelated(own: string, usual: string): boolean {
  const parts = (text: string) =>
    text
      .toLowerCase()
      .split(/[:/,\s-]+/)
      .filter((part) => part !== '');
  const a = new Set(parts(own));
  return parts(usual).some((part) => a.has(part));
}
