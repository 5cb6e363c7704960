/*
 * The hidden balloon file of a file system: WORLD/balloons/UUID, where UUID is that of the ext4 on the device. It takes
 * space away from statfs(2) and from nothing else. The directory of a mount is one of the machine, so it cannot be there.
 */
#include "standin.h"

#include <linux/falloc.h>

#define MARK "/.balloon-"

static bool ext4_read(const char *mount_point, unsigned char block[1024])
{
	char path[PATH_MAX];
	int device, partition;
	uint64_t start = 0, sectors;
	if (!mount_of(mount_point, &device, &partition))
		return false;
	if (partition != 0)
		partition_get(device, &start, &sectors);
	int file = open64(in_world(path, "dev/ploop%d", device), O_RDONLY | O_CLOEXEC);
	ssize_t length = pread64(file, block, 1024, start * SECTOR + 1024);
	close(file);
	return length == 1024 && block[56] == 0x53 && block[57] == 0xEF;
}

static bool balloon_path(const char *mount_point, char path[PATH_MAX])
{
	unsigned char block[1024];
	char uuid[33];
	if (!ext4_read(mount_point, block))
		return false;
	for (int i = 0; i < 16; i++)
		sprintf(uuid + 2 * i, "%02x", block[0x68 + i]);
	in_world(path, "balloons/%s", uuid);
	return true;
}

bool balloon_rewritten(const char *given, char path[PATH_MAX])
{
	char directory[PATH_MAX], real[PATH_MAX];
	const char *mark = strstr(given, MARK);
	if (mark == NULL)
		return false;
	snprintf(directory, sizeof(directory), "%.*s", (int)(mark - given), given);
	return realpath(directory, real) != NULL && balloon_path(real, path);
}

int balloon_open(const char *mount_point)
{
	char path[PATH_MAX];
	int fd = balloon_path(mount_point, path) ? open64(path, O_RDWR) : -1;
	return fd < 0 ? -ENOENT : fd;
}

uint64_t balloon_size(const char *mount_point)
{
	char path[PATH_MAX];
	struct stat64 status;
	return balloon_path(mount_point, path) && stat64(path, &status) == 0 ? status.st_size : 0;
}

static uint64_t little(const unsigned char *block, int at)
{
	return block[at] | block[at + 1] << 8 | block[at + 2] << 16 | (uint64_t)block[at + 3] << 24;
}

bool ext4_describe(const char *mount_point, struct ext4_numbers *numbers)
{
	unsigned char block[1024];
	if (!ext4_read(mount_point, block))
		return false;
	numbers->block_size = 1024ull << little(block, 24);
	numbers->blocks = little(block, 4) - little(block, 0x248);
	uint64_t balloon = balloon_size(mount_point) / numbers->block_size;
	numbers->blocks_free = little(block, 12) > balloon ? little(block, 12) - balloon : 0;
	numbers->inodes = little(block, 0);
	numbers->inodes_free = little(block, 16);
	return true;
}

bool is_balloon(int fd)
{
	char path[PATH_MAX], prefix[PATH_MAX];
	in_world(prefix, "balloons/");
	return path_of_fd(fd, path) && strncmp(path, prefix, strlen(prefix)) == 0;
}

static bool balloon_mount(const char *balloon, char target[PATH_MAX])
{
	char path[PATH_MAX];
	for (int device = 0; device < MAX_DEVICES; device++)
		if (device_mount_point(device, target) && balloon_path(target, path) && strcmp(path, balloon) == 0)
			return true;
	return false;
}

bool balloon_device(const char *path, int *device, int *partition)
{
	char target[PATH_MAX], prefix[PATH_MAX];
	in_world(prefix, "balloons/");
	bool balloon = strncmp(path, prefix, strlen(prefix)) == 0;
	return balloon && balloon_mount(path, target) && mount_of(target, device, partition);
}

/* Sparse, but not larger than what is free. */
int balloon_allocate(int fd, uint64_t end)
{
	char path[PATH_MAX], target[PATH_MAX];
	struct stat64 status;
	struct ext4_numbers numbers;
	if (fstat64(fd, &status) != 0 || (uint64_t)status.st_size >= end)
		return 0;
	if (path_of_fd(fd, path) && balloon_mount(path, target) && ext4_describe(target, &numbers) &&
		end - status.st_size > numbers.blocks_free * numbers.block_size)
		return -ENOSPC;
	return ftruncate64(fd, end) == 0 ? 0 : -errno;
}
