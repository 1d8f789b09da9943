/** A finding as a line of a list. */
import { html } from 'hono/html';
import { COMMIT_MESSAGE, type Severity } from '../checkers/checker.ts';
import { shortId } from '../report/places.ts';
import { visibleLine } from '../report/visible.ts';
import type { FoundFinding } from '../store/findings.ts';
import type { Markup } from './layout.ts';
import { prose } from './prose.ts';

export function severityMark(severity: Severity): Markup {
  return html`<span class="mark ${severity}">${severity}</span>`;
}

const LONGEST = 240;

/** A message may quote a line of a stranger's commit; its own page has all of it. */
function clipped(message: string): string {
  return message.length <= LONGEST ? message : `${message.slice(0, LONGEST)}…`;
}

export function findingItem(
  { finding }: FoundFinding,
  href: string | undefined,
  beside: Markup | string = '',
): Markup {
  const message = prose(visibleLine(clipped(finding.message)));
  const place =
    finding.path === COMMIT_MESSAGE
      ? `message of ${shortId(finding.commit ?? '')}, line ${finding.line}`
      : `${visibleLine(finding.path)}:${finding.line}`;
  return html`<li>${severityMark(finding.severity)} ${href === undefined ? message : html`<a href="${href}">${message}</a>`}
<span class="small"><code>${place}</code> · ${finding.rule}${beside}</span></li>`;
}
