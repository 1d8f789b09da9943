/** The body of a comment whose finding is not there any more. The comment itself says so: nothing else knows. */

const RETIRED = /^✅ \*\*Not found any more\*\* as of [0-9a-f]{12}\.\n/;

/** Folds the old words away under one line; the mark at their end stays the end. */
export function retiredBody(body: string, head: string): string {
  const mark = /\n*<!--[^>]*-->\s*$/.exec(body);
  const words = mark === null ? body : body.slice(0, mark.index);
  return `✅ **Not found any more** as of ${head.slice(0, 12)}.\n\n<details><summary>What it was</summary>\n\n${words}\n\n</details>${mark?.[0] ?? ''}`;
}

export function isRetired(body: string): boolean {
  return RETIRED.test(body);
}
