// SPDX-License-Identifier: Apache-2.0
/* Small objects; an allocation that may block goes into reclaim when the list is empty. */
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "internal.h"

static spinlock_t freelist_lock;
static void *freelist;

void *alloc_from_freelist(size_t size)
{
	void *object;

	spin_lock(&freelist_lock);
	object = freelist;
	if (object)
		freelist = *(void **)object;
	spin_unlock(&freelist_lock);
	return object;
}

void *__kmalloc(size_t size, gfp_t flags)
{
	void *object;

	might_alloc(flags);
	object = alloc_from_freelist(size);
	if (!object && gfpflags_allow_blocking(flags) &&
	    try_to_free_pages(flags))
		object = alloc_from_freelist(size);
	return object;
}

void kfree(const void *object)
{
	if (!object)
		return;
	spin_lock(&freelist_lock);
	*(void **)object = freelist;
	freelist = (void *)object;
	spin_unlock(&freelist_lock);
}
