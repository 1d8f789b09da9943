// SPDX-License-Identifier: Apache-2.0
/* Tells drivers that a range of user memory is about to go away. */
#include <linux/err.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>

static LIST_HEAD(subscriptions);

int mmu_interval_notifier_insert(struct mmu_interval_notifier *interval_sub,
				 const struct mmu_interval_notifier_ops *ops,
				 unsigned long start, unsigned long length)
{
	if (!length)
		return -EINVAL;
	interval_sub->ops = ops;
	interval_sub->start = start;
	interval_sub->last = start + length - 1;
	list_add_tail(&interval_sub->node, &subscriptions);
	return 0;
}

void mmu_interval_notifier_remove(struct mmu_interval_notifier *interval_sub)
{
	list_del(&interval_sub->node);
}

void mmu_notifier_invalidate_range_start(struct mmu_notifier_range *range)
{
	struct mmu_interval_notifier *interval_sub;
	unsigned long seq = 0;

	list_for_each_entry(interval_sub, &subscriptions, node) {
		if (interval_sub->last < range->start ||
		    interval_sub->start >= range->end)
			continue;
		interval_sub->ops->invalidate(interval_sub, range, ++seq);
	}
}
