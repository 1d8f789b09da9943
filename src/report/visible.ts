/** Text from a change as it may be shown: nothing in it moves the cursor, reorders letters or hides. */

/** Control characters, bidirectional controls (CVE-2021-42574), invisible and unpaired ones. Tabs and newlines stay. */
const HIDDEN = /(?![\t\n])(?:[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|[\u115f\u1160\u3164\uffa0]|[\ufe00-\ufe0f])/gu;

/** The text with what can't be seen written out: `<U+202E>`. */
export function visible(text: string): string {
  return text.replaceAll(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    // Bytes that are not UTF-8 (git/bytes.ts).
    if (code >= 0xdc80 && code <= 0xdcff) return `<${(code - 0xdc00).toString(16).toUpperCase()}>`;
    return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visible(text.replaceAll(/\s*\n\s*/g, ' '));
}
