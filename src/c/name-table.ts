/** The names and types that the flows of one file use, numbered in order of first use; number 0 is ''. */
import { DeclaratorFlag, Kind, type Tree } from './ast.ts';
import { declaredType, typeName } from './types.ts';

export class NameTable {
  /** Each file has an array of its own, which its flows keep. */
  texts: string[] = [''];
  readonly #byText = new Map<string, number>();
  /** Per name of the tree: number + 1, 0 where the file does not use it. The trees of one parser share their names. */
  #ofTree = new Int32Array(1024);
  readonly #used: number[] = [];

  /** Makes ready for the next file. */
  reset(): void {
    this.texts = [''];
    this.#byText.clear();
    for (const name of this.#used) this.#ofTree[name] = 0;
    this.#used.length = 0;
  }

  /** The number of a name of the file's tree. */
  ofTree(tree: Tree, name: number): number {
    if (name >= this.#ofTree.length) {
      const grown = new Int32Array(Math.max(tree.names.length, name + 1) * 2);
      grown.set(this.#ofTree);
      this.#ofTree = grown;
    }
    const known = this.#ofTree[name] as number;
    if (known !== 0) return known - 1;
    if (name === 0) return 0;
    // The tree has each text once: no need to look for it here.
    const number = this.texts.length;
    this.texts.push(tree.names[name] as string);
    this.#ofTree[name] = number + 1;
    this.#used.push(name);
    return number;
  }

  /** The number of a text that lowering makes up. One that the tree has, too, may have another number there. */
  ofText(text: string): number {
    if (text === '') return 0;
    let number = this.#byText.get(text);
    if (number === undefined) {
      number = this.texts.length;
      this.texts.push(text);
      this.#byText.set(text, number);
    }
    return number;
  }
}

/** Normal forms of types by declaration; the common ones without making a string. */
export class TypeTable extends NameTable {
  readonly #plain = new Map<number, number>();

  override reset(): void {
    super.reset();
    this.#plain.clear();
  }

  /** The number of the declared type of a Declarator or Parameter; `base` stands in for the type that the tree has. */
  ofDeclarator(tree: Tree, declarator: number, base?: string): number {
    const type = tree.a[declarator] as number;
    const key = base === undefined ? plainKey(tree, type, tree.c[declarator] as number) : -1;
    const known = key < 0 ? undefined : this.#plain.get(key);
    if (known !== undefined) return known;
    const number = this.ofText(declaredType(tree, declarator, base ?? typeName(tree, type)));
    if (key >= 0) this.#plain.set(key, number);
    return number;
  }
}

const MAX_KEY_POINTERS = 15;

/** A number for name, pointers, dimensions and flags of a type that has no body and no operand; -1 otherwise. */
function plainKey(tree: Tree, type: number, info: number): number {
  if (tree.kind[type] !== Kind.Type || tree.a[type] !== 0 || tree.c[type] !== 0) return -1;
  const pointers = tree.b[type] as number;
  let dimensions = 0;
  let flags = 0;
  if (info !== 0) {
    for (let d = tree.a[info] as number; d !== 0 && dimensions < 8; d = tree.next[d] as number) dimensions++;
    flags = (tree.c[info] as number) & (DeclaratorFlag.Function | DeclaratorFlag.FunctionPointer);
  }
  if (pointers > MAX_KEY_POINTERS || dimensions > 7) return -1;
  return (
    (tree.name[type] as number) * 512 +
    pointers * 32 +
    dimensions * 4 +
    flags / DeclaratorFlag.FunctionPointer
  );
}
