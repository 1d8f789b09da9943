import type { Answer } from '../call.ts';
import { notFound } from '../errors.ts';
import type { Hub } from '../hub.ts';
export function conversationPage(_hub: Hub, _path: string): Answer {
  throw notFound();
}
