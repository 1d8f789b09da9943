/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _TINY_PMU_H
#define _TINY_PMU_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

#define TINY_PMU_ENGINES	4
#define TINY_PMU_OTHER		16

struct tiny_pmu {
	/* One bit for each event that is counted. */
	u32 enable;
	u64 samples[TINY_PMU_ENGINES];
};

static inline unsigned int tiny_config_bit(const u64 config)
{
	return config < TINY_PMU_OTHER ? config : TINY_PMU_OTHER;
}

static __always_inline u32 tiny_config_mask(const u64 config)
{
	unsigned int bit = tiny_config_bit(config);

	if (__builtin_constant_p(config))
		BUILD_BUG_ON(bit > 8 * sizeof(u32) - 1);

	return 1u << bit;
}

void tiny_pmu_enable(struct tiny_pmu *pmu, u64 config);
void tiny_pmu_disable(struct tiny_pmu *pmu, u64 config);

#endif
