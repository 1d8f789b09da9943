/** Names that C itself, the compiler or the kernel's oldest headers give a meaning that lowering must know. */
export const Special = {
  /** Looked up and found to be nothing special. */
  None: 1,
  /** 0 */
  Zero: 2,
  /** 1 */
  One: 3,
  /** f(x, …) in a condition is x. */
  Expect: 4,
  /** The arguments are not evaluated. */
  Unevaluated: 5,
  /** f(CONFIG_X) is a condition that is the same wherever it is tested: the name of its argument. */
  Configuration: 6,
  /** guard(name)(args); the rest of the block runs under the guard. */
  Guard: 7,
  /** CLASS(name, variable)(args), ACQUIRE(name, variable)(args); declares the variable, destroyed at the end of the block. */
  Class: 8,
  /** The variadic arguments of a macro. */
  VariadicArguments: 9,
  /** f(name, …); as a statement declares a local variable of that name. */
  Declares: 10,
  /** The compiler evaluates the arguments, the program never does: they are kept without what evaluating them does. */
  CompileTime: 11,
  /** The first argument is not evaluated: of it the type counts. */
  TypeOfFirst: 12,
} as const;

const NAMES: Readonly<Record<keyof typeof Special, readonly string[]>> = {
  None: [],
  Zero: ['NULL', 'false'],
  One: ['true'],
  Expect: ['likely', 'unlikely', '__builtin_expect'],
  Unevaluated: [
    'ARRAY_SIZE',
    '__acquire',
    '__builtin_types_compatible_p',
    '__must_be_array',
    '__release',
    '__same_type',
    'offsetofend',
    'sizeof_field',
    'static_assert',
    'typecheck',
  ],
  CompileTime: [
    'BUILD_BUG_ON',
    'BUILD_BUG_ON_MSG',
    'BUILD_BUG_ON_ZERO',
    '__builtin_constant_p',
    'compiletime_assert',
  ],
  TypeOfFirst: [
    'kmalloc_flex',
    'kmalloc_obj',
    'kmalloc_objs',
    'kvmalloc_flex',
    'kvmalloc_obj',
    'kvmalloc_objs',
    'kvzalloc_flex',
    'kvzalloc_obj',
    'kvzalloc_objs',
    'kzalloc_flex',
    'kzalloc_obj',
    'kzalloc_objs',
  ],
  Configuration: ['IS_BUILTIN', 'IS_ENABLED', 'IS_MODULE', 'IS_REACHABLE'],
  Guard: ['guard'],
  Class: ['ACQUIRE', 'CLASS'],
  VariadicArguments: ['__VA_ARGS__'],
  Declares: [
    'DECLARE_BITMAP',
    'DECLARE_COMPLETION',
    'DECLARE_COMPLETION_ONSTACK',
    'DECLARE_WAITQUEUE',
    'DECLARE_WAIT_QUEUE_HEAD',
    'DECLARE_WAIT_QUEUE_HEAD_ONSTACK',
    'DECLARE_WORK',
    'DEFINE_IDA',
    'DEFINE_MUTEX',
    'DEFINE_RAW_SPINLOCK',
    'DEFINE_SPINLOCK',
    'DEFINE_WAIT',
    'DEFINE_WAIT_BIT',
    'DEFINE_WAIT_FUNC',
    'DEFINE_WAKE_Q',
    'HLIST_HEAD',
    'LIST_HEAD',
    'LLIST_HEAD',
    'MA_STATE',
    'SHASH_DESC_ON_STACK',
    'SYNC_SKCIPHER_REQUEST_ON_STACK',
    'VMA_ITERATOR',
    'XA_STATE',
    'XA_STATE_ORDER',
  ],
};

/** By name; what is not in it is Special.None. */
export const SPECIAL_NAMES: ReadonlyMap<string, number> = new Map(
  (Object.keys(NAMES) as (keyof typeof Special)[]).flatMap((code) =>
    NAMES[code].map((name): [string, number] => [name, Special[code]]),
  ),
);
