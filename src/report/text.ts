/** A report for a terminal: like a modern compiler's diagnostics. */
import type { Finding, Severity, Step } from '../checkers/checker.ts';
import type { Report } from '../review/report.ts';
import { betweenText, commitText, placeText, sourceLine } from './places.ts';
import { countText, plural } from './verdict.ts';
import { visible, visibleLine } from './visible.ts';

export interface TextOptions {
  readonly color?: boolean;
  /** Columns of the terminal, for folding explanations. */
  readonly width?: number;
}

const COLOR: Readonly<Record<Severity | 'dim' | 'bold' | 'frame' | 'good', string>> = {
  error: '1;31',
  warning: '1;33',
  note: '1;36',
  dim: '2',
  bold: '1',
  frame: '1;34',
  good: '1;32',
};
type Style = keyof typeof COLOR;
type Paint = (style: Style, text: string) => string;

const TAB = 8;

/** Findings with their source lines and traces, what was fixed and left out, and a verdict as the last line. */
export function textReport(report: Report, options: TextOptions = {}): string {
  const paint: Paint = (style, text) => (options.color ? `\x1b[${COLOR[style]}m${text}\x1b[0m` : text);
  const width = Math.max(40, Math.min(options.width ?? 100, 120));
  const blocks = report.findings.map((finding) => findingText(finding, report, paint, width));
  if (report.fixed.length > 0) blocks.push(fixedText(report, paint));
  if (report.transient.length > 0) blocks.push(transientText(report, paint));
  blocks.push(limitsText(report, paint, width));
  blocks.push(verdictText(report, paint));
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function findingText(finding: Finding, report: Report, paint: Paint, width: number): string {
  const confidence = finding.confidence === 'high' ? '' : ` (${finding.confidence} confidence)`;
  const gutter = String(Math.max(finding.line, ...finding.trace.map((step) => step.line))).length;
  const bar = `${' '.repeat(gutter)} ${paint('frame', '|')}`;
  const lines = [
    `${paint(finding.severity, `${finding.severity}[${finding.rule}]`)}${paint('bold', `: ${visibleLine(finding.message)}`)}${paint('dim', confidence)}`,
    `${' '.repeat(gutter)}${paint('frame', '-->')} ${placeText(finding, report)}${finding.function === '' ? '' : paint('dim', `, in ${visibleLine(finding.function)}()`)}`,
  ];
  const own = sourceLine(report, finding);
  const quote = (source: string) => {
    const { text, column, length } = caret(source, finding);
    return {
      text: `${paint('frame', `${String(finding.line).padStart(gutter)} |`)} ${text}`,
      mark: `${bar} ${' '.repeat(column)}${paint(finding.severity, '^'.repeat(length))}`,
    };
  };
  const isOwn = (step: Step) => step.path === finding.path && step.line === finding.line;
  if (own !== undefined && !finding.trace.some(isOwn)) {
    const { text, mark } = quote(own);
    lines.push(bar, text, mark);
  }
  if (finding.trace.length > 0) lines.push(bar);
  let place = { path: finding.path, function: finding.function };
  for (const [index, step] of finding.trace.entries()) {
    if (step.path !== place.path || step.function !== place.function) {
      place = step;
      const where = step.function === '' ? '' : paint('dim', `, in ${visibleLine(step.function)}()`);
      lines.push(
        `${' '.repeat(gutter)}${paint('frame', ':::')} ${visibleLine(step.path)}:${step.line}${where}`,
      );
    }
    const label = `${finding.trace.length > 1 ? `${index + 1}. ` : ''}${visibleLine(step.text)}`;
    const source = sourceLine(report, step);
    if (source === undefined) lines.push(`${bar}   ${paint('note', `line ${step.line}: ${label}`)}`);
    else if (isOwn(step)) {
      const { text, mark } = quote(source);
      lines.push(text, `${mark} ${paint(finding.severity, label)}`);
    } else {
      const number = paint('frame', `${String(step.line).padStart(gutter)} |`);
      const text = expandTabs(visible(source)).trimEnd();
      const indent = ' '.repeat(text.length - text.trimStart().length);
      lines.push(`${number} ${text}`, `${bar} ${indent}${paint('note', `- ${label}`)}`);
    }
  }
  const note = (label: string, text: string) => {
    const folded = fold(visible(text), width - gutter - label.length - 5);
    lines.push(
      ...folded.map(
        (line, index) =>
          `${' '.repeat(gutter)} ${index === 0 ? `${paint('frame', '=')} ${paint('bold', `${label}:`)}` : ' '.repeat(label.length + 3)} ${line}`,
      ),
    );
  };
  if (finding.explanation !== '') {
    lines.push(bar);
    note('why', finding.explanation);
  }
  if (finding.suggestion) {
    lines.push(bar);
    note(
      'write',
      finding.suggestion.lines.length === 0 ? '(nothing: remove it)' : finding.suggestion.lines.join('\n'),
    );
  }
  if (finding.commit !== undefined && !finding.path.startsWith('/') && report.stats.commits > 1)
    note('introduced by', commitText(finding.commit, report));
  return lines.map((line) => line.trimEnd()).join('\n');
}

function fixedText(report: Report, paint: Paint): string {
  return report.fixed
    .map(
      (finding) =>
        `${paint('good', `fixed[${finding.rule}]`)}: ${visibleLine(finding.message)}\n${paint('frame', '  -->')} ${placeText(finding, report)}${paint('dim', ' (before the change)')}`,
    )
    .join('\n\n');
}

function transientText(report: Report, paint: Paint): string {
  return report.transient
    .map(
      (one) =>
        `${paint('note', `between[${one.finding.rule}]`)}: ${visibleLine(one.finding.message)}\n${paint('frame', '  -->')} ${placeText(one.finding, report)}${paint('dim', `, ${betweenText(one, report)}: a bisection can stop there`)}`,
    )
    .join('\n\n');
}

function limitsText(report: Report, paint: Paint, width: number): string {
  const errors = report.stats.parseErrors.map(
    (error) =>
      `${error.path}:${error.line}: ${error.function === '' ? 'a declaration' : `${error.function}()`} could not be read: ${error.reason}`,
  );
  const shown = errors.slice(0, 5);
  if (errors.length > shown.length) shown.push(`${errors.length - shown.length} more could not be read`);
  return [...report.limits, ...shown]
    .flatMap((limit) =>
      fold(visibleLine(limit), width - 9).map((line, index) =>
        index === 0 ? `${paint('dim', 'limits:')} ${line}` : `        ${line}`,
      ),
    )
    .join('\n');
}

function verdictText(report: Report, paint: Paint): string {
  const worst = (['error', 'warning', 'note'] as const).find((severity) =>
    report.findings.some((finding) => finding.severity === severity),
  );
  const { stats } = report;
  const scope = [
    ...(stats.commits > 0 ? [plural(stats.commits, 'commit')] : []),
    plural(stats.files, 'file'),
    plural(stats.functions, 'function'),
    `${(stats.elapsed / 1000).toFixed(1)} s`,
  ].join(', ');
  const verb = report.base === '' ? 'found' : 'introduced';
  return `${paint(worst ?? 'good', countText(report, verb))} ${paint('dim', `(${scope})`)}`;
}

/** The line with tabs expanded, and where its caret goes: `column` is 0-based on the expanded line. */
function caret(source: string, finding: Finding): { text: string; column: number; length: number } {
  const raw = source.trimEnd();
  const indent = raw.length - raw.trimStart().length;
  const from = Math.min(Math.max((finding.column ?? indent + 1) - 1, 0), raw.length);
  const sameLine = finding.endLine === finding.line;
  const to =
    finding.column === undefined || !sameLine ? raw.length : (finding.endColumn ?? finding.column + 1) - 1;
  const before = expandTabs(visible(raw.slice(0, from))).length;
  const end = expandTabs(visible(raw.slice(0, Math.max(to, from + 1)))).length;
  return { text: expandTabs(visible(raw)), column: before, length: Math.max(1, end - before) };
}

function expandTabs(text: string): string {
  let out = '';
  for (const part of text.split(/(\t)/)) out += part === '\t' ? ' '.repeat(TAB - (out.length % TAB)) : part;
  return out;
}

/** Folds paragraphs at blanks; lines that are indented (scenario tables, code) stay as they are. */
function fold(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    if (/^\s/.test(paragraph) || paragraph.length <= width) return [paragraph];
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    return [...lines, line];
  });
}
