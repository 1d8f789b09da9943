/** What calling something does to locks, in lines for `adjutant lookup`. */
import type { Cause, LockSummary } from '../effects/locks/lock-summary.ts';
import { ALLOCATORS } from '../kernel/allocators.ts';

/** Lines about a summary; `limit` bounds each list. `parameters` are the names of the arguments, where they have some. */
export function lockLines(summary: LockSummary, parameters: readonly string[], limit: number): string[] {
  const lines: string[] = [];
  const list = (title: string, items: readonly string[]): void => {
    const all = [...new Set(items)];
    if (all.length === 0) return;
    lines.push(`  ${title} (${all.length}):`, ...all.slice(0, limit).map((item) => `    ${item}`));
    if (all.length > limit) lines.push(`    … and ${all.length - limit} more`);
  };
  /** A place relative to parameters (see effects/locks/place.ts) as C would write it. */
  const named = (place: string): string =>
    place
      .replace(/\$(\d+)/g, (_, n) => parameters[Number(n)] || `argument ${Number(n) + 1}`)
      .replaceAll('>.', '->')
      .replaceAll('@', '');
  const happens = (what: string, gfp: number): string =>
    gfp < 0 ? what : `${what}, as its argument ${parameters[gfp] ?? gfp + 1} allows`;
  if (summary.sleeps !== undefined)
    lines.push(
      `  may sleep: ${happens(`${summary.sleeps.what}()${through(summary.sleeps.cause)}`, summary.sleeps.gfp)}`,
    );
  if (summary.reclaims !== undefined)
    lines.push(
      `  may enter reclaim: ${happens(`${summary.reclaims.what}()${through(summary.reclaims.cause)}`, summary.reclaims.gfp)}`,
    );
  list(
    'takes',
    summary.acquires.map(
      (a) => `${a.lockClass || named(a.place)}${a.blocks ? '' : ' (if it is free)'}${through(a.cause)}`,
    ),
  );
  list(
    'leaves',
    summary.net.map((n) => {
      const when =
        n.success === 'always'
          ? ''
          : n.success === 'zero'
            ? ' where it returns 0'
            : ' where it does not return 0';
      return `${n.lockClass || named(n.place)} ${n.operation === 'acquire' ? 'held' : 'released'}${when}`;
    }),
  );
  list(
    'waits for',
    summary.waits.map((w) => `${w.awaits}${w.target === '' ? '' : ` ${w.target}`}${through(w.cause)}`),
  );
  list(
    'says that its caller holds',
    summary.asserts.map((a) => a.lockClass || named(a.place)),
  );
  return lines;
}

/** What is known of an allocator by its name. */
export function allocatorLines(name: string): string[] {
  const allocator = ALLOCATORS.get(name);
  if (allocator === undefined) return [];
  const flags =
    allocator.flags < 0
      ? 'it may sleep and enter reclaim'
      : `whether it may sleep and enter reclaim is for the flags in its argument ${allocator.flags + 1} to say${allocator.isOptional ? ' (GFP_KERNEL without them)' : ''}`;
  return [`${name}() allocates: it may return NULL, and ${flags}`, ''];
}

const through = ({ line, callee, calleePath }: Cause): string =>
  `  (line ${line}${calleePath === '' ? '' : `, through ${callee}()`})`;
