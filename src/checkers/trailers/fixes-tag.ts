/**
 * The value of a Fixes tag, `<sha1> ("<subject>")`, taken apart so that each rule can look at its part.
 * The form is that of submitting-patches.rst; the deviations are those that linux-next's check_fixes names.
 */

export interface FixesTag {
  /** Words before the SHA1: `commit`. */
  readonly leading: string;
  /** Hex digits as written; empty where nothing can be read as a SHA1. */
  readonly sha: string;
  /** What stands where the SHA1 should be, when it is none: `9554bfe403nd`, `https://…`. */
  readonly instead: string;
  /** Characters that follow the digits without a blank: `:`, `t`, `(`. */
  readonly glued: string;
  /** The subject as quoted, without parentheses and quotes; empty where there is none. */
  readonly subject: string;
  /** Parentheses and quotes are those of the form. */
  readonly wellQuoted: boolean;
  /** The quoted text is complete: no closing mark is missing. */
  readonly closed: boolean;
  /** Quotes that only look different: ‘’ “”. */
  readonly typographic: boolean;
  /** Text behind the subject: a date, a full stop. */
  readonly trailing: string;
  /** A `# remark` behind the tag. */
  readonly remark: string;
}

/** Longer than any subject. */
const LONGEST = 2_000;
const LEADING = /^((?:[A-Za-z][A-Za-z-]*:?\s+){1,3})(?=[0-9a-fA-F]{7,}(?:\b|[^0-9a-zA-Z]))/;
/** Digits alone behind other words are a number of theirs: `Coverity CID 1234567`. */
const NUMBERED = /^(?!commit\b|fixes\b|sha|id\b)[A-Za-z][A-Za-z -]*:?\s+\d{5,11}\b/i;
/** `0123456789ab, 123456789abc`: SHA1s one after the other. */
const SEVERAL = /^([0-9a-f]{7,40})\s*((?:(?:,|;|&|\band\b)\s*[0-9a-f]{7,40}\s*)+)$/i;
/** Marks that some put around the subject in place of `("…")`. */
const OTHER_MARKS = /^(?:\[(.*)\]|<(.*)>|\{(.*)\}|`(.*)`|[-\u2013\u2014]\s+(.*))$/s;
const DATE = /[,;]?\s*\(?\d{4}-\d{2}-\d{2}\)?\s*$/;

