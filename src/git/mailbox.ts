/**
 * Mailboxes of patches, as `git format-patch`, `b4 am` and mail readers write them: commits and their diffs, read as
 * `git am` would. Cover letters and replies are skipped.
 */
import { UserError } from '../errors.ts';
import { decodeText, encodeText } from './bytes.ts';
import type { Commit, FileDiff, Person } from './change.ts';
import { isoDate } from './commit.ts';
import { decodeHeader } from './encoded-words.ts';
import { type Mail, parseMail } from './mail.ts';
import { parsePatch } from './patch.ts';

interface MailedPatch {
  readonly commit: Commit;
  readonly diff: readonly FileDiff[];
  /** The diff as mailed. */
  readonly diffText: string;
}

export interface Mailbox {
  readonly patches: readonly MailedPatch[];
  /** What is missing or looks wrong without being an error, each one sentence. */
  readonly limits: readonly string[];
  /** The commit that the series was made on, where it says so (`git format-patch --base`, b4). */
  readonly baseCommit: string | undefined;
}

/** A separator as git mailsplit knows it: a time and a year behind `From `. */
const SEPARATOR = /^From \S.*\d{1,2}:\d{2}(?::\d{2})?.* (?:19|20)\d{2}(?:\s|$)/;
const HEADER =
  /^(?:From|Subject|Date|Message-ID|Return-Path|Received|Delivered-To|To|MIME-Version|X-[\w-]+):/i;
const BASE_COMMIT = /^base-commit: ([0-9a-f]{40}|[0-9a-f]{64})$/m;
const REPLY = /^\s*(?:re|aw|antw|fwd?):/i;
const PATCH_TAG = /\[[^\]]*\b(?:patch|rfc)\b[^\]]*\]/i;
const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** True where the text starts as a mail does, so that it has a message and not a diff alone. */
export function looksLikeMail(bytes: Uint8Array): boolean {
  const start = decodeText(bytes.subarray(0, 4096)).trimStart();
  return SEPARATOR.test(start.split('\n', 1)[0] ?? '') || HEADER.test(start);
}

/** Reads a mailbox or a single mail; `name` stands for commits without an id. Throws a UserError where it holds no patch, or ends in the middle of one. */
export function parseMailbox(bytes: Uint8Array, name = 'patch'): Mailbox {
  const patches: MailedPatch[] = [];
  const replies: MailedPatch[] = [];
  const limits: string[] = [];
  const numbers = new Map<number, Set<number>>();
  let baseCommit: string | undefined;
  for (const [index, part] of splitMails(decodeText(bytes)).entries()) {
    const mail = parseMail(encodeText(part.text));
    const subject = mail.headers.get('subject') ?? '';
    const series = /\[[^\]]*?(\d+)\/(\d+)[^\]]*\]/.exec(subject);
    const [number, total] = series ? [Number(series[1]), Number(series[2])] : [undefined, undefined];
    const patch = readPatch(mail, part.sha, index === 0 ? name : `${name}#${index + 1}`);
    const isReply = REPLY.test(subject);
    if (!isReply) baseCommit ??= BASE_COMMIT.exec(mail.body)?.[1];
    if (patch && isReply) replies.push(patch);
    else if (patch) {
      patches.push(patch);
      limits.push(...diffstatLimits(mail.body, patch));
      if (number !== undefined && total !== undefined)
        numbers.set(total, (numbers.get(total) ?? new Set()).add(number));
    } else if (PATCH_TAG.test(subject) && number !== 0 && !isReply) {
      throw new UserError(
        `The mailbox is truncated: mail ${index + 1} (${quoted(subject)}) is a patch and has no diff.`,
      );
    }
  }
  // A reply with a diff proposes another patch than the one it answers; alone in a mailbox it is what was meant.
  if (patches.length === 0) patches.push(...replies);
  else if (replies.length > 0)
    limits.push(`${plural(replies.length)} with a diff ${replies.length === 1 ? 'is' : 'are'} left out.`);
  if (patches.length === 0) throw new UserError('There is no patch in the mailbox.');
  for (const [total, found] of numbers) {
    if (found.size > 1 && found.size < total)
      limits.push(`The mailbox holds ${found.size} of the ${total} patches of the series.`);
  }
  return { patches, limits, baseCommit };
}

const plural = (replies: number) => (replies === 1 ? 'A reply' : `${replies} replies`);

interface MailText {
  readonly text: string;
  /** From the separator of format-patch: `From <sha> Mon Sep 17 00:00:00 2001`. */
  readonly sha: string | undefined;
}

function splitMails(text: string): MailText[] {
  const mails: MailText[] = [];
  let lines: string[] = [];
  let sha: string | undefined;
  const flush = () => {
    if (lines.some((line) => line.trim() !== '')) mails.push({ text: lines.join('\n'), sha });
    lines = [];
  };
  for (const line of text.split('\n')) {
    if (SEPARATOR.test(line)) {
      flush();
      sha = /^From ([0-9a-f]{40}(?:[0-9a-f]{24})?) /.exec(line)?.[1];
    } else if (lines.length > 0 || line.trim() !== '') lines.push(line);
  }
  flush();
  return mails;
}

