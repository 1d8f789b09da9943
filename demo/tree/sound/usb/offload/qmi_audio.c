// SPDX-License-Identifier: Apache-2.0
/* Hands USB audio streams to the audio DSP, which asks for them by QMI messages. */
#include <linux/compiler.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/mutex.h>

#define QMI_CARDS	8

struct usb_device {
	struct device dev;
};

struct snd_usb_audio {
	atomic_t shutdown;
	struct mutex mutex;
};

struct snd_usb_substream {
	struct usb_device *dev;
	u8 direction;
	u8 pcm_dev_num;
	u8 opened;
};

struct qmi_intf {
	u8 in_use;
	u8 pcm_card_num;
	u8 pcm_dev_num;
	u8 direction;
};

struct qmi_dev {
	struct usb_device *udev;
	struct snd_usb_audio *chip;
	struct qmi_intf intf;
	unsigned int num_subs;
	struct snd_usb_substream *subs;
};

static struct qmi_dev uadev[QMI_CARDS];
static DEFINE_MUTEX(qdev_mutex);

/* The substream of a card, or NULL: it may have been unplugged meanwhile. */
static struct snd_usb_substream *find_substream(unsigned int card,
						u8 pcm_dev_num, u8 direction)
{
	struct qmi_dev *dev = &uadev[card];
	unsigned int i;

	for (i = 0; i < dev->num_subs; i++) {
		struct snd_usb_substream *subs = &dev->subs[i];

		if (subs->pcm_dev_num == pcm_dev_num &&
		    subs->direction == direction)
			return subs;
	}
	return NULL;
}

static void disable_stream(struct snd_usb_audio *chip,
			   struct snd_usb_substream *subs)
{
	mutex_lock(&chip->mutex);
	subs->opened = 0;
	mutex_unlock(&chip->mutex);
}

/* The DSP is gone: stops every stream that it had. */
void qmi_stop_session(void)
{
	struct snd_usb_substream *subs;
	struct snd_usb_audio *chip;
	struct qmi_intf *info;
	unsigned int idx;

	mutex_lock(&qdev_mutex);
	for (idx = 0; idx < ARRAY_SIZE(uadev); idx++) {
		info = &uadev[idx].intf;
		if (!info->in_use)
			continue;
		chip = uadev[idx].chip;
		subs = find_substream(info->pcm_card_num, info->pcm_dev_num,
				      info->direction);
		if (!subs || !chip || atomic_read(&chip->shutdown)) {
			dev_err(&uadev[idx].udev->dev,
				"no substream for card %u device %u\n",
				info->pcm_card_num, info->pcm_dev_num);
			continue;
		}
		disable_stream(chip, subs);
		info->in_use = 0;
	}
	mutex_unlock(&qdev_mutex);
}
