/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_ERR_H
#define _LINUX_ERR_H

#define ENOENT	2
#define EIO	5
#define ENOMEM	12
#define EBUSY	16
#define ENODEV	19
#define EINVAL	22

#endif
