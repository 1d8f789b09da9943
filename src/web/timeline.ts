/** Who holds what and who waits for whom, as a picture: a lane for each CPU, time goes down, arrows lead to who is waited for. */
import { html } from 'hono/html';
import type { CycleEdge, Finding } from '../checkers/checker.ts';
import { FS_RECLAIM } from '../kernel/reclaim.ts';
import { visibleLine } from '../report/visible.ts';
import type { Markup } from './layout.ts';

const GAP = 40;
const HEAD = 50;
const BAR = 14;
/** Pixels of a character of a lock's name, and of a line. */
const CHARACTER = 7.3;
const LINE = 17;

/** How much room there is. */
export interface TimelineSize {
  /** Pixels of a lane. */
  readonly lane: number;
  /** Lines that a lock's name may take. */
  readonly lines: number;
}

/** So many lanes beside the drawing of the cycle; more than three have a row of their own. */
export function wide(lanes: number): TimelineSize {
  if (lanes === 2) return { lane: 270, lines: 1 };
  return { lane: lanes === 3 ? 162 : 210, lines: 2 };
}

/** Two lanes fit a phone. */
export const NARROW: TimelineSize = { lane: 140, lines: 3 };

/** The lanes of a cycle: the task that the change is about is CPU0, and each waits for what the next one holds. */
export function timeline(
  finding: Finding,
  cycle: readonly CycleEdge[],
  { lane, lines }: TimelineSize,
): Markup {
  const lanes = cycle.length;
  const room = Math.floor((lane - BAR - 10) / CHARACTER);
  const row = LINE * (lines + 1) + 24;
  const width = lanes * lane + (lanes - 1) * GAP;
  const left = (at: number) => at * (lane + GAP);
  const bottom = HEAD + lanes * 2 * row + 8;
  const label = cycle.map(({ calls }, at) => `CPU${at} has ${calls[0]} and waits in ${calls[1]}`).join('; ');
  const drawn = cycle.map(({ calls, steps }, at) => {
    const x = left(at);
    const held = HEAD + at * row;
    const wait = HEAD + (lanes + at) * row;
    const other = (at + 1) % lanes;
    const by = finding.trace[steps[0]]?.function ?? '';
    const said = (call: string, y: number, what: string) => {
      const parts = broken(call, room, lines);
      return html`${parts.map((part, line) => html`<text class="call" x="${x + BAR + 10}" y="${y + 13 + line * LINE}">${part}</text>`)}
<text class="what" x="${x + BAR + 10}" y="${y + 13 + parts.length * LINE}">${what}</text>`;
    };
    const forEver = lines === 1 ? ', for ever' : '';
    return html`<g class="${at === 0 ? 'lane new' : 'lane'}">
<text class="cpu" x="${x}" y="16">CPU${at}</text>
<text class="by" x="${x}" y="34">${by === '' ? '' : broken(`${by}()`, room + 3, 1)}</text>
<line class="time" x1="${x + BAR / 2}" y1="${HEAD - 8}" x2="${x + BAR / 2}" y2="${held}"/>
${arrow(x + BAR, left(other) + (other > at ? -2 : BAR + 2), wait + row - 16)}
<rect class="held" x="${x}" y="${held}" width="${BAR}" height="${bottom - held}" rx="4"/>
<rect class="wait" x="${x + 3}" y="${wait}" width="${BAR - 6}" height="${bottom - wait - 4}" rx="3"/>
${said(calls[0], held, isReclaim(calls[0]) ? 'is in reclaim' : 'has it')}
${said(calls[1], wait, `${isReclaim(calls[1]) && lines === 1 ? 'needs memory: waits' : 'waits'} for CPU${other}${forEver}`)}
</g>`;
  });
  return html`<svg class="timeline" role="img" aria-label="${visibleLine(label)}." width="${width}" height="${bottom + 4}" viewBox="0 0 ${width} ${bottom + 4}">
${drawn}
</svg>`;
}

/** From a lane that waits to the one that has what it waits for. */
function arrow(from: number, to: number, y: number): Markup {
  const back = to < from;
  const tail = back ? to + 9 : to - 9;
  return html`<path class="for" d="M${from} ${y}H${tail}"/><path class="head" d="M${to} ${y}L${back ? to + 11 : to - 11} ${y - 6}v12z"/>`;
}

/** A name in at most so many lines of so many characters, broken where a part of it ends. */
function broken(name: string, room: number, lines: number): string[] {
  const text = visibleLine(name).replace('(struct ', '(');
  const parts: string[] = [];
  let rest = text;
  while (rest.length > room && parts.length < lines - 1) {
    const end = Math.max(rest.slice(0, room).search(/[._:(/][^._:(/]*$/) + 1, Math.ceil(room / 2));
    parts.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  const half = Math.floor((room - 1) / 2);
  return [...parts, rest.length <= room ? rest : `${rest.slice(0, half)}…${rest.slice(-half)}`];
}

function isReclaim(call: string): boolean {
  return call.includes(`(${FS_RECLAIM})`);
}
