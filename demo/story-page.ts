/** The story as a page of Markdown: GitHub shows in it what it would show in the pull request. */
import { type Remark, type Scene, withoutAddresses } from './scenes.ts';

const SIGNS: Readonly<Record<string, string>> = { eyes: '👀', rocket: '🚀', confused: '😕' };
const MARKS: Readonly<Record<string, string>> = { success: '✅', failure: '❌', neutral: '⚪' };

const INTRODUCTION = `# A pull request over five pushes

What Adjutant writes, and what it leaves alone, while somebody works on a pull request: on each finding one comment for as
long as it lives. Written by \`npm run demo -- --story --page docs/conversation.md\`; a test keeps it as the App is.`;

export function storyPage(scenes: readonly Scene[]): string {
  return `${[INTRODUCTION, ...scenes.map(sceneMarkdown)].join('\n\n')}\n`;
}

function sceneMarkdown({ title, head, isPush, checks, remarks }: Scene): string {
  const rows = checks.map(
    (run) => `| ${MARKS[run.conclusion ?? ''] ?? ''} | ${run.name} | ${run.title ?? ''} |`,
  );
  const table =
    rows.length === 0 ? [] : [['| | check | result |', '| --- | --- | --- |', ...rows].join('\n')];
  const changed = changesMarkdown(remarks.filter(({ kind }) => kind === 'changed'));
  const said = remarks.filter(({ kind }) => kind !== 'changed').map(remarkMarkdown);
  const parts = isPush
    ? [`Head \`${head.slice(0, 12)}\`.`, ...table, ...changed, ...said]
    : [...said, ...changed, ...table];
  return [`## ${title}`, ...parts].join('\n\n');
}

/** Comments whose words changed, a line each: their first one says what became of the finding. */
function changesMarkdown(remarks: readonly Remark[]): string[] {
  const lines = remarks.map(({ body, place, folded }) => {
    const first = body.split('\n', 1)[0] ?? '';
    const became = /^[✅🔕]/u.test(first) ? first : `back, as it was: ${first}`;
    return `- \`${place?.path}:${place?.line}\`: ${became}${folded ? ' (folded away)' : ''}`;
  });
  return lines.length === 0 ? [] : [`Comments that changed:\n\n${lines.join('\n')}`];
}

function remarkMarkdown({ kind, by, body, reactions, place, hunk }: Remark): string {
  const signs = reactions.map((content) => SIGNS[content] ?? content).join(' ');
  const where = place === undefined ? '' : ` at \`${place.path}:${place.line}\``;
  const verb = kind === 'review' ? ' reviews' : where === '' ? '' : ' writes';
  const head = `**${by}**${verb}${where}${signs === '' ? '' : ` ${signs}`}`;
  const diff = hunk === undefined ? [] : ['```diff', ...hunk, '```', ''];
  return [`> ${head}`, '', ...diff, ...withoutAddresses(body).split('\n')]
    .map((line, index) => (index === 0 ? line : `> ${line}`.trimEnd()))
    .join('\n');
}
