/** What kind of thing a #define is. */
import { DefineFlag, Kind, type Tree } from '../c/ast.ts';
import { isStatement } from '../c/lower.ts';
import { expressionText } from '../c/types.ts';
import type { MacroFact } from './facts.ts';

/** Kind, parameters and text of a Define; undefined for an #undef. */
export function macroShape(
  tree: Tree,
  node: number,
): Pick<MacroFact, 'kind' | 'parameters' | 'variadic' | 'text'> | undefined {
  const flags = tree.c[node] as number;
  if ((flags & DefineFlag.Undef) !== 0) return undefined;
  const isFunctionLike = (flags & DefineFlag.FunctionLike) !== 0;
  const parameters = isFunctionLike ? parameterNames(tree, tree.a[node] as number) : undefined;
  const kind = bodyKind(tree, tree.b[node] as number, flags, isFunctionLike);
  const text = kind === 'alias' || kind === 'constant' ? expressionText(tree, tree.b[node] as number) : '';
  return { kind, parameters, variadic: (flags & DefineFlag.Variadic) !== 0, text };
}

function bodyKind(tree: Tree, body: number, flags: number, isFunctionLike: boolean): MacroFact['kind'] {
  if ((flags & DefineFlag.Unparsed) !== 0) return 'opaque';
  if ((flags & DefineFlag.Header) !== 0) return 'loop';
  // An empty body of a macro with parameters does nothing; one without is a flag or a marker.
  if (body === 0) return isFunctionLike ? 'statements' : 'constant';
  const kind = tree.kind[body] as number;
  if (isStatement(kind)) return 'statements';
  if (isFunctionLike) return 'expression';
  if (kind === Kind.Identifier) return 'alias';
  return isConstant(tree, body) ? 'constant' : 'expression';
}

function isConstant(tree: Tree, node: number): boolean {
  switch (tree.kind[node]) {
    case Kind.Number:
    case Kind.Char:
    case Kind.String:
      return true;
    case Kind.Unary:
      return tree.kind[tree.a[node] as number] === Kind.Number;
    default:
      return false;
  }
}

function parameterNames(tree: Tree, first: number): string[] {
  const names: string[] = [];
  for (let p = first; p !== 0; p = tree.next[p] as number) {
    names.push(tree.names[tree.name[p] as number] as string);
  }
  return names;
}
