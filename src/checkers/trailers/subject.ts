/** Rules about the subject line. */
import { findingTools } from '../../kernel/trailers.ts';
import type { MessageRule } from './rule.ts';

const generated = /^(?:Revert "|Merge |fixup! |squash! |amend! )/;

export const subjectLength: MessageRule = {
  id: 'trailers/subject-length',
  severity: 'note',
  summary: 'The subject is too long to be read in a list.',
  source: 'Documentation/process/submitting-patches.rst: "the summary must be no more than 70-75 characters"',
  *check({ message, options }) {
    if (generated.test(message.subject) || message.subject.length <= options.subjectLength) return;
    yield {
      line: 1,
      message: `The subject has ${message.subject.length} characters; lists show about 75.`,
      explanation:
        message.subjectEnd > 1
          ? 'git takes the whole first paragraph for the subject: put a blank line below the first line.'
          : 'Say what changes in one short line, and the rest in the text below it.',
    };
  },
};

export const subjectPeriod: MessageRule = {
  id: 'trailers/subject-period',
  severity: 'note',
  summary: 'The subject ends with a full stop.',
  source: 'Documentation/process/maintainer-tip.rst, "Patch subject"; custom of all trees',
  *check({ message }) {
    const line = message.lines[message.subjectEnd - 1] ?? '';
    if (
      generated.test(message.subject) ||
      !/[^.\s]\.\s*$/.test(line) ||
      /\b(?:etc|e\.g|i\.e|Inc|Ltd|Co)\.\s*$/.test(line)
    )
      return;
    yield {
      line: message.subjectEnd,
      message: 'The subject ends with a full stop.',
      explanation: 'A subject is a title.',
      correction: {
        startLine: message.subjectEnd,
        endLine: message.subjectEnd,
        lines: [line.replace(/\.\s*$/, '')],
      },
    };
  },
};

export const subjectTool: MessageRule = {
  id: 'trailers/subject-tool',
  severity: 'note',
  summary: 'The subject names the tool that found the problem.',
  source: 'checkpatch EMAIL_SUBJECT',
  *check({ message }) {
    const tool = findingTools.find((name) => new RegExp(`\\b${name}\\b(?![:/])`, 'i').test(message.subject));
    if (tool === undefined || new RegExp(`^[^:]*\\b${tool}\\b[^:]*:`, 'i').test(message.subject)) return;
    yield {
      line: 1,
      message: `The subject names ${tool}, not what changes.`,
      explanation: 'Say what the change does; the tool that found it belongs into the text.',
    };
  },
};

/** A mail's `[PATCH v2 1/3]` that got into the history. */
export const subjectPatchTag: MessageRule = {
  id: 'trailers/subject-patch-tag',
  severity: 'warning',
  summary: 'The subject still has the mail’s [PATCH].',
  source:
    'git-am(1) strips it; Documentation/process/submitting-patches.rst: "not considered part of the summary phrase"',
  *check({ message }) {
    const line = message.lines[0] ?? '';
    const tag = /^\s*\[(?:RFC[ /])?(?:PATCH|RFC)[^\]]*\]\s*/i.exec(line)?.[0];
    if (tag === undefined || tag.length === line.length) return;
    yield {
      line: 1,
      message: `\`${tag.trim()}\` is part of the mail, not of the commit’s subject.`,
      explanation: 'git am takes it off; a commit that is made by hand should not have it.',
      correction: { startLine: 1, endLine: 1, lines: [line.slice(tag.length)] },
    };
  },
};
