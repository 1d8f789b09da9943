/** The page of a pull request: every finding over its pushes, and what became of it. */
import { html } from 'hono/html';
import { shortId } from '../report/places.ts';
import { visibleLine } from '../report/visible.ts';
import type { FoundFinding, ReportedReview } from '../store/findings.ts';
import { findingItem } from './finding-item.ts';
import { type Markup, page } from './layout.ts';
import type { FindingHistory } from './pull-history.ts';

export interface PullView {
  readonly root: string;
  readonly visitor: string | undefined;
  readonly repository: string;
  readonly number: number;
  readonly reviews: readonly ReportedReview[];
  readonly histories: readonly FindingHistory[];
  readonly findings: readonly FoundFinding[];
  /** Findings that are on the pages before this one. */
  readonly skip: number;
  readonly href: {
    /** This page from another finding on. */
    readonly from: (skip: number) => string;
    readonly finding: (found: FoundFinding) => string;
    readonly locks: string;
    readonly github: string;
  };
}

/** Findings of a page, pushes and commits of a push that are listed: a page stays below 100 kB. */
const FINDINGS = 50;
const PUSHES = 15;
const COMMITS = 10;
/** Characters of a subject. */
const LONGEST = 120;

export function pullPage(view: PullView): Markup {
  const { repository, number, reviews, histories, skip, href } = view;
  const shown = new Set(histories.slice(skip, skip + FINDINGS));
  const here = (own: readonly FindingHistory[]) => own.filter((history) => shown.has(history));
  const open = histories.filter(({ state }) => state === 'open');
  const dismissed = histories.filter(({ state }) => state === 'dismissed');
  const fixed = histories.filter(({ state }) => state === 'fixed');
  const title = `${repository} #${number}`;
  const latest = reviews.at(-1);
  return page({
    root: view.root,
    visitor: view.visitor,
    title,
    trail: [{ text: repository }, { text: `#${number}` }],
    body: html`<section class="heading"><h1>${title}</h1>
<p><a href="${href.github}">The pull request on GitHub</a> · <a href="${href.locks}">the lock graph of its base branch</a></p></section>
<section class="tiles">
<div class="tile"><b>${open.length}</b> open</div>
<div class="tile"><b>${dismissed.length}</b> dismissed</div>
<div class="tile"><b>${fixed.length}</b> mended by a later push</div>
<div class="tile"><b>${reviews.length}</b> ${reviews.length === 1 ? 'push' : 'pushes'} reviewed</div>
</section>
${
  latest === undefined
    ? html`<section><p>No review of this pull request has come to a verdict yet.</p></section>`
    : html`${open.length === 0 ? nothingOpen(latest) : list('Open', here(open), view)}
${list('Dismissed', here(dismissed), view)}
${list('Mended by a later push', here(fixed), view)}
${pageLinks(view)}
${skip > 0 ? '' : pushes(view)}`
}`,
  });
}

function nothingOpen(latest: ReportedReview): Markup {
  return html`<section><h2>Open</h2><p>Nothing: <code>${shortId(latest.report.head)}</code> has none of what was found.</p></section>`;
}

/** To the findings before and after. */
function pageLinks({ histories, skip, href }: PullView): Markup | string {
  const total = histories.length;
  if (total <= FINDINGS && skip === 0) return '';
  const link = (text: string, at: number) => html`<a href="${href.from(at)}">${text}</a>`;
  return html`<nav class="pages" aria-label="More findings">${skip > 0 ? link(`The ${FINDINGS} before`, Math.max(0, skip - FINDINGS)) : ''}
<span class="small">${Math.min(skip + 1, total)} to ${Math.min(skip + FINDINGS, total)} of ${total}</span>
${skip + FINDINGS < total ? link(`The next ${Math.min(FINDINGS, total - skip - FINDINGS)}`, skip + FINDINGS) : ''}</nav>`;
}

function pushes(view: PullView): Markup {
  const { reviews } = view;
  const older = reviews.length - PUSHES;
  return html`<section><h2>Pushes</h2>${reviews
    .slice(-PUSHES)
    .toReversed()
    .map((review) => push(review, view))}
${older > 0 ? html`<p class="small">${older} older ones are not listed.</p>` : ''}</section>`;
}

/** Findings by the commit that introduced them, in the order of the commits. */
function list(
  title: string,
  histories: readonly FindingHistory[],
  { reviews, href }: PullView,
): Markup | string {
  if (histories.length === 0) return '';
  const subjects = new Map(
    reviews.flatMap(({ report }) => report.commits.map(({ id, subject }) => [id, subject] as const)),
  );
  const byCommit = Map.groupBy(histories, ({ latest }) => latest.finding.commit ?? '');
  const order = [...subjects.keys()];
  const commits = [...byCommit].toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return html`<section><h2>${title}</h2>${commits.map(
    ([commit, own]) =>
      html`${
        commit === ''
          ? ''
          : html`<h3><code>${shortId(commit)}</code> ${visibleLine((subjects.get(commit) ?? '').slice(0, LONGEST))}</h3>`
      }<ul class="findings">${own.map((history) =>
        findingItem(history.latest, href.finding(history.latest), html` · ${stateOf(history)}`),
      )}</ul>`,
  )}</section>`;
}

/** What became of a finding, and of a dismissed one who said so and why. */
export function stateOf({ until, since, dismissal }: FindingHistory): Markup {
  if (until !== undefined)
    return html`<span class="mark good">mended in ${shortId(until.report.head)}</span>`;
  if (dismissal !== undefined)
    return html`<span class="mark plain">dismissed</span> by <b>${visibleLine(dismissal.by)}</b> on ${dismissal.at.toISOString().slice(0, 10)}: ${visibleLine(dismissal.reason)}`;
  return html`<span class="mark warning">open</span> since <code>${shortId(since.report.head)}</code>`;
}

function push({ id, report, requested }: ReportedReview, { findings }: PullView): Markup {
  const own = findings.filter(({ review }) => review === id);
  const fixed = own.filter((found) => found.fixed);
  return html`<details class="push"><summary><code>${shortId(report.head)}</code>
<time datetime="${requested.toISOString()}">${requested.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>
<span>${own.length - fixed.length} found, ${fixed.length} mended, ${(report.elapsed / 1000).toFixed(1)} s</span></summary>
<p class="small">${report.files} files and ${report.functions} functions against <code>${shortId(report.base)}</code>.
${report.left === 0 ? '' : `${report.left} more findings are not kept.`}</p>
${report.limits.map((limit) => html`<p class="small">${visibleLine(limit)}</p>`)}
<ol class="small">${report.commits.slice(0, COMMITS).map(({ id: commit, subject }) => html`<li><code>${shortId(commit)}</code> ${visibleLine(subject.slice(0, LONGEST))}</li>`)}</ol>
${report.commits.length > COMMITS ? html`<p class="small">${report.commits.length - COMMITS} more commits.</p>` : ''}
</details>`;
}
