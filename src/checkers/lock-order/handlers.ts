/**
 * Handlers and what they hang on, as the code around some files registers them: which function a work item, a
 * timer, an interrupt or a thread runs, named by the type and member that it lies in, and what is queued where.
 */
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { typeOf } from '../../effects/expression-text.ts';
import { calleeName, globalName } from '../../effects/flow-expressions.ts';
import { lockClass } from '../../effects/locks/lock-class.ts';
import { Places } from '../../effects/locks/place.ts';
import type { FunctionRef, Program } from '../../index/program.ts';
import { attributeOf } from '../../kernel/attributes.ts';
import {
  beginsTask,
  type Context,
  contextOfField,
  debugfsEntries,
  irqSafeLocks,
  isCalledByInterrupts,
  isThread,
  orderedQueues,
  queueing,
  registrations,
} from '../../kernel/contexts.ts';
import type { Step } from '../checker.ts';

/** Files beside an audited one that are read for it. */
const MAX_FILES = 80;

export interface Handler {
  readonly ref: FunctionRef;
  readonly context: Context;
  /** Class of what it hangs on: `struct foo.work`; '' where there is none. */
  readonly object: string;
  readonly step: Step;
}

/** A call that ends a wait for a completion. */
export interface Completer {
  readonly ref: FunctionRef;
  readonly call: number;
  readonly object: string;
}

export const COMPLETES: ReadonlySet<string> = new Set(['complete', 'complete_all']);

/** What a function calls that registers a handler, queues a work, or ends a wait. */
const REGISTERING: ReadonlySet<string> = new Set([
  ...registrations.keys(),
  ...queueing.keys(),
  ...debugfsEntries.keys(),
  ...irqSafeLocks.keys(),
  ...orderedQueues,
  ...COMPLETES,
]);

export class Handlers {
  readonly #program: Program;
  readonly #handlers = new Map<string, Handler[]>();
  readonly #works = new Map<string, Set<string>>();
  /** Work queues that run one work at a time. */
  readonly #ordered = new Set<string>();
  readonly #completers = new Map<string, Completer[]>();
  readonly #all = new Map<string, Handler>();
  readonly #folders: { own: string; parent: string }[] = [];
  readonly #irqSafe = new Map<string, Step>();

