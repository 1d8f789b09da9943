/** Writes docs/adjutant.schema.json, by which editors check .github/adjutant.yml. Run: npm run schema */
import { writeFileSync } from 'node:fs';
import { codeCheckerNames } from '../src/checkers/registry.ts';
import { configurationJsonSchema } from '../src/config/json-schema.ts';

writeFileSync(
  new URL('../docs/adjutant.schema.json', import.meta.url),
  configurationJsonSchema(codeCheckerNames),
);