function readPatch(mail: Mail, sha: string | undefined, name: string): MailedPatch | undefined {
  const lines = mail.body.split('\n');
  const cut = lines.findIndex(isPatchBreak);
  const start = lines.findIndex((line, at) => startsDiff(lines, line, at));
  if (start < 0) return undefined;
  const diffText = lines.slice(start).join('\n');
  const diff = parsePatch(diffText);
  if (diff.length === 0) return undefined;
  const inBody = inBodyHeaders(lines.slice(0, cut < 0 ? start : Math.min(cut, start)));
  const subject = cleanSubject(inBody.headers.get('subject') ?? mail.headers.get('subject') ?? '');
  const text = inBody.rest.join('\n').trim();
  const files = new Set(diff.flatMap((file) => [file.oldPath, file.newPath]));
  files.delete(undefined);
  return {
    commit: {
      id: sha !== undefined && !/^0+$/.test(sha) ? sha : (messageId(mail) ?? name),
      author: parsePerson(inBody.headers.get('from') ?? mail.headers.get('from')),
      authorDate: parseDate(inBody.headers.get('date') ?? mail.headers.get('date')),
      committer: undefined,
      message: `${subject}\n${text === '' ? '' : `\n${trimBlankLines(inBody.rest).join('\n')}\n`}`,
      parents: [],
      files: [...files] as string[],
    },
    diff,
    diffText,
  };
}

/** Where the message ends, by git mailinfo's rule: a diff begins, or a line of `---` and blanks. */
function isPatchBreak(line: string): boolean {
  return /^(?:diff -|Index: |--- [^\s]|---\s*$)/.test(line);
}

function startsDiff(lines: readonly string[], line: string, at: number): boolean {
  return (
    line.startsWith('diff --git ') ||
    /^diff --(?:cc|combined) /.test(line) ||
    (line.startsWith('--- ') && (lines[at + 1] ?? '').startsWith('+++ '))
  );
}

/** `From:`, `Subject:` and `Date:` at the beginning of the body stand in for the mail's own. */
function inBodyHeaders(lines: readonly string[]): { headers: Map<string, string>; rest: string[] } {
  const headers = new Map<string, string>();
  let at = 0;
  while (at < lines.length && (lines[at] as string).trim() === '') at += 1;
  let last: string | undefined;
  for (; at < lines.length; at += 1) {
    const line = lines[at] as string;
    const field = /^(From|Subject|Date):[ \t]*(.+)$/i.exec(line);
    if (field && !headers.has((field[1] as string).toLowerCase())) {
      last = (field[1] as string).toLowerCase();
      headers.set(last, decodeHeader((field[2] as string).trim()));
    } else if (last !== undefined && /^[ \t]+\S/.test(line)) {
      headers.set(last, `${headers.get(last)} ${decodeHeader(line.trim())}`);
    } else break;
  }
  return { headers, rest: lines.slice(at) };
}

/** `Re: [PATCH v2 1/3] mm: …` -> `mm: …`, as git mailinfo does. */
function cleanSubject(subject: string): string {
  let text = subject.trim();
  for (;;) {
    const shorter = text.replace(/^(?:re:|\[[^\]]*\]|:|\s)+/i, '');
    if (shorter === text) break;
    text = shorter;
  }
  return text.replaceAll(/\s+/g, ' ');
}

function parsePerson(header: string | undefined): Person | undefined {
  if (header === undefined) return undefined;
  const angled = /^(.*)<([^<>]*)>/.exec(header);
  if (angled) {
    const name = (angled[1] as string).trim();
    const unquotedName = /^"(.*)"$/.exec(name)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? name;
    return { name: unquotedName, email: (angled[2] as string).trim() };
  }
  const comment = /^\s*(\S+@\S+)\s*(?:\((.*)\))?\s*$/.exec(header);
  return comment ? { name: comment[2] ?? '', email: comment[1] as string } : undefined;
}

/** RFC 5322 dates: `Wed, 25 Jun 2025 08:28:16 +0200`. */
function parseDate(header: string | undefined): string | undefined {
  const found =
    /(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4}) (\d{2}):(\d{2})(?::(\d{2}))?(?: ([+-]\d{4}|[A-Z]{1,4}))?/.exec(
      header ?? '',
    );
  if (!found) return undefined;
  const month = MONTHS.indexOf((found[2] as string).toLowerCase()) / 3;
  if (!Number.isInteger(month) || month < 0) return undefined;
  const offset = /^[+-]\d{4}$/.test(found[7] ?? '') ? (found[7] as string) : '+0000';
  const local = Date.UTC(
    Number(found[3]),
    month,
    Number(found[1]),
    Number(found[4]),
    Number(found[5]),
    Number(found[6] ?? 0),
  );
  const minutes = (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3))) * (offset[0] === '-' ? -1 : 1);
  return isoDate(local / 1000 - minutes * 60, offset);
}

/** git's own diffstat counts the files: fewer in the diff means that its end is missing. */
function diffstatLimits(body: string, patch: MailedPatch): string[] {
  const found = /^ (\d+) files? changed(?:, (\d+) insertions?\(\+\))?(?:, (\d+) deletions?\(-\))?$/m.exec(
    body,
  );
  if (!found) return [];
  const subject = quoted(patch.commit.message.split('\n', 1)[0] ?? '');
  if (Number(found[1]) > patch.diff.length)
    throw new UserError(
      `The mailbox is truncated: ${subject} changes ${found[1]} files by its diffstat, and its diff has ${patch.diff.length}.`,
    );
  const lines = patch.diff.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines));
  const fewer = (sign: string, stated: string | undefined) =>
    lines.filter((line) => line[0] === sign).length < Number(stated ?? 0);
  return fewer('+', found[2]) || fewer('-', found[3])
    ? [`The diff of ${subject} has fewer lines than its diffstat says.`]
    : [];
}

function messageId(mail: Mail): string | undefined {
  return /<([^<>\s]+)>/.exec(mail.headers.get('message-id') ?? '')?.[1];
}

function trimBlankLines(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return lines.slice(first, last + 1).map((line) => line.trimEnd());
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
