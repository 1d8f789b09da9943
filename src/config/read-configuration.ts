/** Text of adjutant.yml -> Configuration, or what is wrong with it and where. */
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { UserError } from '../errors.ts';
import { type Configuration, configurationSchema } from './configuration.ts';

const MAX_LENGTH = 100_000;
const MAX_PROBLEMS = 20;

interface ConfigurationProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type ConfigurationResult =
  | { readonly configuration: Configuration; readonly problems: readonly [] }
  | { readonly configuration: undefined; readonly problems: readonly ConfigurationProblem[] };

/** Reads a configuration; `checkers` are the names of all checkers of code. Unknown keys, wrong values and YAML errors are problems, each with line and column. */
export function readConfiguration(text: string, checkers: readonly string[]): ConfigurationResult {
  const failed = (problems: ConfigurationProblem[]): ConfigurationResult => ({
    configuration: undefined,
    problems: problems.slice(0, MAX_PROBLEMS),
  });
  if (text.length > MAX_LENGTH)
    return failed([{ line: 1, column: 1, message: `the file is larger than ${MAX_LENGTH} characters` }]);
  const lines = new LineCounter();
  const document = parsed(text, lines);
  if (document === undefined)
    return failed([{ line: 1, column: 1, message: 'the file is nested too deeply' }]);
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0)
    return failed(document.errors.map((error) => ({ ...at(error.pos[0]), message: error.message })));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return failed([{ line: 1, column: 1, message: (error as Error).message }]);
  }
  const result = configurationSchema(checkers).safeParse(value ?? {});
  if (result.success) return { configuration: result.data, problems: [] };
  return failed(
    result.error.issues.flatMap(explain).map(({ path, key, message }) => {
      const offset = offsetOf(document, path, key);
      return { ...at(offset), message };
    }),
  );
}

/** Undefined where it is nested so deeply that the parser, which calls itself for each level, runs out of stack. */
function parsed(text: string, lineCounter: LineCounter): ReturnType<typeof parseDocument> | undefined {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true, logLevel: 'error' });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The configuration of a text that must be right. Throws a UserError that names `file` and the first problem. */
export function requireConfiguration(text: string, file: string, checkers: readonly string[]): Configuration {
  const { configuration, problems } = readConfiguration(text, checkers);
  if (configuration) return configuration;
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new UserError(`${file}:${first?.line}:${first?.column}: ${first?.message}${more}`);
}

interface Explained {
  readonly path: readonly (string | number)[];
  /** The key itself is wrong, not its value. */
  readonly key: boolean;
  readonly message: string;
}

/** A sentence for each thing that is wrong. */
function explain(issue: z.core.$ZodIssue): Explained[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const name = path.join('.') || 'the file';
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], key: true, message: `unknown key "${key}"` }));
  if (issue.code === 'invalid_key')
    return [{ path, key: true, message: `"${path.at(-1)}": ${issue.issues[0]?.message ?? issue.message}` }];
  if (issue.code === 'invalid_value')
    return [{ path, key: false, message: `${name} must be one of ${issue.values.map(String).join(', ')}` }];
  if (issue.code === 'invalid_union')
    return [{ path, key: false, message: `${name} must be one of off, error, warning, note` }];
  if (issue.code === 'invalid_type') {
    const expected =
      issue.expected === 'object' || issue.expected === 'record' ? 'a mapping' : issue.expected;
    return [{ path, key: false, message: `${name} must be ${expected === 'array' ? 'a list' : expected}` }];
  }
  return [{ path, key: false, message: `${name}: ${issue.message}` }];
}

/** Where a key or its value begins in the text. */
function offsetOf(
  document: ReturnType<typeof parseDocument>,
  path: readonly (string | number)[],
  key: boolean,
): number {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (key && parent !== null && typeof parent === 'object' && 'items' in parent) {
    for (const item of parent.items as { key?: unknown }[])
      if (isNode(item.key) && 'value' in item.key && String(item.key.value) === path.at(-1))
        return item.key.range?.[0] ?? 0;
  }
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
