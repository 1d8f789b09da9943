/** The administrator's page: is it well, what waits, what failed, and which rule is wrong too often. */
import { html } from 'hono/html';
import type { JobLine } from '../jobs/dead-letter.ts';
import type { Delivery } from '../jobs/deliveries.ts';
import { visible, visibleLine } from '../report/visible.ts';
import type { Budget } from '../store/budget.ts';
import type { KeptRepository } from '../store/findings.ts';
import {
  type DayFigures,
  type Distribution,
  type QueueFigures,
  type RuleFigures,
  VERDICT_BUCKETS,
} from '../store/statistics.ts';
import { barChart } from './bar-chart.ts';
import { type Markup, page } from './layout.ts';
import { bar } from './share-bar.ts';
import { signInButton } from './sign-in.ts';

export interface DashboardView {
  readonly root: string;
  readonly visitor: string | undefined;
  readonly queues: readonly QueueFigures[];
  /** Those that are listed, and how many there are. */
  readonly givenUp: readonly JobLine[];
  readonly allGivenUp: number;
  readonly days: readonly DayFigures[];
  readonly verdicts: Distribution;
  readonly rules: readonly RuleFigures[];
  readonly repositories: readonly KeptRepository[];
  readonly budgets: readonly Budget[];
  /** Undefined where GitHub did not say. */
  readonly failedDeliveries: readonly Delivery[] | undefined;
  readonly href: {
    readonly locks: (repository: number) => string;
  };
  readonly now: number;
}

/** Characters. */
const LONGEST_REASON = 250;
/** Repositories that are listed, those reviewed last: a page stays below 100 kB. */
const LISTED = 40;
/** Share of dismissed findings from which a rule is marked. */
const MANY_DISMISSED = 0.2;

export function dashboardPage(view: DashboardView): Markup {
  return page({
    root: view.root,
    visitor: view.visitor,
    title: 'Dashboard',
    trail: [{ text: 'Dashboard' }],
    body: [
      html`<section class="heading row"><h1>Dashboard</h1>
${view.visitor === undefined ? html`<form method="post" action="${view.root}/dashboard/sign-out"><button>Sign out</button></form>` : ''}</section>`,
      tiles(view),
      givenUpSection(view),
      charts(view),
      rulesSection(view.rules),
      repositoriesSection(view),
      html`<div class="columns">${budgetSection(view)}${deliveriesSection(view)}</div>`,
    ],
  });
}

function tiles({ queues, allGivenUp, days, verdicts }: DashboardView): Markup {
  const sum = (value: (queue: QueueFigures) => number) =>
    queues.reduce((all, queue) => all + value(queue), 0);
  const today = days.at(-1);
  const oldest = Math.max(0, ...queues.map((queue) => queue.oldest));
  return html`<section class="tiles" aria-label="Now">
<div class="tile"><b>${sum((queue) => queue.waiting)}</b> waiting${oldest < 1 ? '' : `, the oldest ${duration(oldest)}`}</div>
<div class="tile"><b>${sum((queue) => queue.running)}</b> running</div>
<div class="tile ${allGivenUp > 0 ? 'bad' : ''}"><b>${allGivenUp.toLocaleString('en')}</b> given up</div>
<div class="tile"><b>${today?.completed ?? 0}</b> reviewed today</div>
<div class="tile"><b>${duration(verdicts.median)}</b> from event to verdict, median of 30 days</div>
</section>`;
}

function givenUpSection({ root, givenUp, allGivenUp }: DashboardView): Markup | string {
  if (givenUp.length === 0) return '';
  return html`<section><h2>Given up</h2><div class="scroll" tabindex="0" role="group" aria-label="Given up"><table class="wide"><thead><tr><th scope="col">About</th><th scope="col">Work</th><th scope="col">Why</th><th scope="col">Given up</th><td></td></tr></thead><tbody>
${givenUp.map(
  ({ id, what, about, reason, age }) =>
    html`<tr><th scope="row">${visibleLine(about)}</th><td>${what}</td><td>${visible(reason.slice(0, LONGEST_REASON))}</td><td>${duration(Math.round(age))} ago</td>
<td><form method="post" action="${root}/dashboard/retry"><input type="hidden" name="job" value="${id}"><button aria-label="Retry the ${what} of ${visibleLine(about)}">Retry</button></form></td></tr>`,
)}</tbody></table></div>
${givenUp.length < allGivenUp ? html`<p class="small">${allGivenUp - givenUp.length} more: <code>adjutant jobs</code> lists them all.</p>` : ''}</section>`;
}

