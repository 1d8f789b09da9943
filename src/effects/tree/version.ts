import { moduleVersion } from '../../index/analyser-version.ts';

/** Name of what is kept of the effects beside an index, by this version of the analyses. */
export const effectsName = (): string => `effects-${moduleVersion('../effects/tree/worker')}`;
