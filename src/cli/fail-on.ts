/** From which severity on a command ends with status 1. */
import type { Configuration } from '../config/configuration.ts';
import { UserError } from '../errors.ts';
import type { FailOn } from '../report/verdict.ts';

export const LEVELS = ['error', 'warning', 'note', 'never'] as const;

/** --fail-on, or what the configuration says for the checker, or `error`. */
export function failOnLevel(
  option: string | undefined,
  configuration: Configuration | undefined,
): (checker: string) => FailOn {
  const given = LEVELS.find((level) => level === option);
  if (option !== undefined && given === undefined)
    throw new UserError(`--fail-on ${option} is not known; it is one of ${LEVELS.join(', ')}.`);
  if (given) return () => given;
  if (!configuration) return () => 'error';
  if (configuration.advisory) return () => 'never';
  const { checkers } = configuration;
  return (checker) => checkers[checker]?.['fail-on'] ?? configuration['fail-on'];
}
