/** The lock graph explorer: find a lock, see what it is taken under and what is taken under it, follow an order into the code. */
import { html } from 'hono/html';
import type { Exploration, FoundLock, Order, OrderFilter, Side } from '../checkers/lock-order/explore.ts';
import type { OrderCode } from '../jobs/lock-graph-query.ts';
import { visibleLine } from '../report/visible.ts';
import { tracedCode } from './code-view.ts';
import { type Markup, page } from './layout.ts';
import { type Addresses, neighbourhoodDrawing } from './neighbourhood-drawing.ts';
import { lockName } from './places.ts';
import { bar } from './share-bar.ts';

export interface LocksFrame {
  readonly root: string;
  readonly visitor: string | undefined;
  readonly repository: string;
  /** `master at 0123456789ab`. */
  readonly at: string;
  /** Names of the others. */
  readonly branches: readonly string[];
  /** What every address here has in its query: forms carry it along. */
  readonly query: Readonly<Record<string, string>>;
  readonly href: {
    readonly start: string;
    readonly branch: (ref: string) => string;
    readonly search: (text: string) => string;
    readonly lock: (lock: string, changes?: Partial<OrderFilter>) => string;
    readonly order: (from: string, to: string) => string;
  };
}

/** Orders on each side that are drawn: more can't be read. */
const DRAWN = 7;
const LEVELS: readonly (readonly [least: number, text: string])[] = [
  [0, 'any'],
  [0.4, 'at least 40 %'],
  [0.65, 'at least 65 %'],
  [0.8, 'at least 80 %'],
];

function frame(view: LocksFrame, title: string, body: readonly (Markup | string)[]): Markup {
  return page({
    root: view.root,
    visitor: view.visitor,
    title,
    trail: [{ text: view.repository }, { text: 'Lock graph', href: view.href.start }, { text: title }],
    body,
  });
}

export function searchPage(
  view: LocksFrame,
  text: string,
  locks: readonly FoundLock[],
  total: number,
): Markup {
  const what =
    text === ''
      ? html`${total.toLocaleString('en')} lock classes; these have the most neighbours.`
      : locks.length === 0
        ? html`No lock class has <b>${visibleLine(text)}</b> in its name. A class is written like <code>struct foo.lock</code> or <code>mm/slab.c:slab_mutex</code>; a part of it is enough.`
        : html`Lock classes with <b>${visibleLine(text)}</b> in their name, those with the most neighbours first.`;
  return frame(view, text === '' ? 'Search' : visibleLine(text), [
    html`<section class="heading"><h1>Lock graph of ${view.repository}</h1><p class="small">${view.at}${otherBranches(view)}</p>${searchForm(view, text)}</section>`,
    html`<section><p>${what}</p><ul class="locks">${locks.map(
      ({ lock, under, over }) =>
        html`<li><a href="${view.href.lock(lock)}"><code>${visibleLine(lock)}</code></a> <span class="small">${under.toLocaleString('en')} taken under it, itself taken under ${over.toLocaleString('en')}</span></li>`,
    )}</ul></section>`,
  ]);
}

function otherBranches({ branches, href }: LocksFrame): Markup | string {
  if (branches.length === 0) return '';
  return html`; also of ${branches.map(
    (ref, at) => html`${at === 0 ? '' : ', '}<a href="${href.branch(ref)}">${visibleLine(ref)}</a>`,
  )}`;
}

function searchForm({ query, href }: LocksFrame, text: string): Markup {
  return html`<form class="filter" method="get" action="${pathOf(href.start)}" role="search">
${hidden(query)}
<div><label for="q">Lock</label><input id="q" name="q" type="search" size="32" value="${text}" placeholder="rtnl_mutex" autocomplete="off"></div>
<div><button>Search</button></div></form>`;
}

/** A lock with its neighbours. */
export async function lockPage(
  view: LocksFrame,
  { lock, under, over }: Exploration,
  filter: OrderFilter,
): Promise<Markup> {
  const { directory, least } = filter;
  const href = { ...view.href, lock: (other: string) => view.href.lock(other, { directory, least }) };
  return frame(view, visibleLine(lock), [
    html`<section class="heading"><p class="small">Lock class, ${view.at}</p><h1><code>${visibleLine(lock)}</code></h1>${filterForm(view, lock, filter)}</section>`,
    under.total + over.total === 0
      ? noNeighbours(view, lock, filter)
      : await neighbours(lock, under, over, href, filter),
    html`<div class="columns">
${sideSection(`It is taken under`, over, href.lock, (other) => view.href.order(other, lock))}
${sideSection(`Taken under it`, under, href.lock, (other) => view.href.order(lock, other))}</div>`,
    pageLinks(view, lock, filter, Math.max(under.total, over.total)),
  ]);
}

async function neighbours(
  lock: string,
  under: Side,
  over: Side,
  href: Addresses,
  { skip }: OrderFilter,
): Promise<Markup> {
  const [upper, lower] = [over.orders.slice(0, DRAWN), under.orders.slice(0, DRAWN)];
  const [drawn, total] = [upper.length + lower.length, under.total + over.total];
  return html`<section><h2>Neighbours <span class="small">an arrow leads from a lock that is held to the one that is taken under it</span></h2>
<div class="drawing" role="group" aria-label="The neighbours of the lock" tabindex="0">${await neighbourhoodDrawing(lock, upper, lower, href)}</div>
${drawn < total ? html`<p class="small">${skip === 0 ? 'The surest ' : ''}${drawn} of ${total.toLocaleString('en')}; the lists have more.</p>` : ''}</section>`;
}

