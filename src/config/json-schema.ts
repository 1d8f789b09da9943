/** The configuration's shape as a JSON schema, for editors. */
import { z } from 'zod';
import { configurationSchema } from './configuration.ts';

/** The text of docs/adjutant.schema.json; `checkers` are the names of all checkers of code. */
export function configurationJsonSchema(checkers: readonly string[]): string {
  const schema = z.toJSONSchema(configurationSchema(checkers), { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'Adjutant: .github/adjutant.yml', ...schema }, null, 2)}\n`;
}