/** Takes the value apart. Never throws; fields that are not there are empty. */
export function parseFixes(whole: string): FixesTag {
  const value = whole.slice(0, LONGEST);
  const [text, remark] = splitRemark(value);
  const leading = hexWord(text) || NUMBERED.test(text) ? '' : (LEADING.exec(text)?.[1]?.trim() ?? '');
  const rest = text.slice(leading.length).trim();
  const several = SEVERAL.exec(rest);
  if (several !== null) {
    const [, sha = '', others = ''] = several;
    return { ...nothing(remark), leading, sha, trailing: others.trim() };
  }
  const digits = shaDigits(rest);
  const after = rest.slice(digits.length);
  const word = /^[^\s("'“‘:]+/.exec(rest)?.[0] ?? '';
  if (digits === '') {
    const subject = /\("?(.+?)"?\)$|^["']?(.+?)["']?$/.exec(rest.slice(word.length).trim());
    return {
      ...nothing(remark),
      leading,
      closed: !/["(]/.test(rest) || /["')]$/.test(rest),
      instead: word === '' ? rest : word,
      subject: (subject?.[1] ?? subject?.[2] ?? '').trim(),
    };
  }
  const glued = /^[^\s("'“‘]*/.exec(after)?.[0] ?? '';
  return {
    leading,
    sha: digits,
    instead: digits.length < 12 && /^[0-9A-Za-z]/.test(glued) ? word : '',
    glued: glued === '' && /^["'“‘(]/.test(after) ? after.slice(0, 1) : glued,
    remark,
    ...quoted(after.slice(glued.length)),
  };
}

/** The hex digits at the start; a short word of letters (`added`) or a short number is no SHA1. */
function shaDigits(text: string): string {
  const digits = /^[0-9a-fA-F]{5,64}/.exec(text)?.[0] ?? '';
  if (digits.length >= 12) return digits;
  const plausible = /\d/.test(digits) && (digits.length >= 7 || /[a-f]/i.test(digits));
  return plausible ? digits : '';
}

function nothing(remark: string): FixesTag {
  return {
    leading: '',
    sha: '',
    instead: '',
    glued: '',
    subject: '',
    wellQuoted: false,
    closed: true,
    typographic: false,
    trailing: '',
    remark,
  };
}

function hexWord(text: string): boolean {
  return /^[0-9a-fA-F]{7,}/.test(text);
}

/** `… # remark` after the subject; a `#` inside the quotes is part of it. */
function splitRemark(value: string): [string, string] {
  const at = /(?<=["')\s])\s#\s?[^"')]*$/.exec(value);
  if (at === null || at.index === 0) return [value.trim(), ''];
  return [value.slice(0, at.index).trim(), value.slice(at.index).trim()];
}

type Quoted = Pick<FixesTag, 'subject' | 'wellQuoted' | 'closed' | 'typographic' | 'trailing'>;

/** Reads `("subject")` and everything that people write in its place. */
function quoted(rest: string): Quoted {
  const text = rest.trim();
  const typographic = /^\(?[“”‘’]/.test(text) || /[“”‘’]\)?$/.test(text);
  const plain = text.replace(/[“”]/g, '"').replace(/^\(?‘|’\)?$/g, (mark) => mark.replace(/[‘’]/, "'"));
  const form = /^\("(.*)"\)(.*)$/.exec(plain);
  if (form !== null) {
    const second = /"\)[\s,;]+(?:and\s+|&\s+)?(?=[0-9a-f]{7,40}\b|\()/.exec(form[1] ?? '');
    if (second !== null) {
      const subject = plain.slice(2, second.index + 2);
      const trailing = plain.slice(second.index + 4).trim();
      return { subject, wellQuoted: true, closed: true, typographic, trailing };
    }
    const trailing = (form[2] ?? '').trim();
    const inside = form[1] ?? '';
    const surplus =
      /^"(.*)"$/.exec(inside)?.[1] ?? (count(inside, '"') % 2 === 1 ? inside.replace(/^"|"$/, '') : inside);
    if (/^[)"']+$/.test(trailing) || (surplus !== inside && trailing === ''))
      return { subject: surplus, wellQuoted: false, closed: true, typographic, trailing: '' };
    return { subject: form[1] ?? '', wellQuoted: true, closed: true, typographic, trailing };
  }
  if (plain === '') return { subject: '', wellQuoted: false, closed: true, typographic, trailing: '' };
  const other = OTHER_MARKS.exec(plain);
  if (other !== null) {
    const inside = other.slice(1).find((part) => part !== undefined) ?? '';
    return { ...quoted(inside), wellQuoted: false, closed: true };
  }
  const opened = /^[(\s]*["'`]?/.exec(plain)?.[0] ?? '';
  let inner = plain.slice(opened.length);
  const dated = DATE.exec(inner.replace(/\)$/, ''));
  let trailing = '';
  if (dated !== null && dated.index > 0) {
    trailing = dated[0].replace(/^[,;\s]+/, '').trim();
    inner = inner.slice(0, dated.index);
  }
  const mark = /["'`]/.exec(opened)?.[0];
  const ending = /["'`)\s]*$/.exec(inner)?.[0] ?? '';
  const unclosed =
    (mark !== undefined && !ending.includes(mark) && trailing === '') ||
    (opened.includes('(') && !ending.includes(')') && trailing === '');
  return {
    subject: strip(inner, mark, opened.includes('(')),
    wellQuoted: false,
    closed: !unclosed,
    typographic,
    trailing,
  };
}

/** Takes away the marks that close the subject, in whatever order, as far as they were opened or stand alone. */
function strip(inner: string, mark: string | undefined, open: boolean): string {
  let text = inner.trim();
  for (let last = ''; last !== text; ) {
    last = text;
    const surplus = count(text, ')') > count(text, '(');
    if (text.endsWith(')') && (surplus || (open && count(text, '(') === 0)))
      text = text.slice(0, -1).trimEnd();
    const end = text.at(-1) ?? '';
    if (end !== '' && (end === mark || end === '"') && count(text, end) % 2 === 1)
      text = text.slice(0, -1).trimEnd();
  }
  return text;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

/** The tag as it should be. */
export function formatFixes(sha: string, subject: string, remark = ''): string {
  return `Fixes: ${sha.toLowerCase()} ("${subject}")${remark === '' ? '' : ` ${remark}`}`;
}
