// SPDX-License-Identifier: Apache-2.0
#include <linux/err.h>
#include <linux/slab.h>

#include "vnx.h"

static struct vnx_cache_ent *vnx_cache_find(struct vnx_mkey_cache *cache,
					    u32 order)
{
	struct vnx_cache_ent *ent;

	list_for_each_entry(ent, &cache->entries, node) {
		if (ent->order == order)
			return ent;
	}
	return NULL;
}

/* Called with rb_lock held. */
static struct vnx_cache_ent *
vnx_cache_create_ent_locked(struct vnx_dev *dev, u32 order)
{
	struct vnx_cache_ent *ent;

	ent = kzalloc(sizeof(*ent), GFP_KERNEL);
	if (!ent)
		return NULL;
	ent->order = order;
	list_add_tail(&ent->node, &dev->cache.entries);
	return ent;
}

int vnx_cache_init(struct vnx_dev *dev)
{
	struct vnx_mkey_cache *cache = &dev->cache;
	u32 order;
	int ret = 0;

	INIT_LIST_HEAD(&cache->entries);
	mutex_init(&cache->rb_lock);

	mutex_lock(&cache->rb_lock);
	for (order = 0; order < 4; order++) {
		if (!vnx_cache_create_ent_locked(dev, order)) {
			ret = -ENOMEM;
			break;
		}
	}
	mutex_unlock(&cache->rb_lock);
	return ret;
}

/* Keeps a revoked key for later. */
int vnx_cache_store(struct vnx_dev *dev, struct vnx_mr *mr)
{
	struct vnx_cache_ent *ent;
	int ret = 0;

	mutex_lock(&dev->cache.rb_lock);
	ent = vnx_cache_find(&dev->cache, mr->order);
	if (!ent)
		ent = vnx_cache_create_ent_locked(dev, mr->order);
	if (ent) {
		ent->stored++;
		ent->last_key = mr->key;
	} else {
		ret = -ENOMEM;
	}
	mutex_unlock(&dev->cache.rb_lock);
	return ret;
}