function noNeighbours({ href }: LocksFrame, lock: string, { directory, least }: OrderFilter): Markup {
  const name = lockName(lock);
  return html`<section><h2>Neighbours</h2><p>No function that is known ${directory === '' && least === 0 ? '' : 'and passes the filter '}takes another lock under this one, or this one under another.</p>
<p><a href="${href.search(name)}">Search for ${visibleLine(name)}</a></p></section>`;
}

/** To what was left out before and after. */
function pageLinks({ href }: LocksFrame, lock: string, filter: OrderFilter, total: number): Markup | string {
  const { skip, limit } = filter;
  const link = (text: string, at: number) =>
    html`<a href="${href.lock(lock, { ...filter, skip: at })}">${text}</a>`;
  if (total <= limit && skip === 0) return '';
  return html`<nav class="pages" aria-label="More orders">${skip > 0 ? link(`The ${limit} before`, Math.max(0, skip - limit)) : ''}
<span class="small">${(skip + 1).toLocaleString('en')} to ${Math.min(skip + limit, total).toLocaleString('en')} of each side</span>
${skip + limit < total ? link(`The next ${Math.min(limit, total - skip - limit)}`, skip + limit) : ''}</nav>`;
}

function filterForm({ query, href }: LocksFrame, lock: string, { directory, least }: OrderFilter): Markup {
  return html`<form class="filter" method="get" action="${pathOf(href.start)}">
${hidden({ ...query, lock })}
<div><label for="directory">Only functions below</label><input id="directory" name="directory" value="${directory}" placeholder="drivers/net" autocomplete="off"></div>
<div><label for="least">Confidence</label><select id="least" name="least">${LEVELS.map(
    ([level, text]) => html`<option value="${level}" ${level === least ? 'selected' : ''}>${text}</option>`,
  )}</select></div>
<div><button>Filter</button> <a href="${href.start}">another lock</a></div></form>`;
}

function sideSection(
  title: string,
  { orders, total }: Side,
  lockHref: (lock: string) => string,
  orderHref: (other: string) => string,
): Markup {
  const none = total === 0 ? 'None that is known.' : 'No more.';
  return html`<section><h2>${title} <span class="small">${total.toLocaleString('en')}</span></h2>
${orders.length === 0 ? html`<p>${none}</p>` : ''}
<ul class="orders">${orders.map((order) => orderItem(order, lockHref(order.lock), orderHref(order.lock)))}</ul></section>`;
}

function orderItem(
  { lock, weight, count, function: name, path, line }: Order,
  lockHref: string,
  witness: string,
): Markup {
  const functions = count === 1 ? 'one function' : `${count.toLocaleString('en')} functions`;
  return html`<li><a href="${lockHref}"><code>${visibleLine(lock)}</code></a>
<span class="small">${bar(weight, false)} ${Math.round(weight * 100)} %, ${functions}: <a href="${witness}"><code>${visibleLine(name)}()</code> in ${visibleLine(path)}:${line}</a></span></li>`;
}

/** How an order is seen in the code. */
export function orderPage(
  view: LocksFrame,
  from: string,
  to: string,
  { witnesses, source }: OrderCode,
): Markup {
  const [first, second] = [visibleLine(from), visibleLine(to)];
  return frame(view, `${second} under ${first}`, [
    html`<section class="heading"><p class="small">An order in the lock graph, ${view.at}</p>
<h1><a href="${view.href.lock(to)}"><code>${second}</code></a> is taken under <a href="${view.href.lock(from)}"><code>${first}</code></a></h1></section>`,
    ...(witnesses.length === 0
      ? [html`<section><p>No function that is still there follows this order.</p></section>`]
      : witnesses.map(
          ({ weight, count, steps }) =>
            html`<section><h2>${bar(weight, false)} ${Math.round(weight * 100)} % <span class="small">${count === 1 ? 'one function follows it' : `${count.toLocaleString('en')} functions follow it; this is one`}</span></h2>
${
  steps.length === 0
    ? html`<p>It comes from the callbacks that reclaim runs.</p>`
    : tracedCode(
        steps.map((step, index) => ({ step, number: index + 1 })),
        source,
      )
}</section>`,
        )),
  ]);
}

/** There is no graph to look at. */
export function noGraphPage(view: LocksFrame): Markup {
  return frame(view, 'Not there yet', [
    html`<section class="notice"><h1>There is no lock graph of ${view.repository} yet</h1>
<p>The first review of a large repository has its base branch indexed, which takes minutes. Where reviews run on other machines than the pages, the graph is with them: <code>adjutant lockgraph</code> shows it there.</p></section>`,
  ]);
}

function hidden(fields: Readonly<Record<string, string>>): Markup[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
}

/** An address without its query: a form puts its own there. */
function pathOf(address: string): string {
  return address.split('?', 1)[0] ?? '';
}
