/** A small tree with what makes names hard to resolve: statics of one name, headers, architectures, tables, typedefs. */
import type { Sources } from './scratch.ts';

export const MINI_TREE: Sources = {
  'include/linux/dev.h': [
    '#include <linux/ops.h>',
    '#include <asm/cpu.h>',
    'struct dev { union { int a; struct { int deep; }; }; struct { struct ops ops; } in; const struct ops *table; };',
    'typedef struct dev dev_t, *dev_p;',
    'enum { DEV_ONE = 1, DEV_TWO };',
    '#define open_it(d) (d)->table->open()',
    '#define open_twice(d) do { open_it(d); open_it(d); } while (0)',
    'int dev_register(struct dev *d);',
    'static inline int dev_get(struct dev *d) { return helper(d->a); }',
    'extern int dev_count;',
  ].join('\n'),
  'include/linux/ops.h': [
    'struct ops { int (*open)(void); int (*close)(void); struct { int (*nested)(void); }; };',
    'typedef struct ops ops_t;',
    'struct outer { struct ops inner; int (*probe)(void); };',
  ].join('\n'),
  'arch/x86/include/asm/cpu.h': 'static inline int cpu(void) { return 1; }\n#define NCPU 8\n',
  'arch/arm/include/asm/cpu.h': 'static inline int cpu(void) { return 2; }\n#define NCPU 4\n',
  'arch/arm/mach.c': '#include <linux/dev.h>\nint mach(void) { return cpu() + NCPU; }\n',
  'lib/helper.c': 'int helper(int n) { return n; }\nint dev_count;\nstatic int get(void) { return 0; }\n',
  'drivers/a/one.c': [
    '#include <linux/dev.h>',
    '#include "local.h"',
    'static int get(void) { return helper(1) + local(); }',
    'static int my_open(void) { return get(); }',
    'static int my_close(void) { return 0; }',
    'static const struct ops table = { .open = my_open };',
    'static const ops_t second = { .open = my_open, .close = NULL };',
    'static struct outer whole = { .inner.open = my_open, .inner = { .close = my_close }, .probe = get };',
    'void setup(dev_p d) { d->in.ops.close = my_close; d->table = &table; open_twice(d); dev_register(d); }',
  ].join('\n'),
  'drivers/a/local.h': 'static inline int local(void) { return cpu(); }\n',
  'drivers/b/local.h': 'static inline int local(void) { return 7; }\n',
  'drivers/b/two.c': [
    '#include "local.h"',
    '#include "../a/local.h"',
    'struct private { int x; };',
    'static int get(struct private *p) { return p->x + local(); }',
    'int dev_register(struct dev *d) { struct private p = { DEV_TWO }; return get(&p) + d->table->close(); }',
    'static const struct ops more = { .nested = helper, .open = dev_register };',
    'struct ops positional = { helper, 0 };',
  ].join('\n'),
  'tools/copy.c': 'int helper(int n) { return -n; }\nint dev_register(struct dev *d) { return 0; }\n',
};