function charts({ days, verdicts }: DashboardView): Markup {
  const perDay = days.map(({ day, completed, failed }, index) => ({
    label: day,
    value: completed,
    bad: failed,
    ...(index % 7 === (days.length - 1) % 7 ? { tick: day.slice(5) } : {}),
  }));
  const times = verdicts.counts.map((value, index) => {
    const end = VERDICT_BUCKETS[index];
    const start = VERDICT_BUCKETS[index - 1] ?? 0;
    const label = end === undefined ? `over ${duration(start)}` : `${duration(start)} to ${duration(end)}`;
    return { label, value, tick: end === undefined ? '∞' : duration(end) };
  });
  return html`<div class="columns"><section><h2>Reviews a day</h2>${barChart('Day', 'reviews', perDay, 'newest')}</section>
<section><h2>From event to verdict <span class="small">30 days, half within ${duration(verdicts.median)}, 95 % within ${duration(verdicts.p95)}</span></h2>
${barChart('Time', 'reviews', times)}</section></div>`;
}

function rulesSection(rules: readonly RuleFigures[]): Markup {
  if (rules.length === 0) return html`<section><h2>Findings by rule</h2><p>None yet.</p></section>`;
  return html`<section><h2>Findings by rule <span class="small">90 days</span></h2>
<p class="small">A finding is mended where a later push no longer has it, and dismissed where somebody called it wrong. A rule of which many are dismissed wants to be turned down in <code>.github/adjutant.yml</code>.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Findings by rule"><table class="wide"><thead><tr><th scope="col">Rule</th><th scope="col" class="n">Found</th><th scope="col" class="n">Mended</th><th scope="col" class="n">Dismissed</th><th scope="col">Share dismissed</th></tr></thead><tbody>
${rules.map(({ rule, found, mended, dismissed }) => {
  const share = found === 0 ? 0 : dismissed / found;
  const percent = `${Math.round(share * 100)} %`;
  const isMany = share >= MANY_DISMISSED;
  return html`<tr><th scope="row"><code>${rule}</code></th><td class="n">${found}</td><td class="n">${mended}</td><td class="n">${dismissed}</td>
<td>${bar(share, isMany)} <span class="${isMany ? 'mark error' : ''}">${percent}</span></td></tr>`;
})}</tbody></table></div></section>`;
}

function repositoriesSection({ repositories, href, now }: DashboardView): Markup {
  if (repositories.length === 0)
    return html`<section><h2>Repositories</h2><p>None has had a pull request reviewed yet.</p></section>`;
  const latest = repositories.toSorted((a, b) => b.updated.getTime() - a.updated.getTime()).slice(0, LISTED);
  return html`<section><h2>Repositories</h2><div class="scroll" tabindex="0" role="group" aria-label="Repositories"><table class="wide"><thead><tr><th scope="col">Repository</th><th scope="col">Installation</th><th scope="col">Base branch</th><th scope="col">Last review</th><th scope="col" class="n">Mirror</th><th scope="col" class="n">Index</th><th scope="col">Indexed</th></tr></thead><tbody>
${latest.map(
  ({ id, installation, owner, name, baseRef, base, updated, disk }) =>
    html`<tr><th scope="row"><a href="${href.locks(id)}">${owner}/${name}</a></th><td>${installation}</td><td>${baseRef} <code>${base.slice(0, 12)}</code></td><td>${ago(updated, now)}</td>
<td class="n">${bytes(disk.mirror)}</td><td class="n">${disk.index === undefined ? 'small: none needed' : bytes(disk.index)}</td><td>${disk.indexed === undefined ? '' : ago(disk.indexed, now)}</td></tr>`,
)}</tbody></table></div>
${repositories.length > LISTED ? html`<p class="small">${repositories.length - LISTED} more, which were reviewed before.</p>` : ''}</section>`;
}

