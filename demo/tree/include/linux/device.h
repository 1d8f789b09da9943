/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_DEVICE_H
#define _LINUX_DEVICE_H

struct device {
	const char *name;
	void *driver_data;
};

void dev_err(const struct device *dev, const char *fmt, ...);
void dev_dbg(const struct device *dev, const char *fmt, ...);

#endif
