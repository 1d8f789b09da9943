/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _VNX_H
#define _VNX_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <rdma/odp_umem.h>

struct vnx_cache_ent {
	struct list_head node;
	u32 order;
	u32 stored;
	u32 last_key;
};

/* Memory keys that are kept for the next registration of the same size. */
struct vnx_mkey_cache {
	struct list_head entries;
	struct mutex rb_lock;
};

struct vnx_dev {
	struct vnx_mkey_cache cache;
	u32 pd;
};

struct vnx_mr {
	struct vnx_dev *dev;
	struct odp_umem *umem;
	u32 key;
	u32 order;
	bool cacheable;
};

int vnx_cache_init(struct vnx_dev *dev);
int vnx_cache_store(struct vnx_dev *dev, struct vnx_mr *mr);
int vnx_hw_revoke_key(struct vnx_dev *dev, u32 key);
int vnx_hw_destroy_key(struct vnx_dev *dev, u32 key);
int vnx_dereg_mr(struct vnx_mr *mr);
int vnx_odp_attach(struct vnx_mr *mr, unsigned long start, unsigned long length);

#endif
