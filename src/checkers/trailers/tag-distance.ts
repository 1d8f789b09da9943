/** Which known tag a misspelled one was meant to be. */
import { knownTrailers } from '../../kernel/trailers.ts';

const TARGETS = [...knownTrailers.values()].filter((trailer) => trailer.documented);

/** A value that the tag could have: without one, a near name is a coincidence (`Note:`, `Linux:`). */
const FITS = {
  person: /@|<|^[A-Z]\S+ [A-Z]/,
  commit: /^[0-9a-f]{6,40}\b|\("/i,
  url: /^<?https?:\/\//,
  program: /:/,
  text: /\S/,
} as const;

/** The documented tag that `name` nearly is, or undefined. A name that is known by itself is not asked for. */
export function nearestTag(name: string, value: string): string | undefined {
  const lower = name.toLowerCase().replace(/_/g, '-');
  let best: { name: string; distance: number } | undefined;
  for (const target of TARGETS) {
    const allowed = target.value === 'commit' ? 2 : Math.max(1, Math.floor(target.name.length / 4));
    if (Math.abs(target.name.length - lower.length) > allowed) continue;
    if (target.name.length < 4 || !FITS[target.value].test(value)) continue;
    const distance = editDistance(lower, target.name.toLowerCase());
    if (distance <= allowed && (best === undefined || distance < best.distance)) {
      best = { name: target.name, distance };
    }
  }
  return best?.name;
}

/** Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
