// SPDX-License-Identifier: Apache-2.0
#include <linux/err.h>

#include "vnx.h"

static bool vnx_invalidate_range(struct mmu_interval_notifier *sub,
				 const struct mmu_notifier_range *range,
				 unsigned long cur_seq)
{
	struct odp_umem *umem = to_odp_umem(sub);
	unsigned long page;

	mutex_lock(&umem->umem_mutex);
	/* A region that is being deregistered has no private data. */
	if (umem->private) {
		for (page = 0; page < umem->npages; page++)
			umem->dma_list[page] = 0;
	}
	mutex_unlock(&umem->umem_mutex);
	return true;
}

static const struct mmu_interval_notifier_ops vnx_mn_ops = {
	.invalidate = vnx_invalidate_range,
};

int vnx_odp_attach(struct vnx_mr *mr, unsigned long start, unsigned long length)
{
	struct odp_umem *umem = mr->umem;

	mutex_init(&umem->umem_mutex);
	umem->private = mr;
	return mmu_interval_notifier_insert(&umem->notifier, &vnx_mn_ops,
					    start, length);
}
