/** What the declarator of a function says: its type, parameters, flags and annotations. */
import { DeclaratorFlag, Kind, type Tree } from '../c/ast.ts';
import { columnOf, lineOf } from '../c/flow.ts';
import { declaredType, expressionText } from '../c/types.ts';
import type { TypeCollector } from './extract-types.ts';
import type { FunctionFact, Parameter } from './facts.ts';

/** The part of a FunctionFact that a Declarator has, of a definition or a prototype. */
export function functionSignature(
  tree: Tree,
  types: TypeCollector,
  declarator: number,
): Omit<FunctionFact, 'name' | 'endLine' | 'isPrototype' | 'definedBy' | 'isPartial' | 'flow'> {
  const info = tree.c[declarator] as number;
  const flags = info === 0 ? 0 : (tree.c[info] as number);
  const position = tree.tokenPosition[tree.token[declarator] as number] as number;
  return {
    line: lineOf(position),
    column: columnOf(position),
    returns: types.nameOf(tree.a[declarator] as number),
    parameters: info === 0 ? [] : parametersOf(tree, types, tree.b[info] as number),
    variadic: (flags & DeclaratorFlag.Variadic) !== 0,
    isStatic: (flags & DeclaratorFlag.Static) !== 0,
    isInline: (flags & (DeclaratorFlag.Inline | DeclaratorFlag.AlwaysInline)) !== 0,
    alwaysInline: (flags & DeclaratorFlag.AlwaysInline) !== 0,
    noReturn: (flags & DeclaratorFlag.NoReturn) !== 0,
    isInit: (flags & DeclaratorFlag.Init) !== 0,
    attributes: info === 0 ? [] : attributesOf(tree, tree.name[info] as number),
  };
}

function parametersOf(tree: Tree, types: TypeCollector, first: number): Parameter[] {
  const parameters: Parameter[] = [];
  for (let p = first; p !== 0; p = tree.next[p] as number) {
    const type = declaredType(tree, p, types.nameOf(tree.a[p] as number));
    parameters.push({ name: tree.names[tree.name[p] as number] as string, type });
  }
  return parameters;
}

function attributesOf(tree: Tree, first: number): { name: string; args: string[] }[] {
  const attributes: { name: string; args: string[] }[] = [];
  for (let at = first; at !== 0; at = tree.next[at] as number) {
    if (tree.kind[at] !== Kind.Attribute) continue;
    const name = tree.names[tree.name[at] as number] as string;
    attributes.push({ name, args: textsOf(tree, tree.a[at] as number) });
  }
  return attributes;
}

/** The texts of a list of expressions. */
export function textsOf(tree: Tree, first: number): string[] {
  const texts: string[] = [];
  for (let e = first; e !== 0; e = tree.next[e] as number) texts.push(expressionText(tree, e));
  return texts;
}
