/**
 * What a build of the kernel would generate before sparse can read a file: wrappers for asm-generic, a configuration, and
 * constants of the architecture. Stand-ins for x86, enough for most files.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ON = `64BIT ACPI AIO BLOCK BLK_DEV_ZONED BUG COMMON_CLK DEBUG_BUGVERBOSE DEBUG_FS DMA_ENGINE GENERIC_BUG
  GENERIC_BUG_RELATIVE_POINTERS GENERIC_HARDIRQS GENERIC_ISA_DMA GPIOLIB HAS_DMA HAS_IOMEM INET IPV6 IRQ_DOMAIN ISA_DMA_API
  JUMP_LABEL MMU MODULES NET OF PCI PINCTRL PM PM_SLEEP PREEMPTION PREEMPT_COUNT PRINTK PROC_FS REGULATOR SMP SPARSEMEM
  SPARSEMEM_VMEMMAP SYSFS TREE_RCU TREE_SRCU USB X86 X86_64 XFRM ZONE_DMA32`;

const VALUES: Readonly<Record<string, string>> = {
  ARCH_MMAP_RND_BITS: '28',
  BASE_SMALL: '0',
  DEFAULT_MMAP_MIN_ADDR: '4096',
  FUNCTION_ALIGNMENT: '16',
  HZ: '250',
  ILLEGAL_POINTER_VALUE: '0xdead000000000000',
  LOG_BUF_SHIFT: '17',
  NODES_SHIFT: '0',
  NR_CPUS: '64',
  PAGE_SHIFT: '12',
  PANIC_TIMEOUT: '0',
  PGTABLE_LEVELS: '4',
  PHYSICAL_ALIGN: '0x200000',
  PHYSICAL_START: '0x1000000',
  SERIAL_8250_NR_UARTS: '4',
  USB_DEFAULT_AUTHORIZATION_MODE: '1',
  X86_INTERNODE_CACHE_SHIFT: '6',
  X86_L1_CACHE_SHIFT: '6',
};

const BOUNDS: Readonly<Record<string, number>> = {
  NR_PAGEFLAGS: 24,
  MAX_NR_ZONES: 4,
  NR_CPUS_BITS: 6,
  SPINLOCK_SIZE: 4,
  LRU_GEN_WIDTH: 0,
  __LRU_REFS_WIDTH: 0,
};

const EMPTY = [
  'cpufeaturemasks',
  'syscalls_64',
  'unistd_32',
  'unistd_32_ia32',
  'unistd_64',
  'unistd_64_x32',
  'unistd_x32',
];

/** Writes them into a folder, to be searched for headers before those of `tree`. */
export function writeStandInHeaders(tree: string, folder: string): void {
  for (const name of ['asm', 'generated']) mkdirSync(join(folder, name), { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  for (const part of ['include/uapi', 'include']) {
    for (const name of readdirSync(join(tree, part, 'asm-generic'))) {
      const isOwn = ['include', 'include/uapi'].some((own) =>
        existsSync(join(tree, 'arch/x86', own, 'asm', name)),
      );
      if (name.endsWith('.h') && !isOwn) write(`asm/${name}`, `#include <asm-generic/${name}>\n`);
    }
  }
  for (const name of EMPTY) write(`asm/${name}.h`, '');
  const on = ON.split(/\s+/).map((name) => [name, '1'] as const);
  write(
    'generated/autoconf.h',
    defines([...on, ...Object.entries(VALUES)].map(([name, value]) => [`CONFIG_${name}`, value])),
  );
  write('generated/bounds.h', defines(Object.entries(BOUNDS)));
  write('generated/asm-offsets.h', '');
  write('generated/timeconst.h', '#define HZ 250\n');
  write('generated/utsrelease.h', '#define UTS_RELEASE "6.12"\n');
}

const defines = (rows: readonly (readonly [string, string | number])[]): string =>
  rows.map(([name, value]) => `#define ${name} ${value}\n`).join('');
