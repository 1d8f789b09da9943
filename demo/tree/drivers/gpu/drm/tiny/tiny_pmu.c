// SPDX-License-Identifier: Apache-2.0
#include "tiny_pmu.h"

void tiny_pmu_enable(struct tiny_pmu *pmu, u64 config)
{
	pmu->enable |= tiny_config_mask(config);
}

void tiny_pmu_disable(struct tiny_pmu *pmu, u64 config)
{
	pmu->enable &= ~tiny_config_mask(config);
}
