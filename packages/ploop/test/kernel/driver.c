#include "standin.h"

#include <linux/types.h>
#include <ploop/ploop_if.h>

/* Another device that has the image: EBUSY for who would write to it, ETXTBSY where that one writes. */
static int image_use(int device, const char *image, bool ro)
{
	for (int other = 0; other < MAX_DEVICES; other++) {
		char path[PATH_MAX];
		if (!device_exists(other))
			continue;
		for (int level = 0; delta_image(other, level, path); level++) {
			if (strcmp(path, image) != 0)
				continue;
			if (!ro || other == device)
				return -EBUSY;
			if (!delta_is_ro(other, level))
				return -ETXTBSY;
		}
	}
	return 0;
}

static bool mark(const char *path, bool in_use)
{
	struct image image;
	if (!image_open(&image, path, true, SECTOR))
		return false;
	image_mark(&image, in_use);
	image_close(&image);
	return true;
}

static void mark_top(int device, bool in_use)
{
	char path[PATH_MAX];
	int top = delta_count(device) - 1;
	if (top >= 0 && !delta_is_ro(device, top) && delta_image(device, top, path))
		mark(path, in_use);
}

/* Takes the image of a request on as level LEVEL, its parameters as those of the device. */
static int take_on(int device, int level, const struct ploop_ctl_delta *given)
{
	char path[PATH_MAX];
	struct image image;
	bool raw = given->c.pctl_format == PLOOP_FMT_RAW, ro = (given->c.pctl_flags & PLOOP_FMT_RDONLY) != 0;
	if (given->c.pctl_chunks != 1 || !path_of_fd(given->f.pctl_fd, path))
		return -EINVAL;
	int use = image_use(device, path, ro);
	if (use != 0)
		return use;
	uint64_t cluster = (uint64_t)SECTOR << given->c.pctl_cluster_log;
	if (!image_open(&image, path, !ro, raw ? cluster : 0))
		return -EINVAL;
	bool busy = !ro && image_is_marked(&image), wrong = raw != (image.version == 0) || image.cluster != cluster;
	if (!busy && !wrong && !ro)
		image_mark(&image, true);
	uint64_t version = image.version, sectors = image.sectors;
	image_close(&image);
	if (busy || wrong)
		return busy ? -EBUSY : -EINVAL;
	delta_add(device, level, path, raw, ro);
	state_set(device, "pstate/top", level);
	state_set(device, "pstate/block_size", cluster / SECTOR);
	state_set(device, "pstate/fmt_version", version);
	state_set(device, "ro", ro);
	if (state_get(device, "pstate/running") == 0)
		state_set(device, "size", sectors);
	return 0;
}

static int add_delta(int device, const struct ploop_ctl_delta *given)
{
	if ((given->c.pctl_flags & PLOOP_FLAG_COOKIE) != 0) {
		char name[64];
		snprintf(name, sizeof(name), "ploop%d/pstate/cookie", device);
		attribute_set(name, "%.*s", PLOOP_COOKIE_SIZE - 1, given->cookie);
	}
	if (state_get(device, "pstate/running") != 0)
		return -EBUSY;
	return take_on(device, delta_count(device), given);
}

static int start(int device)
{
	if (state_get(device, "pstate/running") != 0)
		return -EBUSY;
	if (delta_count(device) == 0)
		return -ENOENT;
	mark_top(device, true);
	contents_fill(device);
	state_set(device, "pstate/running", 1);
	return 0;
}

static int stop(int device)
{
	if (state_get(device, "pstate/running") == 0)
		return -EINVAL;
	if (device_is_mounted(device))
		return -EBUSY;
	int failure = fault("stop");
	if (failure != 0)
		return failure;
	contents_flush(device);
	mark_top(device, false);
	partition_set(device, 0, 0);
	state_set(device, "pstate/running", 0);
	return 0;
}

static int clear(int device)
{
	char attribute[64], path[PATH_MAX];
	if (state_get(device, "pstate/running") != 0)
		return -EBUSY;
	if (delta_count(device) == 0)
		return 0;
	mark_top(device, false);
	for (int level = delta_count(device) - 1; level >= 0; level--)
		delta_remove(device, level);
	snprintf(attribute, sizeof(attribute), "ploop%d/pstate/cookie", device);
	attribute_set(attribute, "%s", "");
	state_set(device, "pstate/top", NO_TOP);
	state_set(device, "pstate/fmt_version", 0);
	state_set(device, "pstate/block_size", 0);
	state_set(device, "size", 0);
	truncate64(in_world(path, "dev/ploop%d", device), 0);
	return 0;
}

