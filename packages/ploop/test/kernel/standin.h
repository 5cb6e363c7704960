/*
 * A stand-in for the ploop block driver of OpenVZ kernels: preloaded into the real tool and what it starts. MIT, as all
 * of this repository. Only structures and numbers of the driver's interface come from libploop's headers.
 *
 * Everything is below one directory, the world: WORLD/sys/block/ploopN is what readers see and the only record of a
 * device, WORLD/dev/ploopN is a sparse file that holds what the device holds, WORLD/proc has the mounts.
 */
#ifndef STANDIN_H
#define STANDIN_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 512
#define MAJOR_PLOOP 182
#define MINORS_PER_DEVICE 16
#define MAX_DEVICES 256
#define MAX_LEVELS 128
#define NO_TOP UINT32_MAX

/* paths.c: which files of the machine belong to the world instead */
const char *world(void);
/* The path to use for a path that a program gave: in BUFFER, or the path itself. */
const char *rewritten(const char *path, char buffer[PATH_MAX]);
/* WORLD/FORMAT... in BUFFER. */
const char *in_world(char buffer[PATH_MAX], const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The device and partition (0: none) of a path such as /dev/ploop3p1, in the world or not; false where it is none. */
bool device_of_path(const char *path, int *device, int *partition);
bool path_of_fd(int fd, char buffer[PATH_MAX]);

/* sysfs.c: attributes below WORLD/sys/block, each replaced as a whole */
void attribute_set(const char *attribute, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool attribute_get(const char *attribute, char *value, size_t size);
/* 0 where there is none. */
uint64_t attribute_number(const char *attribute);
uint64_t state_get(int device, const char *name);
void state_set(int device, const char *name, uint64_t value);
void device_create(int device);
bool device_exists(int device);

/* levels.c: pdelta/L of a device, and its partition */
int delta_count(int device);
bool delta_image(int device, int level, char image[PATH_MAX]);
bool delta_is_ro(int device, int level);
void delta_add(int device, int level, const char *image, bool raw, bool ro);
void delta_set(int device, int level, const char *name, const char *value);
void delta_remove(int device, int level);
/* The attributes of a partition; SECTORS 0 removes it. */
void partition_set(int device, uint64_t start, uint64_t sectors);
bool partition_get(int device, uint64_t *start, uint64_t *sectors);

/* faults.c: 0, or the negative errno that a test wants a call to fail with, from WORLD/faults/CALL */
int fault(const char *call);

/* mounts.c: mount(2) of a device is a line in WORLD/proc, and nothing else happens */
int mount_record(const char *source, const char *target, const char *type, unsigned long flags, const char *data);
int mount_forget(const char *target);
bool device_is_mounted(int device);
bool device_mount_point(int device, char target[PATH_MAX]);
/* What is mounted where PATH, a real path, is. */
bool mount_of(const char *path, int *device, int *partition);

/* balloon.c: what is in a mounted ext4, and the file that takes space away from it */
struct ext4_numbers {
	uint64_t block_size, blocks, blocks_free, inodes, inodes_free;
};
bool ext4_describe(const char *mount_point, struct ext4_numbers *numbers);
/* The place of a path that names the balloon in a mounted file system. */
bool balloon_rewritten(const char *given, char path[PATH_MAX]);
int balloon_open(const char *mount_point);
bool is_balloon(int fd);
/* The device that holds the file system of a balloon, by the path of the latter. */
bool balloon_device(const char *path, int *device, int *partition);
int balloon_allocate(int fd, uint64_t end);

/* image.c: header and allocation table of an image file */
struct image {
	int fd;
	int version; /* 0: raw */
	uint64_t cluster; /* bytes */
	uint64_t sectors;
	uint32_t entries;
	void *header;
	size_t header_size;
	uint32_t *map;
};
bool image_open(struct image *image, const char *path, bool writable, uint64_t cluster);
void image_close(struct image *image);
/* Where a cluster is in the file, in bytes; false where the image has none. A raw image has all. */
bool image_find(const struct image *image, uint32_t index, uint64_t *offset);
uint64_t image_allocate(struct image *image, uint32_t index);
bool image_is_marked(const struct image *image);
void image_mark(struct image *image, bool in_use);
bool image_grow(struct image *image, uint64_t sectors);

/* contents.c: WORLD/dev/ploopN and the images below it */
void contents_fill(int device);
void contents_flush(int device);
/* Copies what image LEVEL holds into the image below it. */
bool contents_merge(int device, int level);
void contents_read_partitions(int device);

/* minors.c: one call at a time, and numbers for new devices */
int driver_lock(void);
void driver_unlock(int lock);
/* A file that holds the first idle minor, reserved while it is open. */
int driver_reserve_minor(void);

/* driver.c, block.c: ioctl(2); 0 or a negative errno */
int driver_ioctl(int device, unsigned long request, void *argument);
bool block_ioctl(int device, int partition, unsigned long request, void *argument, int *result);

#endif
