/** The page of a finding: the picture first, then the code on both sides, then what to do about it. */
import { html } from 'hono/html';
import { COMMIT_MESSAGE, type CycleEdge, type Finding, type Step } from '../checkers/checker.ts';
import { findingId } from '../report/github.ts';
import { shortId } from '../report/places.ts';
import { visible, visibleLine } from '../report/visible.ts';
import { sourceKey } from '../review/report.ts';
import type { FoundFinding, KeptReport } from '../store/findings.ts';
import { codeBlock, type NumberedStep, tracedCode } from './code-view.ts';
import { cycleDrawing } from './cycle-drawing.ts';
import { findingItem, severityMark } from './finding-item.ts';
import { type Markup, page } from './layout.ts';
import { lockName } from './places.ts';
import { prose } from './prose.ts';
import { NARROW, timeline, wide } from './timeline.ts';

export interface FindingView {
  readonly root: string;
  readonly visitor: string | undefined;
  readonly repository: string;
  readonly number: number;
  readonly found: FoundFinding;
  readonly report: KeptReport;
  /** What became of it. */
  readonly state: Markup | string;
  readonly related: readonly FoundFinding[];
  readonly fixed: readonly FoundFinding[];
  readonly href: {
    readonly pull: string;
    readonly finding: (found: FoundFinding) => string;
    readonly lock: (lock: string) => string;
    /** The pull request on GitHub. */
    readonly github: string;
  };
}

export async function findingPage(view: FindingView): Promise<Markup> {
  const { finding, source } = view.found;
  const { cycle } = finding;
  const { scenario, paragraphs } = parts(finding.explanation);
  return page({
    root: view.root,
    visitor: view.visitor,
    title: visibleLine(finding.message).replaceAll('`', ''),
    trail: [
      { text: view.repository },
      { text: `#${view.number}`, href: view.href.pull },
      { text: finding.rule },
    ],
    body: [
      heading(view),
      cycle === undefined ? scenarioOf(scenario) : await pictures(view, cycle),
      cycle === undefined ? trace(finding, source) : sides(finding, cycle, source),
      html`<section><h2>Why, and what helps</h2>${paragraphs.map((text) => html`<p>${prose(visible(text))}</p>`)}
${suggestion(finding)}</section>`,
      others('Also found in this change', view.related, view.href.finding),
      others('What the change mends', view.fixed, undefined),
      terminal(view),
    ],
  });
}

function heading({ found: { finding }, report, state, href, number }: FindingView): Markup {
  const place =
    finding.path === COMMIT_MESSAGE
      ? html`message of <code>${shortId(finding.commit ?? '')}</code>, line ${finding.line}`
      : html`<code>${visibleLine(finding.path)}:${finding.line}</code>${
          finding.function === '' ? '' : html` in <code>${visibleLine(finding.function)}()</code>`
        }`;
  const commit = report.commits.find(({ id }) => id === finding.commit);
  return html`<section class="heading">
<p class="marks">${severityMark(finding.severity)} <code>${finding.rule}</code> <span>${state}</span>
<span class="mark plain">${finding.confidence} confidence</span></p>
<h1>${prose(visibleLine(finding.message))}</h1>
<dl class="facts">
<div><dt>Where</dt><dd>${place}</dd></div>
${
  commit === undefined
    ? ''
    : html`<div><dt>Introduced by</dt><dd><code>${shortId(commit.id)}</code> ${visibleLine(commit.subject)}</dd></div>`
}
<div><dt>Pull request</dt><dd><a href="${href.github}">#${number} on GitHub</a>, at <code>${shortId(report.head)}</code></dd></div>
</dl></section>`;
}

async function pictures(
  { found: { finding }, href }: FindingView,
  cycle: readonly CycleEdge[],
): Promise<Markup> {
  return html`<section class="pictures ${cycle.length > 3 ? 'many' : ''}">
<figure><figcaption><h2>The cycle</h2><p>An arrow leads from a lock that is held to the one that is taken under it.</p><p>
<span class="key new">this change</span> <span class="key known">already in the tree</span></p></figcaption>
<div class="drawing wide" role="group" aria-label="The lock cycle" tabindex="0">${await cycleDrawing(finding, cycle, cycle.length === 2 ? 'LR' : 'TB')}</div>
<div class="drawing narrow" role="group" aria-label="The lock cycle" tabindex="0">${await cycleDrawing(finding, cycle, 'TB')}</div>
<p class="small">In the lock graph: ${cycle.map(
    ({ from }, index) =>
      html`${index === 0 ? '' : ', '}<a href="${href.lock(from)}">${visibleLine(from)}</a>`,
  )}</p></figure>
<figure><figcaption><h2>How it ends</h2><p>Each has what the next one waits for.</p></figcaption>
<div class="drawing wide" role="group" aria-label="Time line" tabindex="0">${timeline(finding, cycle, wide(cycle.length))}</div>
<div class="drawing narrow" role="group" aria-label="Time line" tabindex="0">${timeline(finding, cycle, NARROW)}</div></figure>
</section>`;
}

