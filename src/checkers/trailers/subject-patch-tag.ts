import { code } from './code.ts';
import type { MessageRule } from './rule.ts';

/** A mail's `[PATCH v2 1/3]` that got into the history. */
export const subjectPatchTag: MessageRule = {
  id: 'trailers/subject-patch-tag',
  severity: 'warning',
  summary: 'The subject still has the mail’s [PATCH].',
  source:
    'git-am(1) strips it; Documentation/process/submitting-patches.rst: "not considered part of the summary phrase"',
  *check({ message }) {
    const line = message.lines[0] ?? '';
    const tag = /^\s*(?:(?:re|fwd?):\s*)*\[(?:RFC[ /])?(?:PATCH|RFC)[^\]]*\]\s*/i.exec(line)?.[0];
    if (tag === undefined || tag.length === line.length || line.length > 1_000) return;
    yield {
      line: 1,
      message: `${code(tag.trim())} is part of the mail, not of the commit’s subject.`,
      explanation: 'git am takes it off; a commit that is made by hand should not have it.',
      correction: { startLine: 1, endLine: 1, lines: [line.slice(tag.length)] },
    };
  },
};
