/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#define __always_inline	inline __attribute__((__always_inline__))

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define offsetof(type, member)	__builtin_offsetof(type, member)
#define container_of(ptr, type, member) \
	((type *)((void *)(ptr) - offsetof(type, member)))

#endif
