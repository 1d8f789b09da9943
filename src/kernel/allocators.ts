/**
 * Functions that answer NULL when there is no memory (or no mapping, or no object), and the argument that has
 * their GFP flags. Only what is an entry of the memory allocators, or a thin wrapper that callers know by
 * name: allocation functions of subsystems are learned from their bodies.
 *
 * Sources: include/linux/{slab,vmalloc,mm,gfp,percpu,string,device,dma-mapping,dmapool,skbuff,netdevice,io,
 * of_address,pci,workqueue,usb,platform_device,input,bitmap}.h, Documentation/core-api/memory-allocation.rst.
 */
export interface Allocator {
  /** Argument with the GFP flags, -1 where there is none. */
  readonly flags: number;
  /** Without that argument GFP_KERNEL is meant. */
  readonly isOptional: boolean;
}

const ROWS: readonly (readonly [number, string])[] = [
  [
    -1,
    `vmalloc vzalloc vmalloc_user vmalloc_node vzalloc_node vmalloc_32 vmalloc_32_user vmalloc_huge vcalloc
    vmalloc_array vmap alloc_percpu __alloc_percpu dma_pool_create dmam_pool_create alloc_workqueue
    alloc_ordered_workqueue create_workqueue create_singlethread_workqueue create_freezable_workqueue
    devm_alloc_ordered_workqueue ioremap ioremap_wc ioremap_wt ioremap_np ioremap_uc ioremap_cache
    ioremap_prot devm_ioremap devm_ioremap_wc devm_ioremap_uc of_iomap pci_iomap pci_ioremap_bar
    pci_ioremap_wc_bar pcim_iomap acpi_os_map_memory platform_device_alloc
    input_allocate_device devm_input_allocate_device alloc_etherdev alloc_etherdev_mq alloc_etherdev_mqs
    devm_alloc_etherdev devm_alloc_etherdev_mqs alloc_netdev alloc_netdev_mq alloc_netdev_mqs
    netdev_alloc_skb netdev_alloc_skb_ip_align dev_alloc_skb napi_alloc_skb mdiobus_alloc
    mdiobus_alloc_size devm_mdiobus_alloc devm_mdiobus_alloc_size scsi_host_alloc kmem_cache_create
    gen_pool_create kobject_create_and_add framebuffer_alloc
    mempool_create mempool_create_kmalloc_pool mempool_create_slab_pool
    acpi_os_allocate acpi_os_allocate_zeroed ACPI_ALLOCATE ACPI_ALLOCATE_ZEROED
    ieee80211_alloc_hw wiphy_new alloc_candev video_device_alloc
    iscsi_host_alloc`,
  ],
  [0, 'alloc_page alloc_pages __get_free_page __get_free_pages get_zeroed_page kasprintf kvasprintf'],
  [0, 'kvasprintf_const'],
  [
    1,
    `kmalloc kzalloc kmalloc_node kzalloc_node kvmalloc kvzalloc kvmalloc_node kvzalloc_node kstrdup
    kstrdup_const kmem_cache_alloc kmem_cache_zalloc kmem_cache_alloc_node __vmalloc alloc_percpu_gfp
    alloc_pages_node alloc_skb dma_pool_alloc dma_pool_zalloc usb_alloc_urb nlmsg_new genlmsg_new
    skb_clone skb_copy skb_share_check skb_unshare pskb_copy alloc_skb_fclone devm_kasprintf bitmap_alloc
    bitmap_zalloc kmalloc_large __alloc_skb devm_kvasprintf`,
  ],
  [
    2,
    `kcalloc kmalloc_array krealloc kcalloc_node kmalloc_array_node kvcalloc kvmalloc_array kvrealloc
    kmemdup kmemdup_nul kvmemdup kstrndup devm_kmalloc devm_kzalloc devm_kstrdup devm_kstrdup_const
    devm_get_free_pages kmem_cache_alloc_lru usb_alloc_coherent __netdev_alloc_skb devm_bitmap_zalloc
    devm_bitmap_alloc bitmap_zalloc_node`,
  ],
  [
    3,
    `devm_kcalloc devm_kmalloc_array devm_kmemdup devm_krealloc dma_alloc_coherent dmam_alloc_coherent
    dma_alloc_attrs dmam_alloc_attrs dma_alloc_wc dma_alloc_noncoherent krealloc_array kmemdup_array
    skb_copy_expand dma_alloc_pages`,
  ],
];

/** `kmalloc_obj(*p)`, `kmalloc_objs(*p, count)`, `kmalloc_flex(*p, member, count)`: flags may follow. */
const OPTIONAL: typeof ROWS = [
  [1, 'kmalloc_obj kzalloc_obj kvmalloc_obj kvzalloc_obj'],
  [2, 'kmalloc_objs kzalloc_objs kvmalloc_objs kvzalloc_objs'],
  [3, 'kmalloc_flex kzalloc_flex kvmalloc_flex kvzalloc_flex'],
];

export const ALLOCATORS: ReadonlyMap<string, Allocator> = new Map(
  [ROWS, OPTIONAL].flatMap((rows) =>
    rows.flatMap(([flags, names]) =>
      names.split(/\s+/).map((name): [string, Allocator] => [name, { flags, isOptional: rows === OPTIONAL }]),
    ),
  ),
);

/**
 * Take from a pool what memory does not give, and wait for that where they may sleep: argument with the flags
 * (mm/mempool.c, mempool_alloc(); block/bio.c, bio_alloc_bioset()).
 */
export const POOLED: ReadonlyMap<string, number> = new Map([
  ['mempool_alloc', 1],
  ['bio_alloc', 3],
  ['bio_alloc_bioset', 3],
  ['bio_alloc_clone', 2],
]);

/** With this flag an allocation does not fail. */
export const NOFAIL_FLAG = '__GFP_NOFAIL';
/** With this flag a cache is made, or the system does not start (include/linux/slab.h). */
export const PANIC_FLAG = 'SLAB_PANIC';

/**
 * Map an address, the first argument. One that is a constant is of a chip that the kernel is built for: some have it mapped
 * for good (arch/arm/mm/ioremap.c, find_static_vm_paddr(); KSEG1 of arch/mips), and need no memory.
 */
export const MAPS_ADDRESS = /^ioremap(?:_wc|_wt|_np|_uc|_cache)?$/;
