// SPDX-License-Identifier: Apache-2.0
/* Reclaim: unmaps what user space can do without for now. */
#include <linux/mmu_notifier.h>
#include <linux/sched/mm.h>

#include "internal.h"

static unsigned long try_to_unmap_one(unsigned long start, unsigned long end)
{
	struct mmu_notifier_range range = {
		.start = start,
		.end = end,
	};

	mmu_notifier_invalidate_range_start(&range);
	return end - start;
}

static unsigned long shrink_inactive_list(unsigned long nr)
{
	unsigned long done = 0;

	while (done < nr)
		done += try_to_unmap_one(done, done + 1);
	return done;
}

unsigned long try_to_free_pages(gfp_t gfp_mask)
{
	unsigned long progress;

	fs_reclaim_acquire(gfp_mask);
	progress = shrink_inactive_list(32);
	fs_reclaim_release(gfp_mask);
	return progress;
}
