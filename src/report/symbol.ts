/** What a program knows of a name, as text. */
import { Expr } from '../c/flow.ts';
import { type Effects, effectsOf } from '../effects/effects.ts';
import { lockEffectsOf } from '../effects/locks/lock-effects.ts';
import type { Summary } from '../effects/summary.ts';
import { mayBeError, mayBeNull } from '../effects/values.ts';
import type { FunctionFact, MacroFact } from '../index/facts.ts';
import type { IndexProgram } from '../index/index-program.ts';
import type { FunctionRef } from '../index/program.ts';
import { isOutside } from '../index/resolve.ts';
import { allocatorLines, lockLines } from './lock-lines.ts';

/** Everything of that name, in sections; '' where there is nothing. `limit` bounds each list. */
export function describeSymbol(program: IndexProgram, symbol: string, limit: number): string {
  const text = new Description(program, limit);
  const [, type, field] = /^((?:struct |union )?[A-Za-z_]\w*)\.(\w+)$/.exec(symbol) ?? [];
  if (type !== undefined && field !== undefined) text.field(type, field);
  else text.name(symbol);
  return text.lines.map((line) => `${line}\n`).join('');
}

class Description {
  readonly lines: string[] = [];
  readonly #program: IndexProgram;
  readonly #effects: Effects;
  readonly #limit: number;

  constructor(program: IndexProgram, limit: number) {
    this.#program = program;
    this.#effects = effectsOf(program);
    this.#limit = limit;
  }

  name(symbol: string): void {
    const program = this.#program;
    this.lines.push(...allocatorLines(symbol));
    const nothing = this.lines.length;
    const functions = [...program.allFunctions(symbol)].sort(mostCalledFirst);
    const macros = program.allMacros(symbol);
    // Tools and samples have copies of the kernel's names.
    for (const isCopy of [false, true]) {
      for (const ref of functions) if (isOutside(ref.path) === isCopy) this.function(ref);
      const prototype = program.prototype(symbol, '');
      if (!isCopy && prototype !== undefined && this.lines.length === nothing) {
        this.lines.push(`${signature(prototype)}`, '  declared only: no body in the tree');
      }
      for (const { path, fact } of macros) if (isOutside(path) === isCopy) this.macro(path, fact);
    }
    for (const kind of symbol.includes(' ') ? [''] : ['struct ', 'union ']) this.struct(`${kind}${symbol}`);
    const typedef = program.typedef(symbol, '');
    if (typedef !== undefined) this.lines.push(`typedef ${symbol}: ${typedef}`);
    const global = program.global(symbol, '');
    if (global !== undefined) {
      const { path, fact } = global;
      this.lines.push(
        `${fact.isStatic ? 'static ' : ''}${fact.perCpu ? 'per-CPU ' : ''}${fact.type} ${symbol}`,
      );
      this.lines.push(`  defined at ${path}:${fact.line}${fact.isExtern ? ' (extern)' : ''}`);
    }
    const value = program.enumerator(symbol, '');
    if (value !== undefined) this.lines.push(`enumerator ${symbol} = ${value}`);
  }

