/** `GET /OWNER/REPO/pull/N`: the conversation of a pull request, as GitHub would show it to a reader. */
import { html, raw } from 'hono/html';
import type { Answer } from '../call.ts';
import { notFound } from '../errors.ts';
import type { Hub } from '../hub.ts';
import {
  type CheckRun,
  fullName,
  type IssueComment,
  type PullRequest,
  type Reaction,
  type Review,
  type ReviewComment,
  type Thread,
  type User,
} from '../state.ts';
import { markdown } from './markdown.ts';
import { STYLE } from './style.ts';

type Markup = ReturnType<typeof html>;

export async function conversationPage(hub: Hub, path: string): Promise<Answer> {
  const [, name = '', number = ''] = /^\/([^/]+\/[^/]+)\/pull\/(\d+)$/.exec(path) ?? [];
  const pull = hub.state.repositories.get(name.toLowerCase())?.pulls.get(Number(number));
  if (pull === undefined) throw notFound();
  const runs = [...hub.state.checkRuns.values()].filter((run) => run.head === pull.head.sha);
  return { status: 200, body: String(await page(pull, latest(runs))), type: 'text/html; charset=utf-8' };
}

/** Of several runs of a name the newest counts. */
function latest(runs: readonly CheckRun[]): CheckRun[] {
  return [...new Map(runs.map((run) => [run.name, run])).values()];
}

function page(pull: PullRequest, runs: readonly CheckRun[]): Markup {
  const { repository, user, base, head } = pull;
  const events = [
    ...pull.reviews
      .filter((review) => review.state !== 'PENDING')
      .map((review) => ({
        at: review.submittedAt ?? '',
        id: review.id,
        show: () => reviewBox(pull, review),
      })),
    ...pull.comments.map((comment) => ({
      at: comment.createdAt,
      id: comment.id,
      show: () => commentBox(comment),
    })),
  ].sort((a, b) => a.at.localeCompare(b.at) || a.id - b.id);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${pull.title} · ${fullName(repository)}</title>
<style>${raw(STYLE)}</style></head>
<body><main>
<h1>${pull.title} <span>#${pull.number}</span></h1>
<div class="meta"><span class="state ${pull.state}">${pull.state === 'open' ? (pull.draft ? 'Draft' : 'Open') : 'Closed'}</span>
<b>${user.login}</b> wants to merge into <code>${base.ref}</code> from <code>${head.ref}</code></div>
${pull.body === null ? '' : box(who(user), pull.body)}
${events.map((event) => event.show())}
${runs.length === 0 ? '' : checksBox(runs)}
</main></body></html>`;
}

function who(user: User): Markup {
  const name = user.login.replace(/\[bot\]$/, '');
  return html`<b>${name}</b>${user.type === 'Bot' ? html`<span class="bot">bot</span>` : ''}`;
}

function box(header: Markup, body: string, below: Markup | '' = ''): Markup {
  return html`<section class="box"><header>${header}</header><div class="body">${raw(markdown(body))}${below}</div></section>`;
}

function commentBox(comment: IssueComment): Markup {
  if (comment.minimized !== undefined) return minimized(comment);
  return box(html`${who(comment.user)} commented`, comment.body, reactions(comment.reactions));
}

function minimized(remark: IssueComment | ReviewComment): Markup {
  return html`<section class="box"><header>${who(remark.user)} This comment was marked as ${remark.minimized}.</header></section>`;
}

function reviewBox(pull: PullRequest, review: Review): Markup | '' {
  const threads = pull.threads.filter((thread) => thread.comments[0]?.review === review);
  if (review.body === '' && threads.length === 0) return '';
  const header = html`${who(review.user)} reviewed ${review.commit.slice(0, 7)}`;
  return html`${review.body === '' ? '' : box(header, review.body)}${threads.map(threadBox)}`;
}

const SHOWN_LINES = 6;

function threadBox(thread: Thread): Markup {
  const tags = [thread.outdated ? 'Outdated' : '', thread.resolvedBy === undefined ? '' : 'Resolved'].filter(
    Boolean,
  );
  return html`<section class="box thread"><header><span class="path">${thread.path}</span>${tags.map((tag) => html`<span class="tag">${tag}</span>`)}</header>
${thread.subject === 'file' ? '' : hunkTable(thread)}
${thread.comments.map((comment) => (comment.minimized === undefined ? remark(comment) : minimized(comment)))}
</section>`;
}

function remark(comment: ReviewComment): Markup {
  return html`<div class="comment"><div class="who">${who(comment.user)}</div><div class="body">${raw(markdown(comment.body))}</div>${reactions(comment.reactions)}</div>`;
}

/** The last lines of the hunk down to the line of the comment, numbered. */
function hunkTable(thread: Thread): Markup {
  const [header = '', ...lines] = thread.diffHunk.split('\n');
  const range = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(header);
  let left = Number(range?.[1]);
  let right = Number(range?.[2]);
  const rows = lines.map((line) => {
    const kind = line.startsWith('+') ? 'add' : line.startsWith('-') ? 'del' : '';
    const numbers = [kind === 'add' ? '' : left++, kind === 'del' ? '' : right++];
    const cells = html`<td class="n">${numbers[0]}</td><td class="n">${numbers[1]}</td><td class="sign">${line.slice(0, 1)}</td>`;
    return html`<tr class="${kind}">${cells}<td>${line.slice(1)}</td></tr>`;
  });
  return html`<table class="diff"><tr class="hunk"><td class="n"></td><td class="n"></td><td class="sign"></td><td>${header}</td></tr>${rows.slice(-SHOWN_LINES)}</table>`;
}

const SIGNS: Readonly<Record<Reaction['content'], string>> = {
  '+1': '👍',
  '-1': '👎',
  laugh: '😄',
  hooray: '🎉',
  confused: '😕',
  heart: '❤️',
  rocket: '🚀',
  eyes: '👀',
};

function reactions(all: readonly Reaction[]): Markup | '' {
  if (all.length === 0) return '';
  return html`<div class="reactions">${all.map((one) => html`<span title="${one.user.login}">${SIGNS[one.content]} 1</span>`)}</div>`;
}

function checksBox(runs: readonly CheckRun[]): Markup {
  return html`<section class="box"><header><b>Checks</b></header>${runs.map((run) => {
    const state = run.conclusion ?? 'pending';
    const mark = state === 'success' ? '✓' : state === 'failure' ? '✗' : '●';
    return html`<div class="check ${state}"><span class="mark">${mark}</span><b>${run.name}</b><span class="title">${run.title ?? run.status}</span></div>`;
  })}</section>`;
}
