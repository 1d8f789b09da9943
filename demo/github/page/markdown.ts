/** GitHub's Markdown, as much of it as a review bot writes, to HTML. All that is not known is shown as text. */

/** HTML that GitHub lets through, without attributes. */
const ALLOWED = /^<\/?(?:details|summary|sub|sup|b|i|em|strong|code|br|kbd)>/;
const BLOCK_END = /^(?:```|#{1,6} |[-*] |\d+\. |> |<\/?details>|<summary>|\|)/;

export function markdown(source: string): string {
  const lines = source
    .replaceAll('\r', '')
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .split('\n');
  return blocks(lines);
}

function blocks(lines: readonly string[]): string {
  const out: string[] = [];
  let at = 0;
  const takeWhile = (keep: (line: string) => boolean): string[] => {
    const start = at;
    while (at < lines.length && keep(lines[at] as string)) at++;
    return lines.slice(start, at);
  };
  while (at < lines.length) {
    const line = lines[at] as string;
    const fence = /^(\s*)(`{3,}|~{3,})\s*(\w*)/.exec(line);
    const heading = /^(#{1,6}) (.*)$/.exec(line);
    if (line.trim() === '') at++;
    else if (fence !== null) {
      at++;
      const body = takeWhile((text) => !text.trim().startsWith(fence[2] as string));
      at++;
      out.push(codeBlock(body.join('\n'), fence[3] ?? ''));
    } else if (heading !== null) {
      at++;
      const level = (heading[1] as string).length;
      out.push(`<h${level}>${inline(heading[2] as string)}</h${level}>`);
    } else if (line.startsWith('>')) {
      const quoted = takeWhile((text) => text.startsWith('>'));
      out.push(`<blockquote>${blocks(quoted.map((text) => text.replace(/^> ?/, '')))}</blockquote>`);
    } else if (/^([-*]|\d+\.) /.test(line)) {
      const tag = /^\d/.test(line) ? 'ol' : 'ul';
      const items = takeWhile((text) => /^([-*]|\d+\.) /.test(text) || /^ {2,}\S/.test(text));
      out.push(`<${tag}>${listItems(items)}</${tag}>`);
    } else if (line.startsWith('|')) {
      out.push(table(takeWhile((text) => text.startsWith('|'))));
    } else if (/^<\/?details>|^<summary>/.test(line)) {
      at++;
      out.push(inline(line));
    } else {
      at++;
      const rest = takeWhile((text) => text.trim() !== '' && !BLOCK_END.test(text));
      out.push(`<p>${[line, ...rest].map(inline).join('<br>')}</p>`);
    }
  }
  return out.join('\n');
}

/** The second row says that the first is the head; a bar behind a backslash is no border. */
function table(rows: readonly string[]): string {
  const cells = rows
    .filter((row) => !/^[|\s:-]+$/.test(row))
    .map((row) =>
      row
        .slice(1)
        .replace(/\|\s*$/, '')
        .split(/(?<!\\)\|/)
        .map((cell) => inline(cell.trim())),
    );
  const row = (tag: string, of: readonly string[]) =>
    `<tr>${of.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  const [head = [], ...body] = cells;
  return `<table class="text">${row('th', head)}${body.map((one) => row('td', one)).join('')}</table>`;
}

/** Indented lines belong to the item above. */
function listItems(lines: readonly string[]): string {
  const items: string[][] = [];
  for (const line of lines) {
    if (/^([-*]|\d+\.) /.test(line)) items.push([line.replace(/^([-*]|\d+\.) /, '')]);
    else items.at(-1)?.push(line.trim());
  }
  return items.map((item) => `<li>${item.map(inline).join('<br>')}</li>`).join('');
}

function codeBlock(text: string, language: string): string {
  if (language !== 'suggestion') return `<pre class="code"><code>${htmlText(text)}</code></pre>`;
  const lines = text.split('\n').map((line) => `<div class="add">+ ${htmlText(line)}</div>`);
  return `<div class="suggestion"><div class="bar">Suggested change</div><pre>${lines.join('')}</pre></div>`;
}

/** Character by character: nothing in a code span or behind a backslash means anything. */
function inline(text: string): string {
  let out = '';
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const escaped = /^\\([!-/:-@[-`{-~])/.exec(rest);
    const code = /^(`+)(.+?)\1(?!`)/.exec(rest);
    const strong = /^\*\*(.+?)\*\*/.exec(rest);
    const link = /^\[((?:\\.|[^\]\\])*)\]\((https?:[^)\s]*)\)/.exec(rest);
    const entity = /^&(?:#\d+|#x[\da-f]+|\w+);/i.exec(rest);
    const tag = ALLOWED.exec(rest);
    const found = escaped ?? code ?? strong ?? link ?? entity ?? tag;
    if (escaped) out += htmlText(escaped[1] as string);
    else if (code) out += `<code>${htmlText((code[2] as string).replace(/^ (.*) $/, '$1'))}</code>`;
    else if (strong) out += `<strong>${inline(strong[1] as string)}</strong>`;
    else if (link) out += `<a href="${htmlText(link[2] as string)}">${inline(link[1] as string)}</a>`;
    else if (entity ?? tag) out += (entity ?? tag)?.[0];
    else out += htmlText(rest[0] as string);
    at += found === null || found === undefined ? 1 : found[0].length;
  }
  return out;
}

function htmlText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
