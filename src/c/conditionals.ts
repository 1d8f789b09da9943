/**
 * Decides, without a configuration, which arms of #if are read.
 *
 * - An arm whose condition is known to be false (#if 0, __ASSEMBLY__) is dropped.
 * - At the top level and in lists (structs, enums, initializers) all arms are read, one after the other.
 * - Around whole statements the directives stay in the stream, and the parser makes a PreprocessorIf.
 * - Where an arm is only a piece of something (half an expression, an if without its body, unbalanced
 *   braces), one arm is read as if the directives were not there. Arms that leave braces open are chosen by the
 *   same symbol everywhere in the file, so that what one opens another closes.
 *
 * One pass over the tokens; nothing is looked at more often than a fixed number of times.
 */
import { compact } from './brackets.ts';
import { negate, symbolOf, Truth, truthOf, truthOfSymbol } from './conditions.ts';
import type { Interner } from './interner.ts';
import { REMOVED, Token } from './token.ts';
import { Directive, type Tokens } from './tokens.ts';
import { NameFlag } from './word-shapes.ts';

/** What a frame (an open bracket) holds. */
const Holds = { TopLevel: 0, Statements: 1, List: 2, Group: 3 } as const;

/** One arm of a conditional. */
interface Arm {
  readonly directive: number;
  readonly token: number;
  truth: number;
  /** Tokens [token + 1, end) and directives (directive, endDirective) belong to it. */
  end: number;
  endDirective: number;
  frame: number;
  /** Last token that is read in it, or -1. */
  last: number;
  first: number;
}

interface Group {
  readonly frame: number;
  readonly previous: number;
  readonly arms: Arm[];
  hasElse: boolean;
  hadTrue: boolean;
}

/** Removes the tokens and directives of arms that are not read, and the directives that need no node. */
export const resolveConditionals = (tokens: Tokens, interner: Interner): void => {
  const { kind } = tokens;
  let first = 0;
  while (first < tokens.count && !isConditional(kind[first] as number)) first++;
  if (first === tokens.count) return;
  new Resolver(tokens, interner).run();
};

const isConditional = (k: number): boolean => k >= Token.HashIf && k <= Token.HashEndif;

/** Nesting of #if that is followed. */
const MAX_NESTED = 1000;

const isRemovable = (k: number): boolean => k === REMOVED || isConditional(k);

/** So many directives in a row are looked past. */
const MAX_ADJACENT = 64;

class Resolver {
  readonly #tokens: Tokens;
  readonly #interner: Interner;
  readonly #kind: Uint8Array;
  // Frames: a linked stack, so that it can be put back to where it was at an #if.
  #frameParent = new Int32Array(1 << 10);
  #frameHolds = new Uint8Array(1 << 10);
  #frameOpen = new Int32Array(1 << 10);
  #frames = 1;
  #frame = 0;
  /** Last token that is read, or -1. */
  #previous = -1;
  /** Token that opens the last parenthesis that was closed. */
  #lastParenthesis = -1;
  readonly #groups: Group[] = [];
  #ignored = 0;
  readonly #dropped: number[] = [];
  readonly #droppedDirectives: number[] = [];
  readonly #assumed = new Map<string, boolean>();

  constructor(tokens: Tokens, interner: Interner) {
    this.#tokens = tokens;
    this.#interner = interner;
    this.#kind = tokens.kind;
  }

