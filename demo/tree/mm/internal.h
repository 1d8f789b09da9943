/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _MM_INTERNAL_H
#define _MM_INTERNAL_H

#include <linux/gfp.h>

unsigned long try_to_free_pages(gfp_t gfp_mask);
void *alloc_from_freelist(size_t size);

#endif
