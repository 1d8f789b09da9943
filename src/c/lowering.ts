/** What lowering one function keeps in mind, shared by the files that lower expressions, conditions, statements and scopes. */
import type { Tree } from './ast.ts';
import { Expr, Op } from './flow.ts';
import { FlowBuilder, LoweringError } from './flow-builder.ts';
import { NameTable, TypeTable } from './name-table.ts';
import { SPECIAL_NAMES, Special } from './special-names.ts';

const MAX_DEPTH = 1500;

/** Scope number that stands for "outside all scopes". */
export const NO_SCOPE = -1;

export const LocalFlag = { Parameter: 1, Static: 2 } as const;

interface JumpTarget {
  readonly breakTo: number;
  readonly continueTo: number;
  /** The scopes that are open where the jump arrives. */
  readonly breakScope: number;
  readonly continueScope: number;
}

interface SourceLabel {
  readonly label: number;
  /** Scope that the label stands in; undefined until it is seen. */
  scope: number | undefined;
}

/** One per thread, for all its files: start() takes the next file, reset() the next function of it. */
export class Lowering {
  tree: Tree;
  readonly b = new FlowBuilder();
  readonly names = new NameTable();
  readonly types = new TypeTable();

  /** Innermost last. */
  readonly targets: JumpTarget[] = [];
  /** Innermost last: index of the builder's switch table. */
  readonly switches: number[] = [];
  readonly labels = new Map<number, SourceLabel>();
  /** Gotos out of a scope: a block of its own that leaves the scopes on the way. */
  readonly exits: { stub: number; to: SourceLabel; scope: number; position: number }[] = [];
  /** Declarators of static locals with an initializer list, which no code of the function assigns. */
  readonly staticTables: number[] = [];
  /** Innermost open scope. */
  scope = NO_SCOPE;
  readonly scopeParent: number[] = [];
  readonly scopeDepth: number[] = [];
  /** Set where the body of a macro that opens a loop is lowered: its empty statement is where the body goes. */
  isHeader = false;

  /**
   * Set where the tree is of a piece of a file: code that is not seen may go to any label and case. They are
   * reached by a switch on an unknown value in front of what is seen.
   */
  isFragment = false;

  #depth = 0;
  /** Per name of the tree: local + 1. */
  #localOf = new Int32Array(0);
  readonly #shadowed: number[] = [];
  /** Per name of the tree, for as long as names keep their numbers: a Special, 0 where not looked up yet. */
  #special = new Uint8Array(0);
  #namesEpoch = -1;

  constructor(tree: Tree) {
    this.tree = tree;
    this.start(tree);
  }

  start(tree: Tree): void {
    this.tree = tree;
    this.names.reset();
    this.types.reset();
    this.leaveNames(0);
    if (tree.namesEpoch !== this.#namesEpoch) this.#special.fill(0);
    this.#namesEpoch = tree.namesEpoch;
    if (tree.names.length <= this.#localOf.length) return;
    const special = new Uint8Array(tree.names.length * 2);
    special.set(this.#special);
    this.#special = special;
    this.#localOf = new Int32Array(tree.names.length * 2);
  }

  /** Makes ready for the next function of the file. */
  reset(): void {
    this.b.reset();
    this.leaveNames(0);
    this.targets.length = 0;
    this.switches.length = 0;
    this.labels.clear();
    this.exits.length = 0;
    this.staticTables.length = 0;
    this.scope = NO_SCOPE;
    this.scopeParent.length = 0;
    this.scopeDepth.length = 0;
    this.isHeader = false;
    this.#depth = 0;
  }

  enter(): void {
    if (++this.#depth > MAX_DEPTH) throw new LoweringError('nested too deeply');
  }

  leave(): void {
    this.#depth--;
  }

  position(node: number): number {
    return this.tree.tokenPosition[this.tree.token[node] as number] as number;
  }

  /** What a name means to lowering beyond being a name, see special-names.ts. */
  special(name: number): number {
    let code = this.#special[name] as number;
    if (code === 0) {
      code = SPECIAL_NAMES.get(this.tree.names[name] as string) ?? Special.None;
      this.#special[name] = code;
    }
    return code;
  }

  /** Mark to give to leaveNames. */
  enterNames(): number {
    return this.#shadowed.length;
  }

  leaveNames(mark: number): void {
    while (this.#shadowed.length > mark) {
      const previous = this.#shadowed.pop() as number;
      const name = this.#shadowed.pop() as number;
      this.#localOf[name] = previous;
    }
  }

  /** Declares a local; `name` is a name of the tree, `type` a number of the type table. */
  declare(name: number, type: number, flags: number): number {
    const local = this.b.local(this.names.ofTree(this.tree, name), type, flags);
    if (name !== 0) {
      this.#shadowed.push(name, this.#localOf[name] as number);
      this.#localOf[name] = local + 1;
    }
    return local;
  }

  /** Local number, -1 where the name is not one. */
  localOf(name: number): number {
    return (this.#localOf[name] as number) - 1;
  }

  typeOfLocal(local: number): string {
    return this.types.texts[this.b.localType[local] as number] as string;
  }

  sourceLabel(name: number): SourceLabel {
    let label = this.labels.get(name);
    if (label === undefined) {
      label = { label: this.b.label(), scope: undefined };
      this.labels.set(name, label);
    }
    return label;
  }

  openScope(kind: number, call: number, local: number, name: number, position: number): void {
    const scope = this.b.scope(kind, call, local, name);
    this.scopeParent[scope] = this.scope;
    this.scopeDepth[scope] = this.depthOf(this.scope) + 1;
    this.b.emit(Op.EnterScope, scope, 0, position);
    this.scope = scope;
  }

  depthOf(scope: number): number {
    return scope === NO_SCOPE ? 0 : (this.scopeDepth[scope] as number);
  }

  /** Emits the exits from the innermost scope out to `outer`, for a jump; the scopes stay open for what follows. */
  exitScopes(outer: number, position: number): void {
    for (let s = this.scope; s !== outer && s !== NO_SCOPE; s = this.scopeParent[s] as number) {
      this.b.emit(Op.ExitScope, s, 0, position);
    }
  }

  /** The end of a block: leaves and closes the scopes opened in it. */
  closeScopes(outer: number, position: number): void {
    this.exitScopes(outer, position);
    this.scope = outer;
  }

  /** Value of a Result's call number; -1 where the expression is something else. */
  callOf(expression: number): number {
    return this.b.exprOp[expression] === Expr.Result ? (this.b.exprA[expression] as number) : -1;
  }
}
