#include "standin.h"

#include <linux/types.h>
#include <ploop/ploop_if.h>
/* Needs the names of the format versions from the one above. */
#include <ploop/ploop1_image.h>
#include <sys/mman.h>

/* Header and allocation table are mapped: the tool writes to them as well, and both see the same at once. */
static bool map_header(struct image *image, bool writable)
{
	struct ploop_pvd_header header;
	if (pread64(image->fd, &header, sizeof(header), 0) != sizeof(header))
		return false;
	int version = ploop1_version(&header);
	if (version == PLOOP_FMT_ERROR || header.m_Sectors == 0 || header.m_FirstBlockOffset == 0)
		return false;
	image->version = version;
	image->cluster = (uint64_t)header.m_Sectors * SECTOR;
	image->sectors = get_SizeInSectors(&header);
	image->entries = image->sectors / header.m_Sectors;
	image->header_size = (size_t)header.m_FirstBlockOffset * SECTOR;
	int protection = PROT_READ | (writable ? PROT_WRITE : 0);
	image->header = mmap(NULL, image->header_size, protection, MAP_SHARED, image->fd, 0);
	if (image->header == MAP_FAILED)
		return false;
	image->map = (uint32_t *)image->header + PLOOP_MAP_OFFSET;
	return true;
}

bool image_open(struct image *image, const char *path, bool writable, uint64_t cluster)
{
	memset(image, 0, sizeof(*image));
	image->fd = open64(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (image->fd < 0)
		return false;
	if (map_header(image, writable))
		return true;
	struct stat64 status;
	if (fstat64(image->fd, &status) != 0 || cluster == 0) {
		close(image->fd);
		return false;
	}
	image->cluster = cluster;
	image->sectors = status.st_size / SECTOR;
	image->entries = (status.st_size + cluster - 1) / cluster;
	return true;
}

void image_close(struct image *image)
{
	if (image->header != NULL)
		munmap(image->header, image->header_size);
	fsync(image->fd);
	close(image->fd);
}

bool image_find(const struct image *image, uint32_t index, uint64_t *offset)
{
	if (index >= image->entries)
		return false;
	uint64_t unit = image->version == PLOOP_FMT_V2 ? image->cluster : SECTOR;
	*offset = image->version == 0 ? index * image->cluster : image->map[index] * unit;
	return image->version == 0 || image->map[index] != 0;
}

static uint64_t file_end(const struct image *image)
{
	struct stat64 status;
	fstat64(image->fd, &status);
	return (status.st_size + image->cluster - 1) / image->cluster * image->cluster;
}

static void point(struct image *image, uint32_t index, uint64_t offset)
{
	uint64_t unit = image->version == PLOOP_FMT_V2 ? image->cluster : SECTOR;
	image->map[index] = offset / unit;
}

uint64_t image_allocate(struct image *image, uint32_t index)
{
	if (image->version == 0)
		return index * image->cluster;
	uint64_t offset = file_end(image);
	ftruncate64(image->fd, offset + image->cluster);
	point(image, index, offset);
	((struct ploop_pvd_header *)image->header)->m_Flags &= ~CIF_Empty;
	return offset;
}

bool image_is_marked(const struct image *image)
{
	return image->version != 0 && ((struct ploop_pvd_header *)image->header)->m_DiskInUse != 0;
}

void image_mark(struct image *image, bool in_use)
{
	if (image->version != 0)
		((struct ploop_pvd_header *)image->header)->m_DiskInUse = in_use ? SIGNATURE_DISK_IN_USE : 0;
}

/* A cluster that is where the longer table will be goes to the end of the file. */
static void make_room(struct image *image, uint64_t header_size)
{
	void *cluster = malloc(image->cluster);
	for (uint32_t index = 0; index < image->entries; index++) {
		uint64_t offset;
		if (!image_find(image, index, &offset) || offset >= header_size)
			continue;
		uint64_t moved = file_end(image);
		pread64(image->fd, cluster, image->cluster, offset);
		pwrite64(image->fd, cluster, image->cluster, moved);
		point(image, index, moved);
	}
	free(cluster);
}

bool image_grow(struct image *image, uint64_t sectors)
{
	if (image->version == 0) {
		image->sectors = sectors;
		return ftruncate64(image->fd, sectors * SECTOR) == 0;
	}
	struct ploop_pvd_header grown = *(struct ploop_pvd_header *)image->header;
	uint64_t header_size = generate_pvd_header(&grown, sectors, image->cluster / SECTOR, image->version);
	if (header_size > image->header_size) {
		make_room(image, header_size);
		void *zeros = calloc(1, header_size - image->header_size);
		pwrite64(image->fd, zeros, header_size - image->header_size, image->header_size);
		free(zeros);
	}
	*(struct ploop_pvd_header *)image->header = grown;
	munmap(image->header, image->header_size);
	return map_header(image, true);
}
