/** What `adjutant lookup` says of names all over Linux 6.12. Each line was checked by reading the kernel. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adjutant, indexed, kernelTree, missing, must, skipAll } from './kernel-tree.ts';

skipAll(missing);

beforeAll(async () => {
  if (missing === undefined) await indexed();
}, 20 * 60_000);

const nowhere = mkdtempSync(join(tmpdir(), 'adjutant-lookups-'));
afterAll(() => rmSync(nowhere, { recursive: true }));

/** Name, and lines that are said of it. */
const LOOKUPS: readonly (readonly [name: string, ...said: readonly string[]])[] = [
  [
    'mlx5_ib_invalidate_range',
    'struct mmu_interval_notifier_ops.invalidate',
    'struct ib_umem_odp.umem_mutex',
  ],
  ['rtnl_lock', 'net/core/rtnetlink.c:rtnl_mutex held', 'may sleep: mutex_lock()'],
  ['to_ib_umem_odp', 'static inline struct ib_umem_odp *to_ib_umem_odp(struct ib_umem *umem)'],
  [
    'kzalloc',
    'may return NULL, and whether it may sleep and enter reclaim is for the flags in its argument 2',
  ],
  ['dev_hold', 'defined at include/linux/netdevice.h', 'struct ref_tracker_dir.lock'],
  // 20 more.
  ['regmap_read', 'dereferences map', 'struct regmap.raw_spinlock', 'through regmap_lock_spinlock()'],
  ['ext4_file_write_iter', 'struct file_operations.write_iter  (ext4_file_operations', 'may sleep'],
  ['of_find_node_by_name', 'may return NULL', ':devtree_lock'],
  ['devm_kzalloc', 'may return NULL', 'as its argument gfp allows'],
  ['get_task_mm', 'may return NULL', 'struct task_struct.alloc_lock'],
  ['clk_get', 'may return an error', 'drivers/clk/clkdev.c:clocks_mutex'],
  ['list_for_each_entry', 'defined at include/linux/list.h:', 'loop'],
  ['synchronize_rcu', 'defined at kernel/rcu/tree.c:', 'completion struct rcu_synchronize.completion'],
  ['flush_work', 'may sleep: might_sleep()', 'waits for (1):'],
  ['__dev_get_by_name', 'may return NULL', 'dereferences net'],
  ['dev_get_by_name', 'from dev_get_by_name_rcu', 'rcu_read_lock'],
  ['kthread_stop', 'completion struct kthread.exited'],
  ['rtnl_mutex', 'static struct mutex rtnl_mutex', 'defined at net/core/rtnetlink.c:'],
  ['shrinker_mutex', 'struct mutex shrinker_mutex', 'defined at mm/shrinker.c:'],
  ['irq_handler_t', 'typedef irq_handler_t: irqreturn_t (*)()'],
  ['NETDEV_UP', 'enumerator NETDEV_UP = 1'],
  ['struct mmu_interval_notifier_ops', 'invalidate  <- 13 functions'],
  ['dma_fence_wait_timeout', 'may sleep: might_sleep()', 'drivers/dma-buf/dma-fence.c:dma_fence_lockdep_map'],
  ['blk_mq_freeze_queue', 'struct request_queue.mq_freeze_lock', 'freeze  ('],
  ['device_add', 'tests dev', 'drivers/base/core.c:gdp_mutex'],
];

test.each(LOOKUPS)(
  '%s',
  async (name, ...said) => {
    const { out } = await must(
      adjutant(['lookup', name, '--repo', kernelTree, '--limit', '60'], { cwd: nowhere }),
    );
    for (const line of said) expect(out).toContain(line);
  },
  120_000,
);
