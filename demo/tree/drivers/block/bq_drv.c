// SPDX-License-Identifier: Apache-2.0
/* A block device that hands requests to its server in batches. */
#include <linux/err.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#define BQ_BATCH_MAX	16

struct bq_request {
	struct list_head node;
	u32 tag;
	u64 sector;
};

struct bq_batch {
	u32 nr;
	u64 cookie;
	struct bq_request *requests[BQ_BATCH_MAX];
};

struct bq_queue {
	struct mutex lock;
	struct list_head pending;
	struct bq_batch *batch;
	bool stopped;
	u64 next_cookie;
};

int bq_submit(struct bq_queue *queue, const struct bq_batch *batch);

static struct bq_batch *bq_batch_alloc(struct bq_queue *queue)
{
	struct bq_batch *batch;

	batch = kzalloc(sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return NULL;
	batch->cookie = queue->next_cookie++;
	return batch;
}

int bq_queue_init(struct bq_queue *queue)
{
	mutex_init(&queue->lock);
	INIT_LIST_HEAD(&queue->pending);
	queue->stopped = false;
	queue->batch = bq_batch_alloc(queue);
	if (!queue->batch)
		return -ENOMEM;
	return 0;
}

/* Sends what is pending; the batch is used again afterwards. */
int bq_queue_flush(struct bq_queue *queue)
{
	struct bq_request *request;
	struct bq_batch *batch;
	int ret = 0;

	mutex_lock(&queue->lock);
	if (queue->stopped) {
		ret = -ENODEV;
		goto out;
	}
	batch = queue->batch;
	batch->nr = 0;
	list_for_each_entry(request, &queue->pending, node) {
		if (batch->nr == BQ_BATCH_MAX)
			break;
		batch->requests[batch->nr++] = request;
	}
	if (batch->nr)
		ret = bq_submit(queue, batch);
out:
	mutex_unlock(&queue->lock);
	return ret;
}

void bq_queue_stop(struct bq_queue *queue)
{
	mutex_lock(&queue->lock);
	queue->stopped = true;
	mutex_unlock(&queue->lock);
}
