/**
 * A commit message as lines, paragraphs and trailers.
 *
 * git (`git interpret-trailers`) reads trailers from the last paragraph only, folds lines that begin with a blank into
 * the one before, and takes `(cherry picked from commit …)` for a trailer. The kernel adds habits that are read here
 * too: notes of maintainers (`[ bp: Massage. ]`, also over several lines), remarks after `#`, Fixes lines that a mail
 * program wrapped, and known tags that lost their colon. What is found outside the block is kept apart, so that a rule
 * can say where it should stand, and quoted messages are not taken for the commit's own.
 */
import { insteadOf, knownTrailers, shortNames } from '../../kernel/trailers.ts';
import { nearestTag } from './tag-distance.ts';

export interface Trailer {
  /** The name as written. */
  readonly name: string;
  /** The known name that it stands for (`Signed-off-by` for `signed-off-by`), or the name as written. */
  readonly key: string;
  /** How the name was recognised. */
  readonly kind: 'known' | 'misspelled' | 'unknown';
  /** Unfolded, with single blanks, trimmed. */
  readonly value: string;
  /** First and last line, 1-based. */
  readonly line: number;
  readonly endLine: number;
  /** The first line up to the value: `Fixes: `. */
  readonly lead: string;
  /** False where the colon is missing. */
  readonly colon: boolean;
}

/**
 * A `[name: what was changed]` line, possibly over several lines; a `# comment`; a cherry-pick line; other text in a
 * paragraph with sign-offs, which git passes over as long as a quarter of the lines are trailers.
 */
interface Remark {
  readonly kind: 'note' | 'comment' | 'cherry-pick' | 'text';
  readonly line: number;
  readonly endLine: number;
}

export interface Paragraph {
  readonly line: number;
  readonly endLine: number;
  /** `prose` is text; `trailers` holds trailers and remarks alone; `remarks` only remarks; `separator` is `---`. */
  readonly kind: 'prose' | 'trailers' | 'remarks' | 'separator';
  readonly trailers: readonly Trailer[];
  readonly remarks: readonly Remark[];
  /** The paragraph begins without a blank line before it. */
  readonly joined: boolean;
}

export interface Message {
  /** Lines without line ends; line 1 is the subject's first. No empty lines at the end. */
  readonly lines: readonly string[];
  /** The same, each cut at 1,000 characters: what rules search in. */
  readonly heads: readonly string[];
  readonly subject: string;
  /** Last line of the subject: git folds the whole first paragraph into it. */
  readonly subjectEnd: number;
  /** After the subject, in order. */
  readonly paragraphs: readonly Paragraph[];
  /** Paragraphs that belong to the end of the message, where trailers stand. */
  readonly tail: readonly Paragraph[];
  /** All trailers of the tail, in order. */
  readonly trailers: readonly Trailer[];
  /** Trailers in the subject or the body that are the commit's own, and out of place. */
  readonly strays: readonly Trailer[];
  /** Line of the first `---`, 0 where there is none. */
  readonly separator: number;
}