  /** Reads the files, and of those beside them the functions that register something. */
  constructor(program: Program, paths: readonly string[]) {
    this.#program = program;
    const around = new Set(
      paths.flatMap((path) =>
        program
          .siblings(path)
          .filter((other) => other.endsWith('.c'))
          .slice(0, MAX_FILES),
      ),
    );
    for (const path of paths) around.delete(path);
    for (const path of new Set(paths)) this.#readAll(path);
    const assigning = [...around].filter((path) => this.#readTables(path));
    for (const path of assigning) this.#readFunctions(program.definitions(path));
    for (const path of assigning) around.delete(path);
    const registering = [...REGISTERING].flatMap((name) =>
      program.mentioning(name, (path) => around.has(path)),
    );
    this.#readFunctions(new Map(registering.map((ref) => [ref.id, ref])).values());
  }

  /** All of them, each function once for each context. */
  get all(): readonly Handler[] {
    return [...this.#all.values()].filter(hasBody);
  }

  /** What runs for an object of this class. */
  of(object: string): readonly Handler[] {
    return object === '' ? [] : (this.#handlers.get(object) ?? []).filter(hasBody);
  }

  /** What runs for the files of a debugfs folder of this class, and of those below it. */
  inFolder(folder: string): readonly Handler[] {
    const folders = new Set([folder]);
    for (const above of folders)
      for (const { own, parent } of this.#folders) if (parent === above && own !== '') folders.add(own);
    return [...folders].flatMap((object) => this.of(object));
  }

  /** Where a lock of this class is given to code that takes it in interrupts; undefined where it is not. */
  irqSafe(lockClass: string): Step | undefined {
    return this.#irqSafe.get(lockClass);
  }

  /** What runs for the works that are put on a queue of this class. */
  onQueue(queue: string): readonly Handler[] {
    return [...(this.#works.get(queue) ?? [])].flatMap((work) => this.of(work));
  }

  /** Whether two works are put on one queue only, which runs one work at a time. */
  neverTogether(work: string, other: string): boolean {
    const [only, ...more] = [...this.#works].filter(([, works]) => works.has(work) || works.has(other));
    if (only === undefined || more.length > 0) return false;
    const [queue, works] = only;
    return this.#ordered.has(queue) && works.has(work) && works.has(other);
  }

  /** The calls that complete what lies in this class. */
  completersOf(object: string): readonly Completer[] {
    return object === '' ? [] : (this.#completers.get(object) ?? []);
  }

  #readAll(path: string): void {
    this.#readTables(path);
    this.#readFunctions(this.#program.definitions(path));
  }

  /** What a file registers outside of functions. Answers whether something in it sets a handler by an assignment. */
  #readTables(path: string): boolean {
    const facts = this.#program.facts(path);
    if (facts === undefined) return false;
    let assigns = false;
    for (const { name, args, line } of facts.topLevelMacros) {
      for (const { handler, context } of registrations.get(name) ?? []) {
        const object = args[0] === undefined ? '' : `${path}:${args[0]}`;
        this.#add(args[handler] ?? '', path, context, object, {
          path,
          line,
          function: '',
          text: `${name}()`,
        });
      }
    }
    for (const { name, args, line } of facts.topLevelMacros) {
      const { functions, variable } = attributeOf(name, args) ?? { functions: [], variable: '' };
      const object = variable === '' ? '' : `${path}:${variable}`;
      const step = { path, line, function: '', text: `${name}()` };
      for (const made of functions) this.#add(made, path, 'process', object, step);
    }
    for (const { type, field, target, table, line } of facts.tableEntries) {
      const context = target === '' ? undefined : contextOfField(type, field);
      if (context !== undefined && context !== 'process' && beginsTask(type)) assigns = true;
      if ((context === 'hardirq' || context === 'softirq') && isCalledByInterrupts(type, field))
        this.#add(target, path, context, '', { path, line, function: table, text: `${type}.${field}` });
    }
    return assigns;
  }

  #readFunctions(refs: Iterable<FunctionRef>): void {
    for (const ref of refs) {
      const { flow } = ref.fact;
      if (flow !== undefined) this.#readFunction(ref, flow);
    }
  }

  #readFunction(ref: FunctionRef, flow: Flow): void {
    const { path } = ref;
    let places: Places | undefined;
    const classOf = (pointer: number): string => {
      places ??= new Places(flow);
      return lockClass(this.#program, flow, path, places.behind(pointer));
    };
    for (const [call, { args, position }] of flow.calls.entries()) {
      const name = calleeName(flow, call);
      if (name === '') continue;
      const step = { path, line: lineOf(position), function: ref.name, text: `${name}()` };
      for (const { handler, context, object } of registrations.get(name) ?? []) {
        const target =
          object >= 0 ? classOf(args[object] ?? 0) : isThread(name) ? assignedTo(flow, call, classOf) : '';
        this.#add(functionName(flow, args[handler] ?? 0), path, context, target, step);
      }
      const queued = queueing.get(name);
      if (queued !== undefined) {
        const queue = classOf(args[queued.queue] ?? 0);
        const work = classOf(args[queued.work] ?? 0);
        if (queue !== '' && work !== '')
          this.#works.set(queue, (this.#works.get(queue) ?? new Set()).add(work));
      }
      if (orderedQueues.has(name)) this.#ordered.add(assignedTo(flow, call, classOf));
      if (COMPLETES.has(name)) {
        const object = classOf(args[0] ?? 0);
        if (object !== '') push(this.#completers, object, { ref, call, object });
      }
      const entry = debugfsEntries.get(name);
      if (entry !== undefined) {
        const own = assignedTo(flow, call, classOf);
        const parent = classOf(args[entry.parent] ?? 0);
        const operations = functionName(flow, args[entry.operations] ?? 0);
        this.#folders.push({ own, parent });
        if (operations !== '') this.#addOperations(operations, path, [own, parent], step);
      }
      const irqSafe = irqSafeLocks.get(name);
      if (irqSafe !== undefined) {
        const lock = classOf(args[irqSafe] ?? 0);
        const text = `${name}() is given ${lock}, which it will take with interrupts off, or in one`;
        if (lock !== '') this.#irqSafe.set(lock, { ...step, text });
      }
    }
    this.#readAssignments(ref, flow);
  }

  /** `timer->function = f;` */
  #readAssignments({ path, name: by }: FunctionRef, flow: Flow): void {
    for (let at = 0; at < flow.ops.length; at += 4) {
      if (flow.ops[at] !== Op.Assign) continue;
      const target = flow.ops[at + 1] as number;
      if (flow.exprOp[target] !== Expr.Arrow && flow.exprOp[target] !== Expr.Field) continue;
      const name = functionName(flow, flow.ops[at + 2] as number);
      if (name === '') continue;
      const field = flow.names[flow.exprB[target] as number] ?? '';
      const object = flow.exprA[target] as number;
      const type = this.#program.field(typeOf(flow, object, this.#program, path), field, path)?.owner ?? '';
      const context = contextOfField(type, field);
      if (context === undefined) continue;
      const places = new Places(flow);
      const holder = flow.exprOp[target] === Expr.Arrow ? places.behind(object) : places.of(object);
      const line = lineOf(flow.ops[at + 3] as number);
      const step = { path, line, function: by, text: `${type}.${field}` };
      this.#add(name, path, context, lockClass(this.#program, flow, path, holder), step);
    }
  }

  /** The functions of a table of file operations, which run until the file, or a folder above it, is removed. */
  #addOperations(table: string, path: string, objects: readonly string[], step: Step): void {
    const facts = this.#program.facts(path);
    const entries = (facts?.tableEntries ?? []).filter((entry) => entry.table === table);
    const made = (facts?.topLevelMacros ?? []).flatMap(({ name, args }) => {
      const attribute = attributeOf(name, args);
      return attribute?.variable === table ? attribute.functions : [];
    });
    for (const name of [...entries.map(({ target }) => target), ...made])
      for (const object of objects) if (object !== '') this.#add(name, path, 'process', object, step);
  }

  #add(name: string, from: string, context: Context, object: string, step: Step): void {
    const ref = name === '' ? undefined : this.#program.functions(name, from)[0];
    if (ref === undefined) return;
    const text = `${ref.name}() is the handler (${context})`;
    const handler = { ref, context, object, step: { ...step, text: `${step.text}: ${text}` } };
    if (object !== '') push(this.#handlers, object, handler);
    const key = `${ref.id} ${context}`;
    if (!this.#all.has(key)) this.#all.set(key, handler);
  }
}

/** Asked where a handler is meant: most are registered by files beside the audited one. */
const hasBody = ({ ref }: Handler): boolean => ref.fact.flow !== undefined;

/** Class of what the result of a call is stored in: `x->thread = kthread_run(f, …)`. */
export function assignedTo(flow: Flow, call: number, classOf: (pointer: number) => string): string {
  const direct = new Set<number>();
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Assign) continue;
    const target = flow.ops[at + 1] as number;
    const value = flow.ops[at + 2] as number;
    const isResult = flow.exprOp[value] === Expr.Result && flow.exprA[value] === call;
    if (!isResult && !direct.has(value)) continue;
    if (flow.exprOp[target] !== Expr.Local && flow.exprOp[target] !== Expr.Temporary) return classOf(target);
    direct.add(target);
  }
  return '';
}

/** The global that an argument is, through casts and &; '' where it is none. */
export function functionName(flow: Flow, e: number): string {
  let at = e;
  while (flow.exprOp[at] === Expr.Cast || flow.exprOp[at] === Expr.Address) at = flow.exprA[at] as number;
  return globalName(flow, at);
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
