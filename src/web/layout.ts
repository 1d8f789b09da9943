/** The frame of every page. All HTML is made with `html`, which escapes what is put into it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html } from 'hono/html';

export type Markup = ReturnType<typeof html>;

const STYLE = readFileSync(new URL('./style.css', import.meta.url));

/** The one file that pages load. Its address changes with what is in it, so it may be kept for ever. */
export const stylesheet = {
  path: `/assets/${createHash('sha256').update(STYLE).digest('hex').slice(0, 12)}.css`,
  bytes: STYLE,
};

export interface Frame {
  readonly title: string;
  /** Where the page stands: from the outermost to the page itself, which has no address. */
  readonly trail: readonly { readonly text: string; readonly href?: string }[];
  readonly body: Markup | readonly (Markup | string)[];
  /** Path below which the service is reached, without a slash at its end. */
  readonly root: string;
  /** Login of who is signed in. */
  readonly visitor?: string | undefined;
}

export function page({ title, trail, body, root, visitor }: Frame): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<title>${title} · Adjutant</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}${stylesheet.path}">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><nav aria-label="Where this is"><ol>
<li class="brand">Adjutant</li>
${trail.map(({ text, href }) =>
  href === undefined
    ? html`<li aria-current="page">${text}</li>`
    : html`<li><a href="${href}">${text}</a></li>`,
)}
</ol></nav>${visitor === undefined ? '' : signOut(root, visitor)}</header>
<main id="main" tabindex="-1">
${body}
</main>
</body>
</html>
`;
}

function signOut(root: string, visitor: string): Markup {
  return html`<form class="visitor" method="post" action="${root}/sign-out"><span>${visitor}</span> <button>Sign out</button></form>`;
}

/** A page that says one thing. */
export function notice(root: string, title: string, text: string, visitor?: string): Markup {
  return page({
    root,
    visitor,
    title,
    trail: [{ text: title }],
    body: html`<section class="notice"><h1>${title}</h1><p>${text}</p></section>`,
  });
}