/** The witnesses of a cycle's edges next to each other. */
function sides(finding: Finding, cycle: readonly CycleEdge[], source: FoundFinding['source']): Markup {
  return html`<section><h2>The code on ${cycle.length === 2 ? 'both' : 'all'} sides</h2>
<div class="sides ${cycle.length === 2 ? 'two' : ''}" role="group" aria-label="The code on all sides" tabindex="0">
${cycle.map(({ from, to, steps: [start, end] }, index) => {
  const steps = finding.trace.slice(start, end);
  return html`<div class="side ${index === 0 ? 'new' : 'known'}">
<h3>CPU${index}: <code>${visibleLine(lockName(to))}</code> under <code>${visibleLine(lockName(from))}</code></h3>
${tracedCode(numbered(steps.map(withoutNumber)), source)}</div>`;
})}</div></section>`;
}

function trace(finding: Finding, source: FoundFinding['source']): Markup {
  const own = source[sourceKey(finding)] ?? [];
  if (finding.path === COMMIT_MESSAGE) {
    const step = { path: '', function: '', line: finding.line, text: 'here' };
    return html`<section><h2>The message</h2><figure class="code">${codeBlock(own, [{ step, number: 1 }], 'The message')}</figure></section>`;
  }
  const { path, line, function: name, message } = finding;
  const steps = finding.trace.length > 0 ? finding.trace : [{ path, line, function: name, text: message }];
  return html`<section><h2>How it gets there</h2>${tracedCode(numbered(steps), source)}</section>`;
}

function numbered(steps: Finding['trace']): NumberedStep[] {
  return steps.map((step, index) => ({ step, number: index + 1 }));
}

/** A step without lockdep's number in the chain: each side is shown by itself. */
function withoutNumber(step: Step): Step {
  return { ...step, text: step.text.replace(/^-> #\d+ \([^)]*\): /, '') };
}

function scenarioOf(text: string): Markup | string {
  if (text === '') return '';
  return html`<section><h2>How it ends</h2>
<pre class="scenario" tabindex="0" role="group" aria-label="Scenario">${visible(text)}</pre></section>`;
}

/** lockdep's table, which is drawn or shown as it is, and the sentences of an explanation. */
function parts(explanation: string): { scenario: string; paragraphs: string[] } {
  const [, table = ''] =
    /(Possible unsafe locking scenario:.*?\*\*\* DEADLOCK \*\*\*)/s.exec(explanation) ?? [];
  const rest = explanation.replace(table, '');
  return {
    scenario: table,
    paragraphs: rest
      .split(/\n{2,}/)
      .map((text) => text.trim())
      .filter(Boolean),
  };
}

function suggestion({ suggestion: replacement }: Finding): Markup | string {
  if (replacement === undefined) return '';
  const lines = replacement.lines.map((line) => visibleLine(line)).join('\n');
  return html`<h3>Write instead</h3><pre class="scenario" tabindex="0">${lines}</pre>`;
}

function others(
  title: string,
  found: readonly FoundFinding[],
  href: ((found: FoundFinding) => string) | undefined,
): Markup | string {
  if (found.length === 0) return '';
  return html`<section><h2>${title}</h2><ul class="findings">${found.map((one) => findingItem(one, href?.(one)))}</ul></section>`;
}

function terminal({ number, report, found: { finding } }: FindingView): Markup {
  return html`<section class="columns"><div><h2>See it in a terminal</h2>
<pre class="scenario" tabindex="0">git fetch origin pull/${number}/head
npx adjutant review ${shortId(report.base)}..${shortId(report.head)}
npx adjutant explain ${finding.rule}</pre></div>
<div><h2>If it is wrong</h2>
<p>Somebody with write permission dismisses it for this pull request with a comment:</p>
<pre class="scenario" tabindex="0">/dismiss ${findingId(finding)} why it can not happen</pre>
<p>A rule that is wrong more often is turned down or off in <code>.github/adjutant.yml</code> of the base branch.</p></div></section>`;
}
