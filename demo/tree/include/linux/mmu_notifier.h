/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_MMU_NOTIFIER_H
#define _LINUX_MMU_NOTIFIER_H

#include <linux/list.h>
#include <linux/types.h>

struct mmu_interval_notifier;

struct mmu_notifier_range {
	unsigned long start;
	unsigned long end;
};

struct mmu_interval_notifier_ops {
	bool (*invalidate)(struct mmu_interval_notifier *interval_sub,
			   const struct mmu_notifier_range *range,
			   unsigned long cur_seq);
};

struct mmu_interval_notifier {
	const struct mmu_interval_notifier_ops *ops;
	struct list_head node;
	unsigned long start;
	unsigned long last;
};

int mmu_interval_notifier_insert(struct mmu_interval_notifier *interval_sub,
				 const struct mmu_interval_notifier_ops *ops,
				 unsigned long start, unsigned long length);
void mmu_interval_notifier_remove(struct mmu_interval_notifier *interval_sub);
void mmu_notifier_invalidate_range_start(struct mmu_notifier_range *range);

#endif
