/** Brings the mirrors within their bounds, at the start and then every hour. */
import { boundMirrors, type MirrorBounds } from '../git/mirror-bounds.ts';
import type { Log } from './services.ts';

const HOUR = 3_600_000;

export function startTidying(dataDir: string, bounds: MirrorBounds, log: Log): { stop(): void } {
  let running = false;
  const tidy = async () => {
    if (running) return;
    running = true;
    try {
      const mirrors = await boundMirrors(dataDir, bounds);
      if (mirrors.length > 0) log.info({ mirrors }, 'mirrors that were not used for long are removed');
    } catch (error) {
      log.warn({ err: error }, 'the mirrors could not be tidied');
    }
    running = false;
  };
  const timer = setInterval(tidy, HOUR);
  void tidy();
  return { stop: () => clearInterval(timer) };
}