  run(): void {
    const kind = this.#kind;
    const end = this.#tokens.count - 1;
    for (let i = 0; i < end; i++) {
      const k = kind[i] as number;
      if (k <= Token.CloseBrace && k >= Token.OpenParen) {
        if ((k & 1) === 1) this.#open(i, k);
        else if (this.#frame !== 0) this.#close(k);
        this.#previous = i;
      } else if (isConditional(k)) i = this.#conditional(i, k, end);
      else this.#previous = i;
    }
    // What is still open at the end has no #endif: its directives are ignored.
    for (const group of this.#groups) for (const arm of group.arms) kind[arm.token] = REMOVED;
    const { directives } = this.#tokens;
    for (let i = 0; i < this.#droppedDirectives.length; i += 2) {
      const last = this.#droppedDirectives[i + 1] as number;
      for (let d = this.#droppedDirectives[i] as number; d < last; d++) {
        if (directives.kind(d) < Directive.If) directives.remove(d);
      }
    }
    compact(this.#tokens, this.#dropped);
  }

  #open(i: number, k: number): void {
    const frame = this.#frames++;
    if (frame === this.#frameHolds.length) this.#growFrames();
    this.#frameParent[frame] = this.#frame;
    this.#frameOpen[frame] = i;
    this.#frameHolds[frame] = k === Token.OpenBrace ? this.#holds() : Holds.Group;
    this.#frame = frame;
  }

  #growFrames(): void {
    const size = 2 * this.#frameHolds.length;
    const parent = new Int32Array(size);
    parent.set(this.#frameParent);
    this.#frameParent = parent;
    const open = new Int32Array(size);
    open.set(this.#frameOpen);
    this.#frameOpen = open;
    const holds = new Uint8Array(size);
    holds.set(this.#frameHolds);
    this.#frameHolds = holds;
  }

  #close(k: number): void {
    const frame = this.#frame;
    const open = this.#frameOpen[frame] as number;
    if (this.#kind[open] !== k - 1) {
      if (k !== Token.CloseBrace) return;
      // A brace ends what is open inside its block.
      let at = frame;
      while (at !== 0 && this.#kind[this.#frameOpen[at] as number] !== Token.OpenBrace) {
        at = this.#frameParent[at] as number;
      }
      if (at !== 0) this.#frame = this.#frameParent[at] as number;
      return;
    }
    if (k === Token.CloseParen) this.#lastParenthesis = open;
    this.#frame = this.#frameParent[frame] as number;
  }

  /** What the brace that comes after the previous token holds. */
  #holds(): number {
    const kind = this.#kind;
    let i = this.#previous;
    if (i < 0) return Holds.Statements;
    let k = kind[i] as number;
    switch (k) {
      case Token.CloseParen: {
        // A compound literal, or a block after a header.
        const before = this.#lastParenthesis > 0 ? (kind[this.#lastParenthesis - 1] as number) : 0;
        const isHeader =
          before === Token.Identifier || before === Token.CloseParen || before >= Token.TypeWord;
        if (before === Token.Return || before === Token.Sizeof) return Holds.List;
        return isHeader ? Holds.Statements : Holds.List;
      }
      case Token.Assign:
      case Token.Comma:
      case Token.OpenBracket:
      case Token.CloseBracket:
        return Holds.List;
      case Token.OpenParen:
      case Token.Semicolon:
      case Token.CloseBrace:
      case Token.Colon:
      case Token.Else:
      case Token.Do:
        return this.#frameHolds[this.#frame] === Holds.List ? Holds.List : Holds.Statements;
      case Token.OpenBrace:
        return (this.#frameHolds[this.#frame] as number) === Holds.List ? Holds.List : Holds.Statements;
      case Token.String:
        return Holds.TopLevel;
    }
    for (let budget = 8; budget > 0 && i >= 0; budget--, i--) {
      k = kind[i] as number;
      if (k === Token.Struct || k === Token.Union || k === Token.Enum) return Holds.List;
      if (k !== Token.Identifier && k !== Token.Attribute && k !== Token.CloseParen && k !== Token.OpenParen)
        break;
    }
    return Holds.Statements;
  }

  #conditional(i: number, k: number, end: number): number {
    const directive = this.#tokens.name[i] as number;
    const group = this.#groups.at(-1);
    if (this.#ignored > 0 || (k === Token.HashIf && this.#groups.length >= MAX_NESTED)) {
      // Nested deeper than any code is: these directives are not there.
      if (k === Token.HashIf) this.#ignored++;
      else if (k === Token.HashEndif) this.#ignored--;
      this.#kind[i] = REMOVED;
      return i;
    }
    if (k === Token.HashIf) {
      const truth = this.#truth(directive);
      const opened: Group = {
        frame: this.#frame,
        previous: this.#previous,
        arms: [],
        hasElse: false,
        hadTrue: false,
      };
      this.#groups.push(opened);
      return this.#beginArm(opened, i, directive, truth, end);
    }
    if (group === undefined) {
      this.#kind[i] = REMOVED;
      return i;
    }
    this.#endArm(group, i, directive);
    if (k === Token.HashEndif) {
      this.#groups.pop();
      this.#decide(group, i, directive, end);
      return i;
    }
    const isElse = k === Token.HashElse;
    if (isElse) group.hasElse = true;
    return this.#beginArm(group, i, directive, isElse ? Truth.Unknown : this.#truth(directive), end);
  }

  /** Enters an arm; one that is not read is skipped to its end. */
  #beginArm(group: Group, i: number, directive: number, truth: number, end: number): number {
    const known = group.hadTrue ? Truth.False : truth;
    if (known === Truth.True) group.hadTrue = true;
    const arm: Arm = {
      directive,
      token: i,
      truth: known,
      end: i + 1,
      endDirective: directive,
      frame: group.frame,
      last: -1,
      first: -1,
    };
    group.arms.push(arm);
    this.#frame = group.frame;
    this.#previous = group.previous;
    if (known !== Truth.False) return i;
    const kind = this.#kind;
    let depth = 0;
    for (let at = i + 1; at < end; at++) {
      const k = kind[at] as number;
      if (k === Token.HashIf) depth++;
      else if (k === Token.HashEndif && depth-- === 0) return at - 1;
      else if ((k === Token.HashElse || k === Token.HashElif) && depth === 0) return at - 1;
    }
    return end - 1;
  }

  #endArm(group: Group, i: number, directive: number): void {
    const arm = group.arms.at(-1) as Arm;
    arm.end = i;
    arm.endDirective = directive;
    arm.frame = this.#frame;
    arm.last = this.#previous === group.previous ? -1 : this.#previous;
    if (arm.last >= 0) {
      let at = arm.token + 1;
      while (at < i && at < arm.token + MAX_ADJACENT && isRemovable(this.#kind[at] as number)) at++;
      arm.first = at;
    }
  }

  #truth(directive: number): number {
    const { directives } = this.#tokens;
    switch (directives.kind(directive)) {
      case Directive.Ifdef:
      case Directive.Elifdef:
        return truthOfSymbol(this.#interner.names[directives.name(directive)] as string);
      case Directive.Ifndef:
      case Directive.Elifndef:
        return negate(truthOfSymbol(this.#interner.names[directives.name(directive)] as string));
      default:
        return truthOf(this.#text(directive));
    }
  }

  #text(directive: number): string {
    const { directives, source } = this.#tokens;
    const start = directives.start(directive);
    return source.latin1Slice(start, Math.min(directives.end(directive), start + 4000));
  }

  /** At the #endif: what is read of the group. */
  #decide(group: Group, endif: number, directive: number, end: number): void {
    const kind = this.#kind;
    const read = group.arms.filter((arm) => arm.truth !== Truth.False);
    const isKnown = read.length === 1 && read[0]?.truth === Truth.True;
    const isOnly = isKnown || (read.length === 1 && group.hasElse && group.arms.at(-1) === read[0]);
    for (const arm of group.arms) if (arm.truth === Truth.False) this.#drop(arm);
    const holds = this.#frameHolds[group.frame] as number;
    if (isOnly || read.length === 0) {
      this.#splice(group, read[0], endif);
      return;
    }
    let next = endif + 1;
    while (next < end && next < endif + MAX_ADJACENT && isRemovable(kind[next] as number)) next++;
    if (holds !== Holds.Group && this.#areWhole(group, read, holds, kind[next] as number)) {
      this.#frame = group.frame;
      const last = read.findLast((arm) => arm.last >= 0);
      this.#previous = last?.last ?? group.previous;
      if (holds === Holds.Statements) {
        // The first arm that is read starts the node, whichever directive it has.
        for (const arm of group.arms) if (arm.truth === Truth.False) kind[arm.token] = REMOVED;
        const head = read[0] as Arm;
        if (kind[head.token] !== Token.HashIf) kind[head.token] = Token.HashIf;
        return;
      }
      for (const arm of group.arms) kind[arm.token] = REMOVED;
      kind[endif] = REMOVED;
      return;
    }
    this.#splice(group, this.#choose(group, read), endif);
    void directive;
  }

  /** Reads one arm (or none) as if there was no conditional. */
  #splice(group: Group, chosen: Arm | undefined, endif: number): void {
    const kind = this.#kind;
    for (const arm of group.arms) {
      if (arm !== chosen && arm.truth !== Truth.False) this.#drop(arm);
      kind[arm.token] = REMOVED;
    }
    kind[endif] = REMOVED;
    this.#frame = chosen?.frame ?? group.frame;
    this.#previous = chosen === undefined || chosen.last < 0 ? group.previous : chosen.last;
  }

  #drop(arm: Arm): void {
    addRange(this.#dropped, arm.token + 1, arm.end);
    addRange(this.#droppedDirectives, arm.directive + 1, arm.endDirective);
  }

  /** The arm that is read where only one can be. */
  #choose(group: Group, read: readonly Arm[]): Arm | undefined {
    const isBalanced = read.every((arm) => arm.frame === group.frame);
    const head = read[0] as Arm;
    if (isBalanced || head !== group.arms[0]) return head;
    const { directives } = this.#tokens;
    const kind = directives.kind(head.directive);
    let symbol: string;
    let isNegative = kind === Directive.Ifndef;
    if (kind === Directive.If) {
      const parsed = symbolOf(this.#text(head.directive));
      symbol = parsed.symbol;
      isNegative = parsed.isNegative;
    } else symbol = this.#interner.names[directives.name(head.directive)] as string;
    const assumed = this.#assumed.get(symbol);
    if (assumed === undefined) {
      this.#assumed.set(symbol, !isNegative);
      return head;
    }
    if (assumed !== isNegative) return head;
    return read[1];
  }

  /** Whether each arm is whole: statements, declarations, or items of a list. */
  #areWhole(group: Group, read: readonly Arm[], holds: number, next: number): boolean {
    const kind = this.#kind;
    const before = group.previous < 0 ? Token.Semicolon : (kind[group.previous] as number);
    if (before === Token.Colon && kind[group.previous - 1] === Token.Question) return false;
    if (!this.#canPrecede(before, group, holds)) return false;
    if (next === Token.Else && holds === Holds.Statements) return false;
    for (const arm of read) {
      if (arm.frame !== group.frame) return false;
      if (arm.last < 0) continue;
      const first = kind[arm.first] as number;
      if (first === Token.Else || !canBegin(first, holds)) return false;
      if (!this.#canEnd(arm, holds, next, read.length)) return false;
    }
    return true;
  }

  #canPrecede(before: number, group: Group, holds: number): boolean {
    switch (before) {
      case Token.Semicolon:
      case Token.CloseBrace:
      case Token.OpenBrace:
        return true;
      case Token.Comma:
        return holds === Holds.List;
      case Token.Colon:
      case Token.Else:
      case Token.Do:
        return holds === Holds.Statements;
      case Token.CloseParen:
        // The end of a macro use, or of a header whose body the arms are.
        return holds !== Holds.List || this.#frameOpen[group.frame] !== 0;
      case Token.Identifier:
        return holds !== Holds.Statements && this.#startsLine(group.arms[0] as Arm);
      default:
        return holds === Holds.List && before < Token.OpenParen;
    }
  }

  #startsLine(_arm: Arm): boolean {
    return false;
  }

  #canEnd(arm: Arm, holds: number, next: number, arms: number): boolean {
    const kind = this.#kind;
    const last = kind[arm.last] as number;
    if (last === Token.Semicolon) return true;
    if (last === Token.CloseBrace) {
      if (holds === Holds.List) return next !== Token.Semicolon && (next !== Token.Comma || arms === 1);
      return next !== Token.Semicolon && next !== Token.Assign;
    }
    if (last === Token.Comma) return holds === Holds.List;
    if (holds === Holds.List) return arms === 1 || next === Token.CloseBrace;
    if (last === Token.Colon) return holds === Holds.Statements && kind[arm.last - 1] !== Token.Question;
    if (last !== Token.CloseParen) return false;
    if (
      next === Token.OpenBrace ||
      next === Token.Semicolon ||
      (next < Token.HashIf && next !== Token.Identifier && next !== Token.CloseBrace && next !== Token.End)
    ) {
      return false;
    }
    return this.#isMacroUse(arm.last);
  }

  /** Whether the ) at `close` ends a macro use, and not the header of an if or loop. */
  #isMacroUse(close: number): boolean {
    const kind = this.#kind;
    let depth = 0;
    for (let i = close, budget = 400; budget > 0 && i > 0; i--, budget--) {
      if (kind[i] === Token.CloseParen) depth++;
      else if (kind[i] === Token.OpenParen && --depth === 0) {
        if (kind[i - 1] !== Token.Identifier) return false;
        return (this.#interner.flagsOf(this.#tokens.name[i - 1] as number) & NameFlag.Iterator) === 0;
      }
    }
    return false;
  }
}

/** Whether a token can begin a statement, declaration or item. */
const canBegin = (k: number, holds: number): boolean => {
  if (k >= Token.TypeWord || k === Token.Identifier || k === Token.Semicolon || k === Token.OpenBrace)
    return true;
  if (holds === Holds.List)
    return k <= Token.OpenBracket || k === Token.Dot || k === Token.Ampersand || k === Token.Minus;
  if (holds === Holds.TopLevel) return false;
  return k === Token.Star || k === Token.OpenParen || k === Token.Increment || k === Token.Decrement;
};

/** Adds [start, end) to sorted ranges, of which those inside it are taken out. */
const addRange = (ranges: number[], start: number, end: number): void => {
  if (start >= end) return;
  while (ranges.length > 0 && (ranges[ranges.length - 2] as number) >= start) ranges.length -= 2;
  ranges.push(start, end);
};
