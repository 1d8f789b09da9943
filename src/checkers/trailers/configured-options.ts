/** What the configuration file says to this checker. */
import type { Configuration } from '../../config/configuration.ts';
import type { Severity } from '../checker.ts';
import type { TrailerOptions } from './options.ts';

/** The options that `trailers:` and `rules:` of the configuration give. */
export function trailerOptions(configuration: Configuration): Partial<TrailerOptions> {
  const { convention, known, required, forbidden, prefixes } = configuration.trailers;
  const levels = new Map<string, Severity | 'off'>(
    Object.entries(configuration.rules).filter(([id]) => id.startsWith('trailers/')),
  );
  return {
    convention,
    known,
    required,
    forbidden,
    prefixes,
    levels,
    order: configuration.trailers['tag-order'],
    subjectLength: configuration.trailers['subject-length'],
    lineLength: configuration.trailers['line-length'],
  };
}
