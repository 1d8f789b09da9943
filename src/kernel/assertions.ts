/** Compile-time assertions: include/linux/build_bug.h, include/linux/compiler_types.h. */

/** What the first argument must be for the code to compile; `unreached`: the call itself must be dead code. */
export type Assertion = 'true' | 'false' | 'unreached';

/** Those that others are made of. Macros that use them are read from the tree. */
export const ASSERTIONS: ReadonlyMap<string, Assertion> = new Map([
  ['BUILD_BUG', 'unreached'],
  ['BUILD_BUG_ON', 'false'],
  ['BUILD_BUG_ON_MSG', 'false'],
  ['BUILD_BUG_ON_ZERO', 'false'],
  ['compiletime_assert', 'true'],
]);

/** True only where the compiler knows the argument's value: include/linux/compiler.h, include/linux/const.h. */
export const CONSTANT_TESTS: ReadonlySet<string> = new Set([
  '__builtin_constant_p',
  '__is_constexpr',
  'const_true',
  'statically_true',
]);

/** The compiler takes the second argument where the first is true, else the third. */
export const CHOICE = '__builtin_choose_expr';

/** Answered by the compiler, whatever the arguments are. */
export const COMPILER_ANSWERS: ReadonlySet<string> = new Set([
  '__builtin_dynamic_object_size',
  '__builtin_object_size',
  '__builtin_offsetof',
  '__builtin_types_compatible_p',
]);

/** Attributes of a function that no call of may be left when the compiler is done. */
export const ERROR_ATTRIBUTES: ReadonlySet<string> = new Set(['__compiletime_error', '__error__', 'error']);
