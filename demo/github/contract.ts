/** GitHub's published description, as a judge of every request, answer and webhook (see refresh-openapi.ts). */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Json } from './state.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Json;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody: {
    readonly required?: boolean;
    readonly content: Record<string, { schema: Json }>;
  } | null;
  readonly responses: Record<string, { readonly $ref?: string; readonly content?: Record<string, unknown> }>;
}

interface Description {
  readonly operations: Record<string, Operation>;
  readonly webhooks: Record<string, unknown>;
  readonly components: { readonly parameters: Record<string, Parameter> };
}

const description: Description = JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8'));

const formats = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
};
const options = { strict: false, logger: false, allErrors: true, formats } as const;
const strict = new Ajv(options);
/** Path and query arrive as text. */
const coercing = new Ajv({ ...options, coerceTypes: true });
// Not a schema itself: a document that schemas are found in.
for (const ajv of [strict, coercing]) ajv.addSchema(description, 'github', false, false);

const compiled = new Map<string, ValidateFunction>();

function validator(pointer: string, ajv = strict): ValidateFunction {
  const known = compiled.get(pointer);
  if (known !== undefined) return known;
  const made = ajv.compile({ $ref: `github#${pointer}` });
  compiled.set(pointer, made);
  return made;
}

function step(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function sentences(errors: readonly ErrorObject[] | null | undefined): string[] {
  return (errors ?? []).map((error) => {
    const values = error.params.allowedValues === undefined ? '' : `: ${String(error.params.allowedValues)}`;
    return `${error.instancePath || '/'} ${error.message ?? 'is not valid'}${values}`;
  });
}

export interface Route {
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
}

const routes = Object.entries(description.operations)
  .map(([operation, { method, path }]) => {
    const names: string[] = [];
    const pattern = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      names.push(name);
      return name === 'path' ? '(.*)' : '([^/]+)';
    });
    return { operation, method, names, pattern: new RegExp(`^${pattern}$`) };
  })
  // `/pulls/comments/1` is not pull request "comments": fewer parameters first.
  .sort((a, b) => a.names.length - b.names.length);

/** The operation that a method and a path (below the API's address) name. */
export function route(method: string, path: string): Route | undefined {
  for (const candidate of routes) {
    const found = candidate.method === method ? candidate.pattern.exec(path) : null;
    if (found === null) continue;
    const values = candidate.names.map((name, at) => [name, decodeURIComponent(found[at + 1] ?? '')]);
    return { operation: candidate.operation, params: Object.fromEntries(values) };
  }
  return undefined;
}

/** What is wrong with a request. A key or parameter that the description does not have is wrong too. */
export function checkRequest(
  { operation, params }: Route,
  query: Readonly<Record<string, string>>,
  body: unknown,
): string[] {
  const { parameters, requestBody } = description.operations[operation] as Operation;
  const problems: string[] = [];
  const known = new Map<string, Parameter>();
  parameters.forEach((parameter, at) => {
    const reference = '$ref' in parameter ? (parameter.$ref.split('/').at(-1) ?? '') : undefined;
    const full =
      reference === undefined ? (parameter as Parameter) : description.components.parameters[reference];
    if (full === undefined || full.in === 'header') return;
    known.set(full.name, full);
    const value = full.in === 'path' ? params[full.name] : query[full.name];
    if (value === undefined) {
      if (full.required) problems.push(`${full.in} parameter ${full.name} is missing`);
      return;
    }
    const place =
      reference === undefined
        ? `/operations/${step(operation)}/parameters/${at}/schema`
        : `/components/parameters/${step(reference)}/schema`;
    const holder = { value };
    const check = wrapped(place);
    if (!check(holder))
      problems.push(`${full.in} parameter ${full.name}: ${sentences(check.errors).join('; ')}`);
  });
  for (const name of Object.keys(query)) {
    if (!known.has(name)) problems.push(`${operation} has no query parameter ${name}`);
  }
  if (requestBody === null) {
    if (body !== undefined && Object.keys(body as Json).length > 0)
      problems.push(`${operation} takes no body`);
    return problems;
  }
  if (body === undefined) {
    if (requestBody.required) problems.push('a body is missing');
    return problems;
  }
  const check = validator(`/operations/${step(operation)}/requestBody/content/application~1json/schema`);
  if (!check(body)) problems.push(...sentences(check.errors));
  const { properties, oneOf } = requestBody.content['application/json']?.schema ?? {};
  if (properties !== undefined && oneOf === undefined) {
    for (const key of Object.keys(body as Json)) {
      if (!(key in (properties as Json))) problems.push(`"${key}" is not a permitted key.`);
    }
  }
  return problems;
}

/** Coercion writes into the object that holds the value. */
function wrapped(pointer: string): ValidateFunction {
  const key = `value of ${pointer}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const made = coercing.compile({ type: 'object', properties: { value: { $ref: `github#${pointer}` } } });
  compiled.set(key, made);
  return made;
}

/** What is wrong with an answer of ours. */
export function checkResponse(operation: string, status: number, body: unknown): string[] {
  const { responses } = description.operations[operation] as Operation;
  const declared = responses[String(status)];
  if (declared === undefined) return status >= 400 ? [] : [`${operation} does not answer ${status}`];
  const at = declared.$ref?.slice(1) ?? `/operations/${step(operation)}/responses/${status}`;
  if (declared.$ref === undefined && declared.content?.['application/json'] === undefined) return [];
  if (status >= 400) return [];
  const check = validator(`${at}/content/application~1json/schema`);
  return check(body) ? [] : sentences(check.errors).map((problem) => `${operation} ${status}: ${problem}`);
}

/** What is wrong with a webhook's payload. */
export function checkWebhook(event: string, action: string | null, payload: Json): string[] {
  const name = [event, action].filter(Boolean).join('-').replaceAll('_', '-');
  if (description.webhooks[name] === undefined) return [`no webhook ${name}`];
  const check = validator(`/webhooks/${step(name)}/content/application~1json/schema`);
  return check(payload) ? [] : sentences(check.errors).map((problem) => `webhook ${name}: ${problem}`);
}
