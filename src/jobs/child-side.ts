/** The child's half of child.ts: one request, one answer, gone afterwards. */
import { flushCompileCache } from 'node:module';
import { UserError } from '../errors.ts';
import type { ChildEnd } from './child.ts';

/** Sends a message to the parent. */
export function tell(message: object): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}

/** Answers the one request with what `run` resolves to. */
export function serveRequest<Request, Result>(run: (request: Request) => Promise<Result>): void {
  // The parent is gone: nobody waits for the answer.
  process.on('disconnect', () => process.exit(1));
  // Kept before anything hostile is read, and for the next one: this one is killed when it has answered.
  flushCompileCache();
  process.once('message', (request: Request) => {
    run(request).then(
      (result) => tell({ kind: 'done', result } satisfies ChildEnd<Result>),
      (error: Error) =>
        tell({
          kind: 'failed',
          message:
            error instanceof UserError ? error.message : `an error of Adjutant's own: ${error.message}`,
          user: error instanceof UserError,
        } satisfies ChildEnd<Result>).finally(() => process.exit(1)),
    );
  });
}
