/** Names of places, short enough to be shown. */

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A lock's last name: what it is called in code. */
export function lockName(lock: string): string {
  return /[^.:]+$/.exec(lock)?.[0] ?? lock;
}