const TAG = /^([ \t\u00a0]*)([A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*)([ \t\u00a0]*):([ \t\u00a0]*)(.*)$/;
/** Nothing where the colon should be, or another mark: `;`, `=`, the colon of Chinese keyboards. */
const TAG_WITHOUT_COLON =
  /^([ \t\u00a0]*)([A-Za-z]+(?:-[A-Za-z]+)+)([ \t\u00a0]*[;=,.\uff1a][ \t\u00a0]*|-?[ \t\u00a0]+)(.*)$/;
/** `Signed off by: …`: blanks where the known name has hyphens. */
const SPACED_TAG = /^([ \t]*)([A-Za-z]+(?:[ -][A-Za-z]+){1,3})([ \t]*):([ \t]*)(.*)$/;
/** `Fixes 0123456789ab ("…")`: a Fixes tag without its colon, that no sentence is like. */
const FIXES_WITHOUT_COLON =
  /^([ \t]*)(Fixes)([ \t]*[;=\uff1a][ \t]*|[ \t]+)([0-9a-f]{7,40}\s*\(".*|commit [0-9a-f]{7,40} \(".*"\))$/i;
/** `Fixes: a crash when the thing is gone`: words alone, which say what the change does. */
const FIXES_IN_WORDS = /^(?!.*(?:[0-9a-f]{7}|["#]|https?:))[A-Za-z][\w'-]*(?:,? [\w'().,-]+){3,}$/;
const ADDRESS = /<[^<>\s]+@[^<>\s]+\.[^<>\s]+>|^[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+$/;
const CHERRY_PICK = /^\s*\((?:cherry[- ]picked|backported|back-ported) from (?:commit )?.*\)?\s*$/i;
const SEPARATOR = /^---\s*$/;
/** What is longer is no message: a forged one must not make the reading long. */
const MOST_CHARACTERS = 1_000_000;
const MOST_LINES = 20_000;
const LONGEST_TAG = 1_000;
/** Mail programs break lines of more than 72 characters or so, at the last blank. */
const SHORTEST_CUT = 55;
const LONGEST_SUBJECT = 2_000;
const MOST_TAGS = 500;

/** Parses a message. Never throws; a message of more than a million characters or 20,000 lines is read so far. */
export function parseMessage(text: string): Message {
  const lines = text
    .slice(0, MOST_CHARACTERS)
    .split('\n', MOST_LINES)
    .map((line) => line.replace(/\r$/, ''));
  while (lines.length > 0 && (lines.at(-1) ?? '').trim() === '') lines.pop();
  let first = 0;
  while (first < lines.length && (lines[first] ?? '').trim() === '') first += 1;
  let subjectEnd = first;
  const strays: Trailer[] = [];
  const subject: string[] = [];
  const blank = lines.findIndex((line, index) => index >= first && line.trim() === '');
  const end = blank < 0 ? lines.length : blank;
  while (subjectEnd < end) {
    const trailer = readTrailer(lines, subjectEnd, false, end);
    if (trailer !== undefined && fitsAnywhere(trailer)) {
      strays.push(trailer);
      subjectEnd = trailer.endLine;
      continue;
    }
    subject.push((lines[subjectEnd] ?? '').trim());
    subjectEnd += 1;
  }
  const paragraphs = splitParagraphs(lines, subjectEnd);
  const separator = paragraphs.find((paragraph) => paragraph.kind === 'separator')?.line ?? 0;
  const tail = findTail(paragraphs);
  strays.push(...bodyStrays(lines, paragraphs, tail));
  return {
    lines,
    heads: lines.map((line) => line.slice(0, LONGEST_TAG)),
    subject: subject.join(' ').slice(0, LONGEST_SUBJECT),
    subjectEnd,
    paragraphs,
    tail,
    trailers: tail.flatMap((paragraph) => paragraph.trailers).slice(0, MOST_TAGS),
    strays: strays.slice(0, MOST_TAGS),
    separator,
  };
}

/** Cuts what follows the subject at blank lines, at `---`, and where trailers follow text without a blank line. */
function splitParagraphs(lines: readonly string[], from: number): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let at = from;
  while (at < lines.length) {
    if (isBlank(lines[at])) {
      at += 1;
      continue;
    }
    if (SEPARATOR.test(lines[at] ?? '')) {
      paragraphs.push(plain('separator', at, at));
      at += 1;
      continue;
    }
    const end = paragraphEnd(lines, at);
    paragraphs.push(...readParagraph(lines, at, end));
    at = end;
  }
  return paragraphs;
}

/** Index after the paragraph; a bracketed note may hold blank lines. */
function paragraphEnd(lines: readonly string[], from: number): number {
  const note = noteEnd(lines, from);
  let at = note > from ? note : from;
  while (at < lines.length && !isBlank(lines[at]) && !SEPARATOR.test(lines[at] ?? '')) at += 1;
  return at;
}

function readParagraph(lines: readonly string[], from: number, end: number): Paragraph[] {
  const run = trailerRun(lines, from, end);
  if (run.start === end) return [plain('prose', from, end - 1)];
  const kind = run.trailers.length > 0 ? 'trailers' : 'remarks';
  const found: Paragraph = {
    line: run.start + 1,
    endLine: end,
    kind,
    trailers: run.trailers,
    remarks: run.remarks,
    joined: run.start > from,
  };
  return run.start === from ? [found] : [plain('prose', from, run.start - 1), found];
}

function plain(kind: 'prose' | 'separator', from: number, to: number): Paragraph {
  return { line: from + 1, endLine: to + 1, kind, trailers: [], remarks: [], joined: false };
}

interface Run {
  start: number;
  trailers: Trailer[];
  remarks: Remark[];
}

/** The longest run of trailers and remarks that reaches the end of the paragraph and holds at least one of them. */
function trailerRun(lines: readonly string[], from: number, end: number): Run {
  let run: Run = { start: end, trailers: [], remarks: [] };
  let at = from;
  while (at < end) {
    const open = run.start < end;
    const item = readItem(lines, at, end, open && run.trailers.length > 0);
    if (item === undefined) {
      const folded = open && run.trailers.length > 0 && /^\s/.test(lines[at] ?? '');
      if (folded || isSigned(run)) run.remarks.push({ kind: 'text', line: at + 1, endLine: at + 1 });
      else run = { start: end, trailers: [], remarks: [] };
      at += 1;
      continue;
    }
    if (!open) run.start = at;
    if ('key' in item) run.trailers.push(item);
    else run.remarks.push(item);
    at = item.endLine;
  }
  const isOwn =
    run.trailers.some((trailer) => !/^\s/.test(trailer.lead)) || isIndentedEnd(run, lines, from, end);
  const own = isOwn && hasEnoughTrailers(run);
  const remarksAlone = run.trailers.length === 0 && run.start === from;
  return own || remarksAlone ? run : { start: end, trailers: [], remarks: [] };
}

/** The end of a message whose author pressed the space bar first: sign-offs and nothing else, hardly indented. */
function isIndentedEnd(run: Run, lines: readonly string[], from: number, end: number): boolean {
  return (
    end === lines.length &&
    run.start === from &&
    run.remarks.length === 0 &&
    run.trailers.some((trailer) => trailer.key === 'Signed-off-by') &&
    run.trailers.every((trailer) => /^\s{1,2}\S/.test(trailer.lead))
  );
}

function isSigned(run: Run): boolean {
  return run.trailers.some((trailer) => trailer.key === 'Signed-off-by' && !/^\s/.test(trailer.lead));
}

/** git's own measure: 25 % of the lines. */
function hasEnoughTrailers(run: Run): boolean {
  const text = run.remarks.filter((remark) => remark.kind === 'text').length;
  return run.trailers.length * 3 >= text;
}

/** The trailer or remark that begins on line `at`. `inBlock`: trailers stand right above. */
function readItem(
  lines: readonly string[],
  at: number,
  end: number,
  inBlock: boolean,
): Trailer | Remark | undefined {
  const line = lines[at] ?? '';
  if (CHERRY_PICK.test(line)) return { kind: 'cherry-pick', line: at + 1, endLine: at + 1 };
  const note = noteEnd(lines, at);
  if (note > at) {
    // `  Link: …` below a note is where it was discussed.
    let last = note;
    while (last < end && /^[ \t]+(?:Link|Closes|Message-ID):/i.test(lines[last] ?? '')) last += 1;
    return note <= end ? { kind: 'note', line: at + 1, endLine: last } : undefined;
  }
  if (inBlock && /^\s*#/.test(line)) return { kind: 'comment', line: at + 1, endLine: at + 1 };
  return readTrailer(lines, at, inBlock, end);
}

/** Index after a note in square brackets that begins on line `at`; `at` where there is none. */
function noteEnd(lines: readonly string[], at: number): number {
  const line = lines[at] ?? '';
  if (!/^\s*\[/.test(line) || /^\s*\[\s*\d+(?:\.\d+)?\s*\]/.test(line) || /^\s*\[</.test(line)) return at;
  let depth = 0;
  for (let index = at; index < Math.min(lines.length, at + 60); index += 1) {
    for (const character of lines[index] ?? '') {
      if (character === '[') depth += 1;
      if (character === ']') depth -= 1;
    }
    if (depth <= 0) return /\]\s*$/.test(lines[index] ?? '') || index > at ? index + 1 : at;
  }
  return at;
}

/** The trailer on line `at`, with the lines that continue it. */
function readTrailer(
  lines: readonly string[],
  at: number,
  inBlock: boolean,
  end: number = at + 1,
): Trailer | undefined {
  const line = lines[at] ?? '';
  if (line.length > LONGEST_TAG) return undefined;
  const tagged = TAG.exec(line) ?? SPACED_TAG.exec(line);
  const match = tagged ?? TAG_WITHOUT_COLON.exec(line) ?? FIXES_WITHOUT_COLON.exec(line);
  if (match === null) return undefined;
  const name = match[2] ?? '';
  const start = clean(match.at(-1) ?? '');
  if (start.startsWith('//')) return undefined; // https://…
  const named = recognise(name, start, tagged !== null, inBlock);
  if (named === undefined) return undefined;
  if (
    named.key === 'Fixes' &&
    !inBlock &&
    FIXES_IN_WORDS.test(start) &&
    !startsItem(lines.slice(0, end), at + 1)
  )
    return undefined;
  const last = continuationEnd(lines, at, end, named.key);
  const value = clean([start, ...lines.slice(at + 1, last)].join(' '));
  const lead = line.slice(0, line.length - (match.at(-1) ?? '').length);
  return { name, ...named, value, line: at + 1, endLine: last, lead, colon: tagged !== null };
}

function recognise(
  name: string,
  value: string,
  colon: boolean,
  inBlock: boolean,
): Pick<Trailer, 'key' | 'kind'> | undefined {
  const lower = name.toLowerCase();
  const known = knownTrailers.get(lower);
  const looksSigned = ADDRESS.test(value);
  if (!colon) {
    if (lower === 'fixes') return { key: 'Fixes', kind: 'known' };
    return known?.value === 'person' && (looksSigned || /<.*@|\sat\s/.test(value))
      ? { key: known.name, kind: 'known' }
      : undefined;
  }
  if (name.includes(' ')) {
    const meant = knownTrailers.get(lower.replace(/ /g, '-'));
    return meant?.value === 'person' && looksSigned ? { key: meant.name, kind: 'misspelled' } : undefined;
  }
  if (known !== undefined) {
    const plain =
      known.documented ||
      inBlock ||
      looksSigned ||
      name.includes('-') ||
      (known.value === 'url' && /^<?https?:/.test(value));
    return plain ? { key: known.name, kind: 'known' } : undefined;
  }
  if (isCombined(lower)) return { key: capitalised(name), kind: 'known' };
  if (/^(?:bug-?)?fix/.test(lower) && /^[0-9a-f]{7,40}\s*\("/i.test(value))
    return { key: 'Fixes', kind: 'misspelled' };
  const short = shortNames.get(lower);
  if (short !== undefined && looksSigned) return { key: short, kind: 'misspelled' };
  const near = insteadOf.has(lower) ? undefined : nearestTag(name, value);
  if (near !== undefined) return { key: near, kind: 'misspelled' };
  if (looksSigned) return { key: name, kind: 'unknown' };
  if (insteadOf.has(lower) && /^\S+$/.test(value)) return { key: name, kind: 'unknown' };
  if (/-by$/i.test(name) || (inBlock && value !== '')) return { key: name, kind: 'unknown' };
  return undefined;
}

/** `Reviewed-and-tested-by`: every part is a known tag. */
function isCombined(lower: string): boolean {
  const parts = /^(.+)-by$/.exec(lower)?.[1]?.split(/-and-|-n-/) ?? [];
  return parts.length > 1 && parts.every((part) => knownTrailers.has(`${part}-by`));
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).toLowerCase();
}

/** Index after the lines that continue the trailer of line `at`. */
function continuationEnd(lines: readonly string[], at: number, end: number, key: string): number {
  let next = at + 1;
  if (key === 'Fixes' && isClosed(lines[at] ?? '')) return next;
  while (next < end && /^[ \t\u00a0]+\S/.test(lines[next] ?? '') && !startsItem(lines, next)) next += 1;
  // The address of a person whose name filled the line.
  if (next === at + 1 && next < end && knownTrailers.get(key.toLowerCase())?.value === 'person')
    return !/@/.test(lines[at] ?? '') && /^<[^<>\s]+@[^<>\s]+>\s*$/.test(lines[next] ?? '') ? next + 1 : next;
  if (key !== 'Fixes' || next > at + 1) return next;
  const wrapped = wrappedFixesEnd(lines, at, end);
  return wrapped === undefined ? next : wrapped;
}

/** A Fixes tag that goes on without a leading blank: until its quotes and parentheses are closed. */
function wrappedFixesEnd(lines: readonly string[], at: number, end: number): number | undefined {
  let text = lines[at] ?? '';
  if (/:\s*$/.test(text) && at + 1 < end && /^(?:commit )?[0-9a-f]{7,40}\b/.test(lines[at + 1] ?? '')) {
    return (
      wrappedFixesEnd([...lines.slice(0, at), `${text} ${lines[at + 1]}`, ...lines.slice(at + 2)], at, end) ??
      at + 2
    );
  }
  if (!/[0-9a-f]{5,40}/i.test(text) || isClosed(text)) return undefined;
  for (let next = at + 1; next < Math.min(end, at + 4); next += 1) {
    if (startsItem(lines, next)) break;
    text += ` ${lines[next] ?? ''}`;
    if (isClosed(text)) return next + 1;
  }
  return isCut(lines, at, end) ? at + 2 : undefined;
}

/** The subject that a Fixes line quotes is closed: `("…")`, `(…)`, `"…"`. A SHA1 alone is not. */
function isClosed(text: string): boolean {
  const rest = text.replace(/^[^:]*:\s*(?:[0-9a-f]+(?=[\s("'\u201c])|\S+)/i, '').trimEnd();
  if (rest === '' || !/[("'“]/.test(rest)) return false;
  if (/\(/.test(rest)) return /\)[^)]*$/.test(rest) && count(rest, '(') <= count(rest, ')');
  return /["'”][^"'”]*$/.test(rest) && rest.replace(/[^"]/g, '').length % 2 === 0;
}

/** A long line that a mail program broke although no mark says so: one line more, and other tags below it. */
function isCut(lines: readonly string[], at: number, end: number): boolean {
  const [line = '', rest = ''] = lines.slice(at, at + 2);
  return (
    at + 2 < end &&
    line.length > SHORTEST_CUT &&
    rest.length < line.length &&
    !isClosed(line) &&
    !/["')]\s*$/.test(line) &&
    !startsItem(lines, at + 1) &&
    startsItem(lines, at + 2)
  );
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function startsItem(lines: readonly string[], at: number): boolean {
  const line = (lines[at] ?? '').slice(0, LONGEST_TAG);
  if (CHERRY_PICK.test(line) || noteEnd(lines, at) > at) return true;
  const match = TAG.exec(line) ?? TAG_WITHOUT_COLON.exec(line) ?? FIXES_WITHOUT_COLON.exec(line);
  if (match === null) return false;
  return recognise(match[2] ?? '', clean(match.at(-1) ?? ''), TAG.test(line), false) !== undefined;
}

function clean(text: string): string {
  return text.replace(/[\s\u00a0]+/g, ' ').trim();
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}

/**
 * The end of the message: the last paragraphs of trailers and remarks without text between them. Text or a
 * changelog may stand below (which a rule reports); then the tail ends above it.
 */
function findTail(paragraphs: readonly Paragraph[]): readonly Paragraph[] {
  const signed = paragraphs.findLastIndex((paragraph) =>
    paragraph.trailers.some((trailer) => trailer.key === 'Signed-off-by'),
  );
  let last = paragraphs.findLastIndex((paragraph) => paragraph.kind === 'trailers');
  if (last < 0) return [];
  if (signed >= 0 && paragraphs.slice(signed + 1, last).some((paragraph) => paragraph.kind === 'prose'))
    last = signed;
  let first = last;
  for (let index = last - 1; index >= 0; index -= 1) {
    const kind = paragraphs[index]?.kind;
    if (kind === 'prose') break;
    if (kind === 'trailers') first = index;
  }
  return paragraphs.slice(first, last + 1);
}

/** Trailers above the tail that are not part of a quoted message: whole paragraphs, and Fixes lines amid text. */
function bodyStrays(
  lines: readonly string[],
  paragraphs: readonly Paragraph[],
  tail: readonly Paragraph[],
): Trailer[] {
  return paragraphs
    .filter((paragraph) => !tail.includes(paragraph))
    .flatMap((paragraph) => (paragraph.kind === 'prose' ? amidText(lines, paragraph) : paragraph.trailers))
    .filter((trailer, _, all) => !all.some((other) => isOfOneQuote(other, trailer)))
    .filter((trailer) => !/^\s/.test(trailer.lead) && fitsAnywhere(trailer));
}

/** A sign-off right above or below: somebody else's message is quoted here. */
function isOfOneQuote(signOff: Trailer, trailer: Trailer): boolean {
  return signOff.key === 'Signed-off-by' && Math.abs(signOff.line - trailer.line) < 20;
}

function amidText(lines: readonly string[], paragraph: Paragraph): Trailer[] {
  const found: Trailer[] = [];
  for (let at = paragraph.line - 1; at < paragraph.endLine; at += 1) {
    if (!/^(?:Fixes|Signed-off-by): /.test(lines[at] ?? '')) continue;
    const trailer = readTrailer(lines, at, false, paragraph.endLine);
    if (trailer !== undefined) found.push(trailer);
  }
  return found;
}

/** Tags that are never prose: a Fixes with a SHA1 or quotes, a person with an address. */
function fitsAnywhere(trailer: Trailer): boolean {
  if (trailer.key === 'Fixes')
    return /[0-9a-f]{7,40}|\("|^https?:|^</i.test(trailer.value) || trailer.value.startsWith('"');
  return trailer.kind === 'known' && ADDRESS.test(trailer.value);
}
