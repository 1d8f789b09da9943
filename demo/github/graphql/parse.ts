/** The part of GraphQL that clients of GitHub write: operations, variables, arguments, aliases, fragments. */

export type Value =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Value>> };

export interface Field {
  readonly kind: 'field';
  readonly name: string;
  readonly alias: string;
  readonly args: Readonly<Record<string, Value>>;
  readonly selections: readonly Selection[] | undefined;
}

export type Selection =
  | Field
  | { readonly kind: 'inline'; readonly on: string | undefined; readonly selections: readonly Selection[] }
  | { readonly kind: 'spread'; readonly name: string };

export interface Document {
  readonly operation: 'query' | 'mutation';
  /** Name to type, as it is written. */
  readonly variables: Readonly<Record<string, string>>;
  readonly selections: readonly Selection[];
  readonly fragments: ReadonlyMap<string, { readonly on: string; readonly selections: readonly Selection[] }>;
}

export class GraphqlError extends Error {
  override readonly name = 'GraphqlError';
  /** GitHub's `type` of an error: NOT_FOUND, FORBIDDEN, undefinedField… */
  readonly type: string | undefined;

  constructor(message: string, type?: string) {
    super(message);
    this.type = type;
  }
}

const TOKEN =
  /[\s,]+|#[^\n]*|(?<token>\.\.\.|[!$():=@[\]{}|&]|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|"""[\s\S]*?"""|"(?:\\.|[^"\\])*")/y;

function tokens(source: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null) throw new GraphqlError(`Parse error on ${JSON.stringify(source[at])}`);
    if (match.groups?.token !== undefined) found.push(match.groups.token);
  }
  return found;
}

/** Throws a GraphqlError where the text is no document. The last operation counts. */
export function parse(source: string): Document {
  const stream = tokens(source);
  let at = 0;
  const peek = () => stream[at];
  const next = (wanted?: string): string => {
    const token = stream[at++];
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new GraphqlError(
        `Parse error on ${JSON.stringify(token ?? 'end of document')}, expected ${wanted ?? 'more'}`,
      );
    }
    return token;
  };
  const take = (token: string): boolean => {
    if (peek() !== token) return false;
    at++;
    return true;
  };

  function value(): Value {
    const token = next();
    if (token === '$') return { kind: 'variable', name: next() };
    if (token === '[') {
      const items: Value[] = [];
      while (!take(']')) items.push(value());
      return { kind: 'list', items };
    }
    if (token === '{') {
      const fields: Record<string, Value> = {};
      while (!take('}')) {
        const name = next();
        next(':');
        fields[name] = value();
      }
      return { kind: 'object', fields };
    }
    if (token.startsWith('"""')) return { kind: 'literal', value: token.slice(3, -3) };
    if (token.startsWith('"') || /^-?\d/.test(token)) return { kind: 'literal', value: JSON.parse(token) };
    if (token === 'true' || token === 'false') return { kind: 'literal', value: token === 'true' };
    return { kind: 'literal', value: token === 'null' ? null : token };
  }

  function args(): Record<string, Value> {
    const found: Record<string, Value> = {};
    if (!take('(')) return found;
    while (!take(')')) {
      const name = next();
      next(':');
      found[name] = value();
    }
    return found;
  }

  function selections(): Selection[] {
    const found: Selection[] = [];
    next('{');
    while (!take('}')) {
      if (take('...')) {
        if (peek() === 'on' || peek() === '{') {
          const on = take('on') ? next() : undefined;
          found.push({ kind: 'inline', on, selections: selections() });
        } else found.push({ kind: 'spread', name: next() });
        continue;
      }
      const alias = next();
      const name = take(':') ? next() : alias;
      found.push({
        kind: 'field',
        name,
        alias,
        args: args(),
        selections: peek() === '{' ? selections() : undefined,
      });
    }
    return found;
  }

  function type(): string {
    if (take('[')) {
      const inner = type();
      next(']');
      return `[${inner}]${take('!') ? '!' : ''}`;
    }
    return `${next()}${take('!') ? '!' : ''}`;
  }

  const fragments = new Map<string, { on: string; selections: Selection[] }>();
  let document: Omit<Document, 'fragments'> | undefined;
  while (at < stream.length) {
    if (take('fragment')) {
      const name = next();
      next('on');
      fragments.set(name, { on: next(), selections: selections() });
      continue;
    }
    const operation = peek() === '{' ? 'query' : next();
    if (operation !== 'query' && operation !== 'mutation')
      throw new GraphqlError(`Parse error on "${operation}"`);
    if (peek() !== '{' && peek() !== '(') next();
    const variables: Record<string, string> = {};
    if (take('(')) {
      while (!take(')')) {
        next('$');
        const name = next();
        next(':');
        variables[name] = type();
        if (take('=')) value();
      }
    }
    document = { operation, variables, selections: selections() };
  }
  if (document === undefined)
    throw new GraphqlError('A query attribute must be specified and must be a string.');
  return { ...document, fragments };
}
