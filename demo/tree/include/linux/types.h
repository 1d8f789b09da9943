/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned long size_t;
typedef unsigned int gfp_t;
typedef _Bool bool;

#define NULL	((void *)0)
#define true	1
#define false	0

typedef struct {
	int counter;
} atomic_t;

int atomic_read(const atomic_t *v);
void atomic_inc(atomic_t *v);

#endif
