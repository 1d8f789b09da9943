/** Lines of source with the steps of a trace marked in them. */
import { html } from 'hono/html';
import type { Step } from '../checkers/checker.ts';
import { visibleLine } from '../report/visible.ts';
import type { KeptFinding, QuotedLine } from '../store/findings.ts';
import type { Markup } from './layout.ts';

/** Steps that are shown of a way that is very long: from its beginning and from its end. */
const MOST_STEPS = 20;
/** Characters of a line. */
const LONGEST_LINE = 200;
/** Lines before and after a step that are shown. */
const AROUND = 4;

/** A step with its number in the whole trace, which the text beside the code refers to. */
export interface NumberedStep {
  readonly step: Step;
  readonly number: number;
}

/** Steps one after the other, each function's together: a heading with the place, then the code. */
export function tracedCode(steps: readonly NumberedStep[], source: KeptFinding['source']): Markup[] {
  const groups: NumberedStep[][] = [];
  const half = MOST_STEPS / 2;
  const shown = steps.length <= MOST_STEPS ? steps : [...steps.slice(0, half), ...steps.slice(-half)];
  for (const numbered of shown) {
    const last = groups.at(-1)?.[0]?.step;
    if (last?.path === numbered.step.path && last.function === numbered.step.function)
      groups.at(-1)?.push(numbered);
    else groups.push([numbered]);
  }
  return groups.map((group) => {
    const [{ step }] = group as [NumberedStep];
    const [path, name] = [visibleLine(step.path), visibleLine(step.function)];
    return html`<figure class="code">
<figcaption><b>${name === '' ? '' : `${name}()`}</b> <span>${path}</span></figcaption>
${codeBlock(source[step.path] ?? [], group, `${path}, ${name}()`)}
</figure>`;
  });
}

/** One block of code; lines that are left out are shown as a gap. */
export function codeBlock(
  lines: readonly QuotedLine[],
  steps: readonly NumberedStep[],
  title: string,
): Markup {
  const near = lines.filter(({ line }) => steps.some(({ step }) => Math.abs(step.line - line) <= AROUND));
  const missing = steps.filter(({ step }) => !near.some(({ line }) => line === step.line));
  return html`<div class="lines" role="group" aria-label="${title}" tabindex="0"><ol>
${near.map((quoted, index) => {
  const before = near[index - 1];
  const here = steps.filter(({ step }) => step.line === quoted.line);
  const gap = before !== undefined && before.line + 1 < quoted.line ? html`<li class="gap">⋯</li>` : '';
  return html`${gap}${codeLine(quoted, here)}`;
})}
${missing.map(({ step, number }) => note(step, number))}
</ol></div>`;
}

function codeLine({ line, text, added }: QuotedLine, steps: readonly NumberedStep[]): Markup {
  const kind = [steps.length > 0 ? 'step' : '', added ? 'added' : ''].filter(Boolean).join(' ');
  return html`<li class="${kind}"><span class="number">${line}</span><code>${highlighted(visibleLine(text.length <= LONGEST_LINE ? text : `${text.slice(0, LONGEST_LINE)}…`))}</code></li>
${steps.map(({ step, number }) => note(step, number))}`;
}

function note(step: Step, number: number): Markup {
  return html`<li class="note"><span class="number">${number}</span><span>${visibleLine(step.text)}</span></li>`;
}

const WORD =
  /(\/\*.*?(?:\*\/|$)|\/\/.*$)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\b(if|else|for|while|do|switch|case|default|break|continue|return|goto|sizeof|struct|union|enum|static|const|inline|void|int|long|unsigned|signed|char|short|bool|u8|u16|u32|u64|s32|s64|size_t|gfp_t|extern|typedef|NULL|true|false)\b|^(\s*#\s*\w+)/g;

/** A line of C with comments, strings and keywords told apart; what it can't tell stays plain. */
function highlighted(text: string): Markup[] {
  const parts: Markup[] = [];
  let from = 0;
  for (const match of text.matchAll(WORD)) {
    const [word, comment, string, keyword] = match;
    const kind = comment ? 'c' : string ? 's' : keyword ? 'k' : 'p';
    parts.push(html`${text.slice(from, match.index)}<i class="${kind}">${word}</i>`);
    from = match.index + word.length;
  }
  parts.push(html`${text.slice(from)}`);
  return parts;
}
