#include "standin.h"

#include <endian.h>

/* The chain of a device, base first. */
struct chain {
	int count;
	uint64_t cluster;
	struct image images[MAX_LEVELS];
};

static bool chain_open(struct chain *chain, int device)
{
	char path[PATH_MAX];
	chain->cluster = state_get(device, "pstate/block_size") * SECTOR;
	for (chain->count = 0; delta_image(device, chain->count, path); chain->count++) {
		bool writable = !delta_is_ro(device, chain->count);
		if (!image_open(&chain->images[chain->count], path, writable, chain->cluster))
			return false;
	}
	return chain->count > 0;
}

static void chain_close(struct chain *chain)
{
	for (int level = 0; level < chain->count; level++)
		image_close(&chain->images[level]);
}

static int device_file(int device, int flags)
{
	char path[PATH_MAX];
	return open64(in_world(path, "dev/ploop%d", device), flags | O_CLOEXEC);
}

/* What the chain says about a cluster; false where no image has it, and it is zeros. */
static bool chain_read(const struct chain *chain, uint32_t index, char *cluster)
{
	memset(cluster, 0, chain->cluster);
	for (int level = chain->count - 1; level >= 0; level--) {
		uint64_t offset;
		if (!image_find(&chain->images[level], index, &offset))
			continue;
		return pread64(chain->images[level].fd, cluster, chain->cluster, offset) >= 0;
	}
	return false;
}

static bool is_zero(const char *bytes, size_t length)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0;
}

static uint32_t clusters(int device, const struct chain *chain)
{
	return (state_get(device, "size") * SECTOR + chain->cluster - 1) / chain->cluster;
}

void contents_fill(int device)
{
	struct chain chain;
	uint64_t size = state_get(device, "size") * SECTOR;
	int file = device_file(device, O_RDWR | O_TRUNC);
	ftruncate64(file, size);
	if (chain_open(&chain, device)) {
		char *cluster = malloc(chain.cluster);
		for (uint32_t index = 0; index < clusters(device, &chain); index++)
			if (chain_read(&chain, index, cluster) && !is_zero(cluster, chain.cluster))
				pwrite64(file, cluster, chain.cluster, index * chain.cluster);
		ftruncate64(file, size);
		free(cluster);
		chain_close(&chain);
	}
	close(file);
}

/* What was written to the device since, and only that, goes into the top image. */
void contents_flush(int device)
{
	struct chain chain;
	int top = delta_count(device) - 1;
	if (top < 0 || delta_is_ro(device, top) || !chain_open(&chain, device))
		return;
	int file = device_file(device, O_RDONLY);
	char *now = malloc(chain.cluster), *before = malloc(chain.cluster);
	for (uint32_t index = 0; index < clusters(device, &chain); index++) {
		uint64_t start = index * chain.cluster, offset;
		bool had = chain_read(&chain, index, before);
		int64_t data = lseek64(file, start, SEEK_DATA);
		if (!had && (data < 0 || (uint64_t)data >= start + chain.cluster))
			continue;
		memset(now, 0, chain.cluster);
		ssize_t length = pread64(file, now, chain.cluster, start);
		if (length <= 0 || memcmp(now, before, chain.cluster) == 0)
			continue;
		if (!image_find(&chain.images[top], index, &offset))
			offset = image_allocate(&chain.images[top], index);
		pwrite64(chain.images[top].fd, now, chain.images[top].version == 0 ? (size_t)length : chain.cluster, offset);
	}
	free(now);
	free(before);
	close(file);
	chain_close(&chain);
}

bool contents_merge(int device, int level)
{
	char upper_path[PATH_MAX], lower_path[PATH_MAX];
	struct image upper, lower;
	uint64_t size = state_get(device, "pstate/block_size") * SECTOR;
	if (!delta_image(device, level, upper_path) || !delta_image(device, level - 1, lower_path))
		return false;
	if (!image_open(&upper, upper_path, false, size))
		return false;
	bool done = image_open(&lower, lower_path, true, size);
	if (done && lower.sectors < upper.sectors)
		done = image_grow(&lower, upper.sectors);
	char *cluster = malloc(upper.cluster);
	for (uint32_t index = 0; done && index < upper.entries; index++) {
		uint64_t from, to;
		if (!image_find(&upper, index, &from))
			continue;
		ssize_t length = pread64(upper.fd, cluster, upper.cluster, from);
		if (!image_find(&lower, index, &to))
			to = image_allocate(&lower, index);
		done = length > 0 && pwrite64(lower.fd, cluster, length, to) == length;
	}
	free(cluster);
	image_close(&upper);
	if (done)
		image_close(&lower);
	return done;
}

/* The first entry of a GUID partition table, as the tool writes it. */
void contents_read_partitions(int device)
{
	unsigned char header[SECTOR], entry[128];
	int file = device_file(device, O_RDONLY);
	uint64_t first = 0, last = 0, entries;
	if (pread64(file, header, SECTOR, SECTOR) == SECTOR && memcmp(header, "EFI PART", 8) == 0) {
		memcpy(&entries, header + 72, 8);
		if (pread64(file, entry, sizeof(entry), le64toh(entries) * SECTOR) == sizeof(entry)) {
			memcpy(&first, entry + 32, 8);
			memcpy(&last, entry + 40, 8);
		}
	}
	close(file);
	partition_set(device, le64toh(first), first == 0 ? 0 : le64toh(last) - le64toh(first) + 1);
}