function budgetSection({ budgets, repositories, now }: DashboardView): Markup {
  const accountOf = (installation: number) =>
    repositories.find((repository) => repository.installation === installation)?.owner ??
    `installation ${installation}`;
  return html`<section><h2>Rate limit <span class="small">what GitHub leaves of each hour</span></h2>
${budgets.length === 0 ? html`<p>GitHub has not said yet.</p>` : ''}
<ul class="plain">${budgets.map(({ installation, resource, limit, remaining, reset }) => {
    const share = limit === 0 ? 0 : remaining / limit;
    return html`<li>${bar(share, share < 0.1)} <b>${remaining.toLocaleString('en')}</b> of ${limit.toLocaleString('en')} <span class="small">${resource}, ${accountOf(installation)}${reset.getTime() > now ? `, all again in ${duration((reset.getTime() - now) / 1000)}` : ''}</span></li>`;
  })}</ul></section>`;
}

function deliveriesSection({ failedDeliveries }: DashboardView): Markup {
  const list =
    failedDeliveries === undefined
      ? html`<p>GitHub did not say.</p>`
      : failedDeliveries.length === 0
        ? html`<p>None of the last 24 hours.</p>`
        : html`<ul class="plain">${failedDeliveries.map(
            ({ event, statusCode, deliveredAt }) =>
              html`<li><span class="mark error">${statusCode === 0 ? 'no answer' : statusCode}</span> <code>${event}</code> <span class="small">${moment(new Date(deliveredAt))}</span></li>`,
          )}</ul>`;
  return html`<section><h2>Deliveries that failed <span class="small">24 hours</span></h2>${list}</section>`;
}

/** A time in words that fit a table: `850 ms`, `4.2 s`, `3 min`, `2 h`, `5 d`. */
export function duration(seconds: number): string {
  if (seconds === 0) return '0 s';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

function ago(at: Date, now: number): Markup {
  const seconds = Math.max(0, Math.round((now - at.getTime()) / 1000));
  return html`<time datetime="${at.toISOString()}">${duration(seconds)} ago</time>`;
}

function moment(at: Date): Markup {
  return html`<time datetime="${at.toISOString()}">${at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`;
}

/** `0 B`, `12 kB`, `3.4 MB`, `1.2 GB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [count, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export interface SignInView {
  /** Ways in that there are. */
  readonly token: boolean;
  readonly gitHub: boolean;
  /** The token that was given is not the one. */
  readonly wrong: boolean;
  /** Who is signed in with GitHub, and no administrator. */
  readonly login: string | undefined;
}

/** Asks an administrator who he is. */
export function signInPage(root: string, { token, gitHub, wrong, login }: SignInView): Markup {
  return page({
    root,
    visitor: login,
    title: 'Sign in',
    trail: [{ text: 'Dashboard' }],
    body: html`<section class="notice"><h1>Sign in</h1>
<p>The dashboard is for the administrators of this service.</p>
${login === undefined ? '' : html`<p role="alert"><span class="mark warning">${login} is not among them.</span></p>`}
${gitHub && login === undefined ? html`<p>${signInButton(root, '/dashboard')}</p>` : ''}
${token ? tokenForm(root, wrong) : ''}</section>`,
  });
}

function tokenForm(root: string, wrong: boolean): Markup {
  return html`${wrong ? html`<p role="alert"><span class="mark error">That is not the token.</span></p>` : ''}
<form method="post" action="${root}/dashboard/sign-in"><input name="username" autocomplete="username" value="administrator" hidden><p><label for="token">Administrator token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required></p><p><button>Sign in</button></p></form>
<p class="small">It is <code>ADJUTANT_ADMIN_TOKEN</code> of the service's environment.</p>`;
}
