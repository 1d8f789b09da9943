/** `adjutant explain`: what a rule looks for, from its page. */
import { readFile } from 'node:fs/promises';
import { allRules } from '../checkers/all-rules.ts';
import { UserError } from '../errors.ts';
import type { ExitStatus, Io } from './io.ts';

export interface ExplainCommandOptions {
  readonly rule: string;
}

/** Prints the page of the rule. Throws a UserError, with the nearest rules, for one that does not exist. */
export async function runExplain({ rule }: ExplainCommandOptions, io: Io): Promise<ExitStatus> {
  const found = allRules.filter(({ id }) => id === rule || id.split('/')[1] === rule);
  const [first] = found;
  if (!first) {
    const near = allRules.map(({ id }) => id).filter((id) => id.startsWith(rule.split('/')[0] ?? rule));
    const list = near.length > 0 ? near : allRules.map(({ id }) => id);
    throw new UserError(`There is no rule ${rule}; there are ${list.sort().join(', ')}.`);
  }
  for (const one of found) {
    io.stdout.write(`${one.id} (${one.severity})\n${one.summary}\nSource: ${one.source}\n`);
    const page = new URL(`../../docs/rules/${one.id}.md`, import.meta.url);
    const text = await readFile(page, 'utf8').catch(() => undefined);
    if (text !== undefined) io.stdout.write(`\n${text}`);
  }
  return 0;
}
