/** The story in a terminal. */
import { styleText } from 'node:util';
import { type Remark, type Scene, withoutAddresses } from './scenes.ts';
import { readable, SIGNS } from './transcript.ts';

type Style = Parameters<typeof styleText>[0];

/** @param color whether the terminal shows styles */
export function sceneText({ title, head, isPush, checks, remarks }: Scene, color: boolean): string {
  const styled = (style: Style, text: string) =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const results = checks.map(({ name, conclusion, title: result }) => {
    const good = conclusion === 'success';
    return `   ${styled(good ? 'green' : 'red', good ? '✓' : '✗')} ${name.padEnd(24)} ${result ?? ''}`;
  });
  const words = remarks.flatMap((remark) => ['', ...remarkLines(remark)]);
  const parts = isPush
    ? [...results, ...words]
    : [...words, ...(results.length === 0 ? [] : ['', ...results])];
  return `${[styled('bold', `── ${title} (${head.slice(0, 7)})`), ...parts].join('\n')}\n`;

  function remarkLines({ kind, by, body, reactions, place, hunk, folded }: Remark): string[] {
    const where = place === undefined ? '' : styled('cyan', ` ${place.path}:${place.line}`);
    const [first = '', ...rest] = readable(withoutAddresses(body));
    if (kind === 'changed')
      return [`   ${styled('bold', by)}${where}  ${first}${folded ? ' (folded away)' : ''}`];
    const signs = reactions.map((content) => SIGNS[content] ?? content).join(' ');
    const diff = (hunk ?? []).map((line) => {
      const style = line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : 'dim';
      return `     ${styled(style, line.replaceAll('\t', '        '))}`;
    });
    const words = [first, ...rest].map((line) => (line === '' ? '' : `     ${line}`));
    return [`   ${styled('bold', by)}${where}${signs === '' ? '' : `  ${signs}`}`, ...diff, ...words];
  }
}