static int delete_delta(int device, uint32_t level)
{
	int count = delta_count(device);
	bool running = state_get(device, "pstate/running") != 0;
	if (count == 0 || level >= (uint32_t)count)
		return -ENOENT;
	if (running && (int)level == count - 1)
		return -EBUSY;
	if (!running)
		mark_top(device, false);
	delta_remove(device, level);
	state_set(device, "pstate/top", count == 1 ? NO_TOP : (uint64_t)count - 2);
	return 0;
}

static int snapshot(int device, const struct ploop_ctl_delta *given)
{
	char path[PATH_MAX];
	int top = delta_count(device) - 1;
	if (state_get(device, "pstate/running") == 0)
		return -EINVAL;
	contents_flush(device);
	int failure = take_on(device, top + 1, given);
	if (failure != 0)
		return failure;
	delta_set(device, top, "ro", "1");
	return delta_image(device, top, path) && mark(path, false) ? 0 : -EIO;
}

static int merge(int device)
{
	char upper[PATH_MAX], lower[PATH_MAX];
	int top = delta_count(device) - 1;
	if (state_get(device, "pstate/running") == 0)
		return -EINVAL;
	if (top < 1)
		return -ENOENT;
	contents_flush(device);
	if (!contents_merge(device, top) || !delta_image(device, top, upper) || !delta_image(device, top - 1, lower))
		return -EIO;
	delta_set(device, top - 1, "ro", "0");
	mark(lower, true);
	mark(upper, false);
	delta_remove(device, top);
	state_set(device, "pstate/top", top - 1);
	return 0;
}

static int replace(int device, const struct ploop_ctl_delta *given)
{
	char path[PATH_MAX];
	int level = given->c.pctl_level;
	if (state_get(device, "pstate/running") == 0)
		return -EINVAL;
	if (level >= delta_count(device))
		return -ENOENT;
	if (!delta_is_ro(device, level))
		return -EBUSY;
	if (!path_of_fd(given->f.pctl_fd, path))
		return -EBADF;
	delta_set(device, level, "image", path);
	return 0;
}

static int grow(int device, const struct ploop_ctl *given)
{
	char path[PATH_MAX];
	struct image image;
	int top = delta_count(device) - 1;
	/* In clusters. */
	uint64_t sectors = (uint64_t)given->pctl_size << given->pctl_cluster_log;
	if (state_get(device, "pstate/running") == 0 || sectors < state_get(device, "size"))
		return -EINVAL;
	contents_flush(device);
	if (!delta_image(device, top, path) || !image_open(&image, path, true, state_get(device, "pstate/block_size") * SECTOR))
		return -EIO;
	bool grown = image_grow(&image, sectors);
	image_close(&image);
	state_set(device, "size", sectors);
	truncate64(in_world(path, "dev/ploop%d", device), sectors * SECTOR);
	return grown ? 0 : -EIO;
}

/* The end of the top image, in clusters; the balloon has grown then, and nothing of it is in the images. */
static int balloon(int device, struct ploop_balloon_ctl *given)
{
	char path[PATH_MAX];
	struct stat64 status;
	if (!delta_image(device, delta_count(device) - 1, path))
		return -EINVAL;
	/* A driver has the file open, also if it was removed. */
	if (stat64(path, &status) != 0)
		status.st_size = 0;
	given->mntn_type = given->inflate ? PLOOP_MNTN_BALLOON : PLOOP_MNTN_OFF;
	given->alloc_head = status.st_size / (state_get(device, "pstate/block_size") * SECTOR);
	return 0;
}

int driver_ioctl(int device, unsigned long request, void *argument)
{
	switch (request) {
	case PLOOP_IOC_ADD_DELTA: return add_delta(device, argument);
	case PLOOP_IOC_START: return start(device);
	case PLOOP_IOC_STOP: return stop(device);
	case PLOOP_IOC_CLEAR: return clear(device);
	case PLOOP_IOC_DEL_DELTA: return delete_delta(device, *(uint32_t *)argument);
	case PLOOP_IOC_SNAPSHOT: return snapshot(device, argument);
	case PLOOP_IOC_MERGE: return merge(device);
	case PLOOP_IOC_REPLACE_DELTA: return replace(device, argument);
	case PLOOP_IOC_GROW: return grow(device, argument);
	case PLOOP_IOC_BALLOON: return balloon(device, argument);
	case PLOOP_IOC_SYNC: contents_flush(device); return 0;
	/* Nothing is kept of an index: what the tool writes to images is seen at once. */
	case PLOOP_IOC_UPDATE_INDEX:
	/* Discarded at once, as zeros: there is nothing to collect and to wait for. */
	case PLOOP_IOC_DISCARD_INIT:
	case PLOOP_IOC_DISCARD_WAIT:
	case PLOOP_IOC_DISCARD_FINI:
	/* Accepted, not kept. */
	case PLOOP_IOC_MAX_DELTA_SIZE: return 0;
	default: return -EOPNOTSUPP;
	}
}