  function(ref: FunctionRef): void {
    const { fact, path } = ref;
    this.lines.push(signature(fact), `  defined at ${path}:${fact.line}`);
    if (fact.definedBy !== undefined) this.lines.push(`  defined by ${fact.definedBy}`);
    for (const { name, args } of fact.attributes) {
      this.lines.push(`  ${name}${args.length > 0 ? `(${args.join(', ')})` : ''}`);
    }
    if (fact.flow === undefined) this.lines.push('  its body could not be read');
    this.#summary(fact, this.#effects.summary(ref));
    const names = fact.parameters.map(({ name }) => name);
    this.lines.push(...lockLines(lockEffectsOf(this.#program).summary(ref), names, this.#limit));
    this.#list('calls', calleesOf(fact));
    const stored = this.#program.storedIn(ref).map(({ entry, path: file }) => {
      return `${entry.type}.${entry.field}  (${entry.table}, ${file}:${entry.line})`;
    });
    this.#list('stored in', stored);
    this.#list(
      'called by',
      this.#program.callers(ref).map(({ id, fact: by }) => `${id}  (line ${by.line})`),
    );
    const through = new Set(this.#program.storedIn(ref).map(({ entry }) => entry.field));
    for (const field of through) {
      const callers = this.#program.callersThrough(field).map(({ id }) => id);
      this.#list(`calls through a field named ${field}`, callers);
    }
    this.lines.push('');
  }

  macro(path: string, fact: MacroFact): void {
    const parameters =
      fact.parameters === undefined ? '' : `(${fact.parameters.join(', ')}${fact.variadic ? '...' : ''})`;
    this.lines.push(`#define ${fact.name}${parameters}`, `  defined at ${path}:${fact.line}, ${fact.kind}`);
    if (fact.text !== '') this.lines.push(`  ${fact.text}`);
    const locks = lockEffectsOf(this.#program).ofName(fact.name, path);
    this.lines.push(...lockLines(locks, fact.parameters ?? [], this.#limit));
    this.#list('calls', calleesOf(fact));
    this.lines.push('');
  }

  struct(name: string): void {
    const struct = this.#program.struct(name, '');
    if (struct === undefined) return;
    this.lines.push(`${struct.name}, ${struct.fields.length} fields`);
    for (const field of struct.fields.slice(0, this.#limit * 5)) {
      const stored = field.name === '' ? [] : this.#stored(struct.name, field.name);
      const holds = stored.length === 0 ? '' : `  <- ${stored.length} functions`;
      this.lines.push(`  ${field.type} ${field.name || '(unnamed)'}${holds}`);
    }
    this.lines.push('');
  }

  /** A field: its type, what the tree stores in it, who calls through it. */
  field(type: string, name: string): void {
    const program = this.#program;
    const typed = [type, `struct ${type}`, `union ${type}`].find(
      (one) => program.field(one, name, '') !== undefined,
    );
    if (typed === undefined) return;
    const found = program.field(typed, name, '');
    if (found === undefined) return;
    this.lines.push(`${found.owner}.${name}: ${found.field.type}, line ${found.field.line}`);
    const { empty, total } = program.emptyFields(typed, name);
    if (total > 0) this.lines.push(`  ${empty} of ${total} tables leave it empty`);
    this.#list('holds', this.#stored(typed, name));
    this.#list(
      'called through a field of that name by',
      program.callersThrough(name).map(({ id }) => id),
    );
  }

  #stored(type: string, field: string): string[] {
    return this.#program.stored(type, field).map(({ ref, entry }) => `${ref.id}  (${entry.table})`);
  }

  #summary(fact: FunctionFact, summary: Summary): void {
    const returns: string[] = [];
    const from = (line: number, callee: string): string =>
      `${line > 0 ? ` (line ${line}${callee === '' ? '' : `, from ${callee}`})` : ''}`;
    if (mayBeNull(summary.result)) returns.push(`NULL${from(summary.nullLine, summary.nullFrom)}`);
    if (mayBeError(summary.result)) returns.push(`an error${from(summary.errorLine, summary.errorFrom)}`);
    if (returns.length > 0) this.lines.push(`  may return ${returns.join(' or ')}`);
    if (summary.noReturn) this.lines.push('  does not return');
    const named = (mask: number): string =>
      fact.parameters
        .filter((_, at) => (mask & (1 << at)) !== 0)
        .map(({ name }) => name)
        .join(', ');
    if (named(summary.dereferences) !== '') this.lines.push(`  dereferences ${named(summary.dereferences)}`);
    const may = named(summary.mayDereference & ~summary.dereferences);
    if (may !== '') this.lines.push(`  may dereference ${may} without a test`);
    if (named(summary.tests) !== '') this.lines.push(`  tests ${named(summary.tests)}`);
  }

  #list(title: string, items: readonly string[]): void {
    if (items.length === 0) return;
    this.lines.push(`  ${title} (${items.length}):`);
    for (const item of items.slice(0, this.#limit)) this.lines.push(`    ${item}`);
    if (items.length > this.#limit) this.lines.push(`    … and ${items.length - this.#limit} more`);
  }
}

/** What others call before what is a file's own, which in a header is often the stub of a subsystem that is left out. */
const mostCalledFirst = (a: FunctionRef, b: FunctionRef): number =>
  Number(a.fact.isStatic) - Number(b.fact.isStatic);

function signature(fact: FunctionFact): string {
  const parameters = fact.parameters.map(({ name, type }) =>
    `${type}${type.endsWith('*') ? '' : ' '}${name}`.trim(),
  );
  if (fact.variadic) parameters.push('...');
  const returns = `${fact.returns}${fact.returns.endsWith('*') ? '' : ' '}`;
  return `${fact.isStatic ? 'static ' : ''}${fact.isInline ? 'inline ' : ''}${returns}${fact.name}(${parameters.join(', ') || 'void'})`;
}

/** Names that a body calls, each once, in order: functions, and fields as '->open'. */
function calleesOf({ flow }: FunctionFact | MacroFact): string[] {
  if (flow === undefined) return [];
  const names = new Set<string>();
  for (const { callee } of flow.calls) {
    const op = flow.exprOp[callee];
    if (op === Expr.Global) names.add(flow.names[flow.exprA[callee] as number] as string);
    if (op === Expr.Arrow || op === Expr.Field) names.add(`->${flow.names[flow.exprB[callee] as number]}`);
  }
  return [...names];
}
