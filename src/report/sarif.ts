/** A report as SARIF 2.1.0 (OASIS standard), for code scanning and editors. Traces become code flows. */
import { COMMIT_MESSAGE, type Finding, type Rule, type Severity, type Step } from '../checkers/checker.ts';
import type { Report } from '../review/report.ts';
import { placeText } from './places.ts';
import { plural } from './verdict.ts';
import { visible, visibleLine } from './visible.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** What code scanning takes of one run, and shows of one flow. */
const MAX_RESULTS = 25_000;
const MAX_STEPS = 1000;
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];

const RANK = { high: 90, medium: 50, low: 10 } as const;
const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  note: 'note',
};

/**
 * The log for GitHub's code scanning, as text. That refuses a whole log for a result that is in no file, so what is
 * wrong with commit messages is counted and left out.
 */
export function codeScanningReport(report: Report, rules: readonly Rule[] = []): string {
  const findings = report.findings.filter(({ path }) => path !== COMMIT_MESSAGE);
  const others = report.findings.length - findings.length;
  const limit = `${plural(others, 'finding')} on commit messages: code scanning takes those in files alone.`;
  const limits = others === 0 ? report.limits : [...report.limits, limit];
  return sarifReport({ ...report, findings, limits }, rules);
}

/** The log as text: the gravest findings where there are more than code scanning takes. `rules` describes the rules that may occur; others are listed by their id alone. */
export function sarifReport(report: Report, rules: readonly Rule[] = []): string {
  const findings = gravest(report.findings);
  const found = [...new Set(findings.map((finding) => finding.rule))];
  const described = new Map(rules.map((rule) => [rule.id, rule]));
  const ids = [...new Set([...described.keys(), ...found])];
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'Adjutant', rules: ids.map((id) => ruleDescriptor(id, described.get(id))) },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { description: { text: 'The top of the source tree.' } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: notifications(report),
          },
        ],
        results: findings.map((finding) => result(finding, report, ids.indexOf(finding.rule))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function gravest(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= MAX_RESULTS) return findings;
  const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
  return findings.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_RESULTS);
}

function ruleDescriptor(id: string, rule: Rule | undefined): object {
  return {
    id,
    ...(rule
      ? {
          shortDescription: { text: rule.summary },
          fullDescription: { text: `${rule.summary} Source: ${rule.source}` },
          help: { text: `adjutant explain ${rule.id}` },
          defaultConfiguration: { level: LEVEL[rule.severity] },
        }
      : {}),
  };
}

function notifications(report: Report): object[] {
  const left = report.findings.length - MAX_RESULTS;
  const more = left > 0 ? [`${plural(left, 'finding')} did not fit.`] : [];
  return [
    ...[...report.limits, ...more].map((limit) => ({ level: 'note', message: { text: visibleLine(limit) } })),
    ...report.stats.parseErrors.map((error) => ({
      level: 'note',
      message: {
        text: visibleLine(`${error.function || 'A declaration'} could not be read: ${error.reason}`),
      },
      locations: [{ physicalLocation: physicalLocation(error.path, { startLine: error.line }) }],
    })),
  ];
}

function result(finding: Finding, report: Report, ruleIndex: number): object {
  const text = [finding.message, finding.explanation].filter((part) => part !== '').join('\n\n');
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: LEVEL[finding.severity],
    rank: RANK[finding.confidence],
    message: { text: visible(text) },
    locations: [location(finding, report)],
    partialFingerprints: { 'adjutant/v1': finding.fingerprint },
    ...(finding.trace.length === 0
      ? {}
      : { codeFlows: [{ threadFlows: [{ locations: finding.trace.slice(0, MAX_STEPS).map(flowStep) }] }] }),
    ...(finding.suggestion && finding.path !== COMMIT_MESSAGE ? { fixes: [fix(finding.suggestion)] } : {}),
    properties: {
      confidence: finding.confidence,
      ...(finding.commit === undefined ? {} : { commit: finding.commit }),
    },
  };
}

function location(finding: Finding, report: Report): object {
  if (finding.path === COMMIT_MESSAGE)
    return { logicalLocations: [{ fullyQualifiedName: placeText(finding, report), kind: 'commit message' }] };
  const sameLine = finding.line === finding.endLine;
  return {
    physicalLocation: physicalLocation(finding.path, {
      startLine: finding.line,
      endLine: Math.max(finding.line, finding.endLine),
      ...(finding.column === undefined ? {} : { startColumn: finding.column }),
      ...(finding.column !== undefined && finding.endColumn !== undefined
        ? { endColumn: sameLine ? Math.max(finding.endColumn, finding.column + 1) : finding.endColumn }
        : {}),
    }),
    ...functionLocation(finding.function),
  };
}

function flowStep(step: Step): object {
  return {
    location: {
      physicalLocation: physicalLocation(step.path, { startLine: step.line }),
      message: { text: visibleLine(step.text) },
      ...functionLocation(step.function),
    },
  };
}

function functionLocation(name: string): object {
  return name === '' ? {} : { logicalLocations: [{ name, kind: 'function' }] };
}

function physicalLocation(path: string, region: Readonly<Record<string, number>>): object {
  const uri = path
    .split('/')
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/');
  return { artifactLocation: { uri, uriBaseId: 'SRCROOT' }, region };
}

function fix(suggestion: NonNullable<Finding['suggestion']>): object {
  const { path, startLine, endLine, lines } = suggestion;
  const { artifactLocation } = physicalLocation(path, {}) as { artifactLocation: object };
  return {
    artifactChanges: [
      {
        artifactLocation,
        replacements: [
          {
            deletedRegion: { startLine, endLine: endLine + 1, startColumn: 1, endColumn: 1 },
            insertedContent: { text: lines.map((line) => `${line}\n`).join('') },
          },
        ],
      },
    ],
  };
}
