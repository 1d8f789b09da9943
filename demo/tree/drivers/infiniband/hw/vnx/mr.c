// SPDX-License-Identifier: Apache-2.0
#include <linux/err.h>
#include <linux/slab.h>

#include "vnx.h"

static int vnx_revoke_mr_locked(struct vnx_mr *mr)
{
	int ret;

	mutex_lock(&mr->umem->umem_mutex);
	ret = vnx_hw_revoke_key(mr->dev, mr->key);
	if (!ret)
		mr->umem->private = NULL;
	mutex_unlock(&mr->umem->umem_mutex);
	return ret;
}

static int vnx_revoke_mr(struct vnx_mr *mr)
{
	int ret;

	ret = vnx_revoke_mr_locked(mr);
	if (ret)
		return ret;
	if (mr->cacheable && !vnx_cache_store(mr->dev, mr))
		return 0;
	return vnx_hw_destroy_key(mr->dev, mr->key);
}

int vnx_dereg_mr(struct vnx_mr *mr)
{
	int ret;

	ret = vnx_revoke_mr(mr);
	if (ret)
		return ret;
	mmu_interval_notifier_remove(&mr->umem->notifier);
	kfree(mr->umem->dma_list);
	kfree(mr->umem);
	kfree(mr);
	return 0;
}
