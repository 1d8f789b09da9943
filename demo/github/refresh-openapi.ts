/**
 * Takes what the stand-in serves out of GitHub's published OpenAPI description (npm package @octokit/openapi) and
 * writes it to openapi.json, without prose and examples:
 *
 *     npm run demo:refresh-openapi
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  APP_OPERATIONS,
  CLIENT_OPERATIONS,
  INSTALLATION_OPERATIONS,
  USER_OPERATIONS,
  WEBHOOKS,
} from './operations.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Dictionary = { [key: string]: Json };

interface Description {
  readonly info: { readonly version: string };
  readonly paths: Record<string, Record<string, Dictionary>>;
  readonly 'x-webhooks': Record<string, { post: Dictionary }>;
  readonly components: Record<string, Record<string, Json>>;
}

/** Keys that carry prose; a schema's property of the same name is kept, since its value is an object. */
const PROSE = new Set(['description', 'summary', 'example', 'title', 'externalDocs', 'tags', 'x-github']);

function isObject(value: Json | undefined): value is Dictionary {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without prose and examples, and as JSON schema. `inProperties`: the keys of this object are names of properties. */
function prune(value: Json, inProperties = false): Json {
  if (Array.isArray(value)) return value.map((item) => prune(item));
  if (!isObject(value)) return value;
  const kept: Dictionary = {};
  for (const [key, child] of Object.entries(value)) {
    if (!inProperties && (PROSE.has(key) || key === 'examples')) continue;
    kept[key] = prune(child, !inProperties && (key === 'properties' || key === 'patternProperties'));
  }
  // OpenAPI's own word for what a JSON schema says by a second type.
  if (!inProperties && kept.nullable === true) {
    const { nullable: _, ...other } = kept;
    return { anyOf: [other, { type: 'null' }] };
  }
  return kept;
}

/** Where the description says less than GitHub does. */
function correct(components: Record<string, Dictionary>, webhooks: Dictionary, operations: Dictionary): void {
  // A comment on a file or one that is outdated has no line: GitHub answers null, also where the description has a whole
  // number (its other schema of the same object, `review-comment`, leaves the key out).
  const comment = components.schemas?.['pull-request-review-comment'];
  if (!isObject(comment) || !isObject(comment.properties)) throw new Error('no pull-request-review-comment');
  for (const key of ['line', 'original_line', 'position', 'original_position']) {
    comment.properties[key] = { anyOf: [comment.properties[key] ?? {}, { type: 'null' }] };
  }
  // Once a fork is deleted its pull requests have no head repository.
  for (const name of ['pull-request', 'pull-request-simple']) {
    const head = property(components.schemas?.[name], 'head');
    const { properties } = head;
    if (!isObject(properties)) throw new Error(`${name}.head has no properties`);
    properties.repo = { anyOf: [properties.repo ?? {}, { type: 'null' }] };
  }
  // An installation's account is a user or an enterprise: this copy of the schema wants it to be both at once.
  const listing = JSON.stringify(operations['apps/list-installations']);
  const accountOfBoth = /"account":\{"anyOf":\[\{"allOf":/;
  if (!accountOfBoth.test(listing))
    throw new Error('apps/list-installations is mended: drop this correction');
  operations['apps/list-installations'] = JSON.parse(
    listing.replace(accountOfBoth, '"account":{"anyOf":[{"anyOf":'),
  );
  // The events that an App may subscribe to are listed without those that came later, such as merge_group.
  dropEventNames([components, webhooks]);
}

function property(schema: Json | undefined, name: string): Dictionary {
  const found = isObject(schema) && isObject(schema.properties) ? schema.properties[name] : undefined;
  if (!isObject(found)) throw new Error(`no property ${name}`);
  return found;
}

function dropEventNames(value: Json): void {
  if (Array.isArray(value)) for (const item of value) dropEventNames(item);
  if (!isObject(value)) return;
  if (Array.isArray(value.enum) && value.enum.includes('branch_protection_rule')) delete value.enum;
  for (const child of Object.values(value)) dropEventNames(child);
}

function referencesIn(value: Json, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) referencesIn(item, found);
  else if (isObject(value)) {
    for (const [key, child] of Object.entries(value)) {
      if (key === '$ref' && typeof child === 'string') found.add(child);
      else referencesIn(child, found);
    }
  }
}

function extract(full: Description): Dictionary {
  const wanted = new Set([
    ...APP_OPERATIONS,
    ...USER_OPERATIONS,
    ...CLIENT_OPERATIONS,
    ...Object.keys(INSTALLATION_OPERATIONS),
  ]);
  const operations: Dictionary = {};
  for (const [path, methods] of Object.entries(full.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const id = operation.operationId;
      if (typeof id !== 'string' || !wanted.delete(id)) continue;
      const { parameters = [], requestBody = null, responses = {} } = operation;
      operations[id] = prune({ method: method.toUpperCase(), path, parameters, requestBody, responses });
    }
  }
  const webhooks: Dictionary = {};
  for (const name of WEBHOOKS) {
    const body = full['x-webhooks'][name]?.post.requestBody;
    if (body === undefined) wanted.add(name);
    else webhooks[name] = prune(body);
  }
  if (wanted.size > 0) throw new Error(`not in the description: ${[...wanted].join(', ')}`);

  const components: Record<string, Dictionary> = {};
  const done = new Set<string>();
  for (let round: Json = [operations, webhooks]; ; ) {
    const found = new Set<string>();
    referencesIn(round, found);
    const fresh = [...found].filter((reference) => !done.has(reference));
    if (fresh.length === 0) break;
    round = fresh.map((reference) => {
      done.add(reference);
      const [, , kind = '', name = ''] = reference.split('/');
      const component = full.components[kind]?.[name];
      if (component === undefined) throw new Error(`dangling ${reference}`);
      const kept = prune(component);
      components[kind] = { ...components[kind], [name]: kept };
      return kept;
    });
  }
  correct(components, webhooks, operations);
  return { version: full.info.version, operations, webhooks, components };
}

const source = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
const text = JSON.stringify(extract(JSON.parse(readFileSync(source, 'utf8'))));
// One operation, webhook or component a line: a refresh is a diff that can be read.
const lines = text.replaceAll(
  /"(?=[\w./-]+":\{"(?:method|type|content|allOf|oneOf|anyOf|name|\$ref|required)")/g,
  '\n"',
);
writeFileSync(new URL('openapi.json', import.meta.url), `${lines}\n`);
