/** What app.yml asks GitHub for. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Permissions } from '../../demo/github/index.ts';

interface Manifest {
  readonly default_events: readonly string[];
  readonly default_permissions: Permissions;
}

export function appManifest(): { readonly events: readonly string[]; readonly permissions: Permissions } {
  const text = readFileSync(new URL('../../app.yml', import.meta.url), 'utf8');
  const { default_events: events, default_permissions: permissions } = parse(text) as Manifest;
  return { events, permissions };
}
