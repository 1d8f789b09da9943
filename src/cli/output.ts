/** Writing a report in the form that the user asked for. */
import { UserError } from '../errors.ts';
import type { Report } from '../review/report.ts';
import type { Io } from './io.ts';

export const FORMATS = ['text', 'json', 'markdown', 'sarif', 'code-scanning', 'github'] as const;

/** Forms of a lock graph. */
export const LOCK_GRAPH_FORMS = ['text', 'dot', 'svg', 'mermaid'] as const;
export type LockGraphForm = (typeof LOCK_GRAPH_FORMS)[number];
export type Format = (typeof FORMATS)[number];

export function parseFormat(name: string | undefined): Format {
  const format = FORMATS.find((known) => known === (name ?? 'text'));
  if (format === undefined)
    throw new UserError(`--format ${name} is not known; it is one of ${FORMATS.join(', ')}.`);
  return format;
}

/** The report as text in that form; each form is loaded when it is asked for. */
export async function renderReport(report: Report, format: Format, io: Io, color: boolean): Promise<string> {
  switch (format) {
    case 'text': {
      const { textReport } = await import('../report/text.ts');
      return textReport(report, { color, ...(io.stdout.columns ? { width: io.stdout.columns } : {}) });
    }
    case 'json':
      return (await import('../report/json.ts')).jsonReport(report);
    case 'markdown':
      return (await import('../report/markdown.ts')).markdownReport(report);
    case 'sarif':
    case 'code-scanning': {
      const { allRules } = await import('../checkers/all-rules.ts');
      const { codeScanningReport, sarifReport } = await import('../report/sarif.ts');
      return format === 'sarif' ? sarifReport(report, allRules) : codeScanningReport(report, allRules);
    }
    case 'github':
      return (await import('../report/workflow-commands.ts')).workflowCommands(report);
  }
}

/** Colour on a terminal, unless NO_COLOR (no-color.org) or --no-color says otherwise. */
export function wantsColor(option: boolean | undefined, io: Io): boolean {
  if (option === false || (io.env.NO_COLOR ?? '') !== '') return false;
  return io.stdout.isTTY === true;
}
