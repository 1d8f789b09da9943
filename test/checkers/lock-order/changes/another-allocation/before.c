// SPDX-License-Identifier: Apache-2.0
/* Memory is asked for once more under a lock that reclaim takes: the first place is there before the change. */
struct mutex { int owner; };
struct shrinker { long (*scan_objects)(struct shrinker *s); long (*count_objects)(struct shrinker *s); };
struct cache { struct shrinker shrinker; };

static struct mutex cache_lock;
static void *first, *rows;

static long cache_scan(struct shrinker *s)
{
	mutex_lock(&cache_lock);
	mutex_unlock(&cache_lock);
	return 0;
}

static void cache_init(struct cache *cache)
{
	cache->shrinker.scan_objects = cache_scan;
}

static void cache_fill(int count)
{
	mutex_lock(&cache_lock);
	first = kzalloc(64, GFP_KERNEL);
	rows = kmalloc(count, GFP_NOWAIT);
	mutex_unlock(&cache_lock);
}
