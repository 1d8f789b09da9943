/**
 * The normal form of a type: one string, so that two mentions of a type are equal strings.
 *
 *   base         'u32', 'unsigned int', 'struct foo', 'enum bar'; no qualifiers, no attributes
 *   pointers     'struct foo *', 'struct foo **'
 *   arrays       'struct foo []', 'struct foo *[]', 'char [][]': one pair per dimension, without its size
 *   functions    'int ()'; a pointer to one 'int (*)()', an array of those 'int (*[])()'
 *   typeof       'typeof(x)', 'typeof(x) *' where x is not known here
 *   unknown      ''
 *
 * A struct without a tag is named after what holds it: 'struct foo.bar' for the member bar of struct foo,
 * 'struct foo.<1>' for the first unnamed member, 'struct <name>' for a typedef or a variable.
 */
import { DeclaratorFlag, Kind, Operator, type Tree } from './ast.ts';

/** What a pointer or array points at; '' where the type is neither. */
export function pointee(type: string): string {
  if (type.endsWith(' (*)()')) return `${type.slice(0, -6)} ()`;
  if (type.endsWith('[])()')) return type.replace('[])()', ')()');
  if (type.endsWith('[]')) return trimStar(type.slice(0, -2));
  if (type.endsWith('*')) return trimStar(type.slice(0, -1));
  return '';
}

const trimStar = (type: string): string => (type.endsWith(' ') ? type.slice(0, -1) : type);

/** True for a data or function pointer; false for arrays. */
export const isPointer = (type: string): boolean => type.endsWith('*') || type.endsWith('(*)()');

export const isArray = (type: string): boolean => type.endsWith('[]') || type.endsWith('[])()');

export const isFunctionPointer = (type: string): boolean => type.endsWith(')()') && type.includes('(*');

/** The type without its pointers and arrays: 'struct foo' for 'struct foo *[]'. */
export function baseOf(type: string): string {
  let end = type.length;
  while (end > 0 && ' *[]'.includes(type.charAt(end - 1))) end--;
  return type.slice(0, end);
}

export const isStruct = (type: string): boolean => type.startsWith('struct ') || type.startsWith('union ');

/** The type of a pointer to `type`. */
export function pointerTo(type: string): string {
  if (type === '') return '';
  if (type.endsWith(' ()')) return `${type.slice(0, -3)} (*)()`;
  return type.endsWith('*') ? `${type}*` : `${type} *`;
}

/** What a function or function pointer returns; '' where the type is neither. */
export function returned(type: string): string {
  if (type.endsWith(' ()')) return type.slice(0, -3);
  const at = type.lastIndexOf(' (*');
  return at > 0 && type.endsWith(')()') ? type.slice(0, at) : '';
}

/** Normal form of base words with `pointers` stars. */
export function withPointers(base: string, pointers: number): string {
  return pointers === 0 || base === ''
    ? base
    : `${base}${base.endsWith('*') ? '' : ' '}${'*'.repeat(pointers)}`;
}

/** Normal form of the type of a Declarator or Parameter, whose base type (pointers included) is `type`. */
export function declaredType(tree: Tree, declarator: number, type: string): string {
  const info = tree.c[declarator] as number;
  if (info === 0 || type === '') return type;
  const flags = tree.kind[info] === Kind.DeclaratorInfo ? (tree.c[info] as number) : 0;
  let arrays = '';
  for (let d = tree.a[info] as number; d !== 0; d = tree.next[d] as number) arrays += '[]';
  if ((flags & DeclaratorFlag.FunctionPointer) !== 0) return `${type} (*${arrays})()`;
  if ((flags & DeclaratorFlag.Function) !== 0) return `${type} ()`;
  if (arrays === '') return type;
  return type.endsWith('*') || type.endsWith(']') ? type + arrays : `${type} ${arrays}`;
}

/** Normal form of a Type node by itself. `nameOfTagless` names a struct or enum body without a tag; typeof's operand becomes text. */
export function typeName(
  tree: Tree,
  type: number,
  nameOfTagless: (body: number) => string = () => '',
): string {
  let node = type;
  let pointers = 0;
  const arrays = '';
  for (let steps = 0; node !== 0 && steps < 64; steps++) {
    if (tree.kind[node] !== Kind.Type)
      return withPointers(`typeof(${expressionText(tree, node)})`, pointers) + arrays;
    const name = tree.names[tree.name[node] as number] as string;
    pointers += tree.b[node] as number;
    const operand = tree.c[node] as number;
    if (name === 'typeof' && operand !== 0) {
      node = operand;
      continue;
    }
    const body = tree.a[node] as number;
    if (body !== 0 && tree.name[body] === 0) return withPointers(nameOfTagless(body), pointers) + arrays;
    return withPointers(name, pointers) + arrays;
  }
  return '';
}

const MAX_TEXT_DEPTH = 24;

/** Source-like text of a simple expression: names, members, calls, literals; '…' where it is anything else or too deep. */
export function expressionText(tree: Tree, node: number, depth = 0): string {
  if (node === 0) return '';
  if (depth > MAX_TEXT_DEPTH) return '…';
  const name = (): string => tree.names[tree.name[node] as number] as string;
  const text = (child: number): string => expressionText(tree, child, depth + 1);
  const operand = (child: number): string => {
    const kind = tree.kind[child];
    const compound = kind === Kind.Binary || kind === Kind.LogicalAnd || kind === Kind.LogicalOr;
    return compound ? `(${text(child)})` : text(child);
  };
  const a = tree.a[node] as number;
  const b = tree.b[node] as number;
  switch (tree.kind[node]) {
    case Kind.Identifier:
    case Kind.Number:
    case Kind.String:
    case Kind.Char:
      return name();
    case Kind.Stringify:
      return `#${name()}`;
    case Kind.Member:
      return `${text(a)}.${name()}`;
    case Kind.Arrow:
      return `${text(a)}->${name()}`;
    case Kind.Index:
      return `${text(a)}[${text(b)}]`;
    case Kind.Call: {
      const args: string[] = [];
      for (let arg = b; arg !== 0; arg = tree.next[arg] as number) args.push(text(arg));
      return `${text(a)}(${args.join(', ')})`;
    }
    case Kind.Unary:
      return `${UNARY_TEXT[tree.c[node] as number] ?? ''}${operand(a)}`;
    case Kind.Binary:
      return `${operand(a)} ${BINARY_TEXT[tree.c[node] as number] ?? '?'} ${operand(b)}`;
    case Kind.LogicalAnd:
      return `${operand(a)} && ${operand(b)}`;
    case Kind.LogicalOr:
      return `${operand(a)} || ${operand(b)}`;
    case Kind.Cast:
      return `(${typeName(tree, a)})${text(b)}`;
    case Kind.Type:
      return typeName(tree, node);
    case Kind.TypeArgument:
      return typeName(tree, a);
    case Kind.Sizeof:
      return `sizeof(${text(a)})`;
    default:
      return '…';
  }
}

const UNARY_TEXT: Readonly<Record<number, string>> = {
  [Operator.Not]: '!',
  [Operator.BitNot]: '~',
  [Operator.Negate]: '-',
  [Operator.Plus]: '+',
  [Operator.AddressOf]: '&',
  [Operator.Deref]: '*',
  [Operator.PreIncrement]: '++',
  [Operator.PreDecrement]: '--',
};

/** Indexed by Operator, Add to GreaterEqual. */
const BINARY_TEXT: readonly (string | undefined)[] = [
  undefined,
  '+',
  '-',
  '*',
  '/',
  '%',
  '<<',
  '>>',
  '&',
  '|',
  '^',
  '==',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
];
