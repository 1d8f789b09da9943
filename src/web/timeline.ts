/** Who holds what and who waits for whom, as a picture: a lane for each CPU, time goes down. */
import { html } from 'hono/html';
import type { CycleEdge, Finding } from '../checkers/checker.ts';
import { FS_RECLAIM } from '../kernel/reclaim.ts';
import { visibleLine } from '../report/visible.ts';
import type { Markup } from './layout.ts';

const LANE = 270;
const GAP = 56;
const ROW = 52;
const HEAD = 50;
const BAR = 14;
/** Characters of a lock's name that fit into a lane. */
const FIT = 34;

/** The lanes of a cycle: the task that the change is about is CPU0, and each waits for what the next one holds. */
export function timeline(finding: Finding, cycle: readonly CycleEdge[]): Markup {
  const lanes = cycle.length;
  const width = lanes * LANE + (lanes - 1) * GAP;
  const height = HEAD + lanes * 2 * ROW + 34;
  const left = (lane: number) => lane * (LANE + GAP);
  const bottom = HEAD + lanes * 2 * ROW;
  const label = cycle
    .map(({ calls }, lane) => `CPU${lane} has ${calls[0]} and waits in ${calls[1]}`)
    .join('; ');
  const drawn = cycle.map(({ calls, steps }, lane) => {
    const x = left(lane);
    const held = HEAD + lane * ROW;
    const wait = HEAD + (lanes + lane) * ROW;
    const by = finding.trace[steps[0]]?.function ?? '';
    return html`<g class="${lane === 0 ? 'lane new' : 'lane'}">
<text class="cpu" x="${x}" y="16">CPU${lane}</text>
<text class="by" x="${x}" y="34">${by === '' ? '' : shorten(`${by}()`)}</text>
<line class="time" x1="${x + BAR / 2}" y1="${HEAD - 8}" x2="${x + BAR / 2}" y2="${held}"/>
<rect class="held" x="${x}" y="${held}" width="${BAR}" height="${wait - held}" rx="4"/>
<text class="call" x="${x + BAR + 10}" y="${held + 16}">${shorten(calls[0])}</text>
<text class="what" x="${x + BAR + 10}" y="${held + 33}">${isReclaim(calls[0]) ? 'is in reclaim' : 'has it'}</text>
<rect class="wait" x="${x}" y="${wait}" width="${BAR}" height="${bottom - wait + 22}" rx="4"/>
<text class="call" x="${x + BAR + 10}" y="${wait + 16}">${shorten(calls[1])}</text>
<text class="what" x="${x + BAR + 10}" y="${wait + 33}">${isReclaim(calls[1]) ? 'needs memory: waits' : 'waits'} for CPU${(lane + 1) % lanes}, for ever</text>
</g>`;
  });
  return html`<svg class="timeline" role="img" aria-label="${visibleLine(label)}." width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
${drawn}
</svg>`;
}

function shorten(name: string): string {
  const text = visibleLine(name).replace('(struct ', '(');
  return text.length <= FIT ? text : `${text.slice(0, FIT / 2)}…${text.slice(1 - FIT / 2)}`;
}

function isReclaim(call: string): boolean {
  return call.includes(`(${FS_RECLAIM})`);
}
