// SPDX-License-Identifier: Apache-2.0
/* A callee newly takes the caller's lock; another, which may, was called before. */
struct mutex { int owner; };
struct queue_sb_info { struct mutex lock; int free; };
struct queue { struct queue_sb_info *info; };

struct queue_sb_info *info_of(struct queue *queue);

static void queue_put(struct queue_sb_info *info)
{
	mutex_lock(&info->lock);
	info->free++;
	mutex_unlock(&info->lock);
}

static void queue_next(struct queue *queue, int create)
{
	if (create)
		queue_put(info_of(queue));
}

static void queue_drop(struct queue *queue)
{
	queue->info->free++;
}

static void queue_shrink(struct queue_sb_info *info, struct queue *queue, int create)
{
	mutex_lock(&info->lock);
	queue_next(queue, create);
	queue_drop(queue);
	mutex_unlock(&info->lock);
}
