/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _RDMA_ODP_UMEM_H
#define _RDMA_ODP_UMEM_H

#include <linux/mmu_notifier.h>
#include <linux/mutex.h>

/* User memory that is mapped on demand. */
struct odp_umem {
	struct mmu_interval_notifier notifier;
	/* Protects the page list against the notifier. */
	struct mutex umem_mutex;
	u64 *dma_list;
	unsigned long npages;
	void *private;
};

static inline struct odp_umem *to_odp_umem(struct mmu_interval_notifier *sub)
{
	return container_of(sub, struct odp_umem, notifier);
}

#endif
