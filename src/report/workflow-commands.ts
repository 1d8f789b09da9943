/** A report as GitHub Actions workflow commands (`::error file=…::…`), for a step's log. */
import { COMMIT_MESSAGE, type Finding, type Severity } from '../checkers/checker.ts';
import type { Report } from '../review/report.ts';
import { placeText } from './places.ts';
import { countText } from './verdict.ts';
import { visible, visibleLine } from './visible.ts';

const COMMAND: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/** One command for each finding, then the verdict as a line of the log. */
export function workflowCommands(report: Report): string {
  const lines = report.findings.map((finding) => command(finding, report));
  lines.push(countText(report, report.base === '' ? 'found' : 'introduced'));
  return `${lines.join('\n')}\n`;
}

function command(finding: Finding, report: Report): string {
  const isMessage = finding.path === COMMIT_MESSAGE;
  const properties = isMessage
    ? { title: finding.rule }
    : {
        file: finding.path,
        line: String(finding.line),
        endLine: String(finding.endLine),
        ...(finding.column !== undefined && finding.line === finding.endLine
          ? { col: String(finding.column), endColumn: String(finding.endColumn ?? finding.column) }
          : {}),
        title: finding.rule,
      };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`);
  const place = isMessage ? `${placeText(finding, report)}: ` : '';
  const why = finding.explanation === '' ? '' : `\n\n${finding.explanation}`;
  return `::${COMMAND[finding.severity]} ${list.join(',')}::${data(visible(`${place}${finding.message}${why}`))}`;
}

/** Escaping of actions/toolkit, packages/core/src/command.ts: nothing else can end a command or start one. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(visibleLine(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
