/** The configuration's shape as a JSON schema, for editors. */
import { z } from 'zod';
import { configurationSchema } from './configuration.ts';

/** The text of docs/adjutant.schema.json. */
export function configurationJsonSchema(): string {
  const schema = z.toJSONSchema(configurationSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'Adjutant: .github/adjutant.yml', ...schema }, null, 2)}\n`;
}
