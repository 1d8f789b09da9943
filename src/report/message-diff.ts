/** A commit message before and after its correction, as a unified diff. */

const CONTEXT = 3;
const MOST_CELLS = 4_000_000;

/** The diff, or an empty string where nothing differs. `name` heads it. */
export function messageDiff(before: string, after: string, name: string): string {
  if (before === after) return '';
  const [a, b] = [before.replace(/\n$/, '').split('\n'), after.replace(/\n$/, '').split('\n')];
  const edits = diffLines(a, b);
  const hunks = groupHunks(edits);
  return [`--- a/${name}`, `+++ b/${name}`, ...hunks.flatMap(formatHunk)].join('\n').concat('\n');
}

interface Edit {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
  /** Line numbers, 1-based, in the old and the new text at this point. */
  readonly before: number;
  readonly after: number;
}

/** Lines in common by the longest common subsequence; a message too long for that is replaced as a whole. */
function diffLines(a: readonly string[], b: readonly string[]): Edit[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const [left, right] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const marks: [Edit['mark'], string][] = [
    ...a.slice(0, head).map((text): [' ', string] => [' ', text]),
    ...middle(left, right),
    ...a.slice(a.length - tail).map((text): [' ', string] => [' ', text]),
  ];
  let [before, after] = [1, 1];
  return marks.map(([mark, text]) => {
    const edit = { mark, text, before, after };
    if (mark !== '+') before += 1;
    if (mark !== '-') after += 1;
    return edit;
  });
}

function middle(a: readonly string[], b: readonly string[]): [Edit['mark'], string][] {
  if (a.length * b.length > MOST_CELLS) {
    return [...a.map((text): ['-', string] => ['-', text]), ...b.map((text): ['+', string] => ['+', text])];
  }
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const marks: [Edit['mark'], string][] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      marks.push([' ', a[i] as string]);
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      marks.push(['-', a[i] as string]);
      i += 1;
    } else {
      marks.push(['+', b[j] as string]);
      j += 1;
    }
  }
  return marks;
}

function groupHunks(edits: readonly Edit[]): Edit[][] {
  const hunks: Edit[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const [index, edit] of edits.entries()) {
    if (edit.mark === ' ') continue;
    const from = Math.max(0, index - CONTEXT);
    if (from <= last + CONTEXT) hunks.at(-1)?.push(...edits.slice(last + 1, index + 1));
    else {
      hunks.at(-1)?.push(...edits.slice(last + 1, last + 1 + CONTEXT));
      hunks.push(edits.slice(from, index + 1));
    }
    last = index;
  }
  hunks.at(-1)?.push(...edits.slice(last + 1, last + 1 + CONTEXT));
  return hunks;
}

function formatHunk(hunk: readonly Edit[]): string[] {
  const [first] = hunk;
  if (first === undefined) return [];
  const old = hunk.filter((edit) => edit.mark !== '+').length;
  const now = hunk.filter((edit) => edit.mark !== '-').length;
  return [
    `@@ -${old === 0 ? first.before - 1 : first.before},${old} +${now === 0 ? first.after - 1 : first.after},${now} @@`,
    ...hunk.map((edit) => `${edit.mark}${edit.text}`),
  ];
}
