/**
 * Programs of the tree that run where it is built (the assemblers of some drivers' firmware, Documentation/kbuild/
 * makefiles.rst, "Host Program support"): what includes the C library, and no header of the kernel, is none of it.
 */
const LIBRARY = new Set(['<stdio.h>', '<stdlib.h>', '<unistd.h>']);

/** Whether a file with these includes, as they are written, is such a program. */
export const isHostProgram = (includes: readonly string[]): boolean =>
  includes.some((name) => LIBRARY.has(name)) && !includes.some((name) => name.startsWith('<linux/'));
