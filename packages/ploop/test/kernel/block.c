#include "standin.h"

#include <linux/blkpg.h>
#include <linux/fs.h>

/* Discarded clusters read as zeros. */
static int discard(int device, uint64_t offset, const uint64_t range[2])
{
	char path[PATH_MAX];
	int file = open64(in_world(path, "dev/ploop%d", device), O_RDWR | O_CLOEXEC);
	int done = fallocate64(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset + range[0], range[1]);
	close(file);
	return done == 0 ? 0 : -EIO;
}

static int partition_change(int device, const struct blkpg_ioctl_arg *given)
{
	const struct blkpg_partition *part = given->data;
	if (part->pno != 1)
		return -ENXIO;
	if (given->op == BLKPG_DEL_PARTITION) {
		uint64_t start, sectors;
		bool there = partition_get(device, &start, &sectors);
		partition_set(device, 0, 0);
		return there ? 0 : -ENXIO;
	}
	partition_set(device, part->start / SECTOR, part->length / SECTOR);
	return 0;
}

/* What any block device answers; false for requests that are none of a block device. */
bool block_ioctl(int device, int partition, unsigned long request, void *argument, int *result)
{
	uint64_t start = 0, sectors = state_get(device, "size");
	if (partition != 0)
		partition_get(device, &start, &sectors);
	*result = 0;
	switch (request) {
	case BLKGETSIZE64: *(uint64_t *)argument = sectors * SECTOR; return true;
	case BLKGETSIZE: *(unsigned long *)argument = sectors; return true;
	case BLKSSZGET: *(int *)argument = SECTOR; return true;
	case BLKPBSZGET: *(unsigned *)argument = SECTOR; return true;
	case BLKBSZGET: *(int *)argument = 4096; return true;
	case BLKIOMIN: *(unsigned *)argument = SECTOR; return true;
	case BLKIOOPT: *(unsigned *)argument = 0; return true;
	case BLKALIGNOFF: *(int *)argument = 0; return true;
	case BLKROGET: *(int *)argument = state_get(device, "ro"); return true;
	case BLKDISCARDZEROES: *(unsigned *)argument = 1; return true;
	case BLKBSZSET:
	case BLKROSET:
	case BLKFLSBUF: return true;
	case BLKRRPART: contents_read_partitions(device); return true;
	case BLKPG: *result = partition_change(device, argument); return true;
	case BLKDISCARD:
	case BLKZEROOUT: *result = discard(device, start * SECTOR, argument); return true;
	default: return false;
	}
}
