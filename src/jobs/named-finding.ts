/** Which finding a command means: the one that it names, or the one in whose thread it stands. */
import type { Finding } from '../checkers/checker.ts';
import { UserError } from '../errors.ts';
import { findingId } from '../report/github.ts';
import type { CommandContext } from './command.ts';

/** An ID as people write it: at least six digits of a fingerprint, perhaps quoted as code. */
const ID = /^`?(?<id>[0-9a-f]{6,64})`?(?=\s|$)/i;

/** A finding, and what the command says beside naming it. */
export interface Named {
  readonly finding: Finding | undefined;
  readonly rest: string;
}

/**
 * The finding that the arguments begin with, else that of the thread. Throws a UserError where an ID names no finding of
 * the pull request; outside a thread and without an ID there is no finding.
 */
export async function namedFinding(context: CommandContext): Promise<Named> {
  const { args } = context.invocation;
  const id = ID.exec(args)?.groups?.id?.toLowerCase();
  if (id !== undefined) {
    const { findings } = await context.report();
    const finding = findings.find(({ fingerprint }) => fingerprint.startsWith(id));
    if (finding !== undefined) return { finding, rest: args.replace(ID, '').trim() };
  }
  const finding = await context.threadFinding();
  if (finding !== undefined) return { finding, rest: args };
  if (id === undefined) return { finding: undefined, rest: args };
  throw new UserError(`No finding here has the ID ${id}: ${await knownIds(context)}`);
}

/** The same, where the command is about one finding. */
export async function requireFinding(
  context: CommandContext,
  syntax: string,
): Promise<Named & { finding: Finding }> {
  const { finding, rest } = await namedFinding(context);
  if (finding !== undefined) return { finding, rest };
  throw new UserError(
    `Which finding? Write \`${syntax}\`, or answer in its thread, where it needs no ID. ${await knownIds(context)}`,
  );
}

async function knownIds(context: CommandContext): Promise<string> {
  const { findings } = await context.report();
  if (findings.length === 0) return 'The newest review found nothing.';
  const ids = [...new Set(findings.map(findingId))].slice(0, 20);
  return `The newest review has ${ids.map((known) => `\`${known}\``).join(', ')}.`;
}
