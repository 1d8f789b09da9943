/** The 32-bit hash by which a tree's index finds names. Equal hashes are not equal names: see nameCheck(). */
export function nameHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  // FNV-1a leaves the upper bits, by which tables are divided, nearly alike for short names.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Bits of nameCheck(). */
export const CHECK_BITS = 12;

/**
 * Some more bits of a name, made in another way. Names that are equal in both are equal, unless somebody has looked for
 * such a pair: what comes with a change is compared.
 */
export function nameCheck(text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash, 31) + text.charCodeAt(i);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> (32 - CHECK_BITS);
}
