/* Opening and closing, and reading and writing where a descriptor is of a partition. */
#include "hooks.h"

#include <mntent.h>
#include <stdarg.h>
#include <sys/syscall.h>

#define MAX_FDS 1024

/* The file behind a descriptor of a partition is that of the whole device. */
static uint64_t part_start[MAX_FDS];
static uint64_t part_length[MAX_FDS];

uint64_t start_of(int fd)
{
	return fd >= 0 && fd < MAX_FDS ? part_start[fd] : 0;
}

static int open_partition(int device, int flags)
{
	char path[PATH_MAX];
	uint64_t start, sectors;
	if (!partition_get(device, &start, &sectors))
		return FAIL(-ENXIO);
	int fd = NEXT(open64)(in_world(path, "dev/ploop%d", device), flags & ~(O_EXCL | O_CREAT));
	if (fd >= 0 && fd < MAX_FDS) {
		part_start[fd] = start * SECTOR;
		part_length[fd] = sectors * SECTOR;
		NEXT(lseek64)(fd, start * SECTOR, SEEK_SET);
	}
	return fd;
}

/* No kernel grows the file system of a mount that is a line in a file: resize2fs does it as if there were none. */
static bool sees_no_mounts(void)
{
	return strcmp(program_invocation_short_name, "resize2fs") == 0;
}

static int opened(int directory, const char *given, int flags, mode_t mode)
{
	char buffer[PATH_MAX];
	int device, partition;
	if (strcmp(given, "/proc/vz/ploop_minor") == 0)
		return driver_reserve_minor();
	const char *path = rewritten(given, buffer);
	if (path != given && device_of_path(path, &device, &partition)) {
		if ((flags & O_EXCL) != 0 && device_is_mounted(device) && !sees_no_mounts())
			return FAIL(-EBUSY);
		if (partition != 0)
			return open_partition(device, flags);
		flags &= ~(O_EXCL | O_CREAT | O_TRUNC);
	}
	return NEXT(openat64)(directory, path, flags, mode);
}

#define MODE_OF(flags, last) \
	({ \
		mode_t mode_ = 0; \
		if (((flags) & (O_CREAT | __O_TMPFILE)) != 0) { \
			va_list arguments; \
			va_start(arguments, last); \
			mode_ = va_arg(arguments, mode_t); \
			va_end(arguments); \
		} \
		mode_; \
	})

int open(const char *path, int flags, ...) { return opened(AT_FDCWD, path, flags, MODE_OF(flags, flags)); }
int open64(const char *path, int flags, ...) { return opened(AT_FDCWD, path, flags, MODE_OF(flags, flags)); }
int openat(int at, const char *path, int flags, ...) { return opened(at, path, flags, MODE_OF(flags, flags)); }
int openat64(int at, const char *path, int flags, ...) { return opened(at, path, flags, MODE_OF(flags, flags)); }
int __open_2(const char *path, int flags) { return opened(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return opened(AT_FDCWD, path, flags, 0); }
int __openat_2(int at, const char *path, int flags) { return opened(at, path, flags, 0); }
int __openat64_2(int at, const char *path, int flags) { return opened(at, path, flags, 0); }

FILE *fopen(const char *path, const char *mode)
{
	char buffer[PATH_MAX];
	bool mounts = strcmp(path, "/proc/mounts") == 0 || strcmp(path, "/etc/mtab") == 0;
	if (mounts && sees_no_mounts())
		path = "/dev/null";
	if (strcmp(path, "/proc/vz/ploop_minor") == 0)
		return fdopen(driver_reserve_minor(), mode);
	return NEXT(fopen)(rewritten(path, buffer), mode);
}

FILE *fopen64(const char *path, const char *mode) { return fopen(path, mode); }
FILE *setmntent(const char *path, const char *mode) { return fopen(path, mode); }

int close(int fd)
{
	if (fd >= 0 && fd < MAX_FDS)
		part_start[fd] = part_length[fd] = 0;
	return NEXT(close)(fd);
}

int64_t lseek64(int fd, int64_t offset, int whence)
{
	uint64_t start = start_of(fd);
	if (start == 0)
		return NEXT(lseek64)(fd, offset, whence);
	if (whence == SEEK_END) {
		offset += part_length[fd];
		whence = SEEK_SET;
	}
	int64_t at = NEXT(lseek64)(fd, whence == SEEK_CUR ? offset : offset + (int64_t)start, whence);
	return at < 0 ? at : at - (int64_t)start;
}

off_t lseek(int fd, off_t offset, int whence) { return lseek64(fd, offset, whence); }
ssize_t pread64(int fd, void *to, size_t size, off64_t at) { return NEXT(pread64)(fd, to, size, at + start_of(fd)); }
ssize_t pread(int fd, void *to, size_t size, off_t at) { return pread64(fd, to, size, at); }
ssize_t __pread64_chk(int fd, void *to, size_t size, off64_t at, size_t room)
{
	return pread64(fd, to, size < room ? size : room, at);
}
ssize_t pwrite64(int fd, const void *from, size_t size, off64_t at)
{
	return NEXT(pwrite64)(fd, from, size, at + start_of(fd));
}
ssize_t pwrite(int fd, const void *from, size_t size, off_t at) { return pwrite64(fd, from, size, at); }
int fallocate64(int fd, int mode, off64_t at, off64_t size)
{
	if (!is_balloon(fd) || mode != 0)
		return NEXT(fallocate64)(fd, mode, at + start_of(fd), size);
	int result = balloon_allocate(fd, at + size);
	return result < 0 ? FAIL(result) : 0;
}
int fallocate(int fd, int mode, off_t at, off_t size) { return fallocate64(fd, mode, at, size); }

/* The tool calls fallocate(2) by its number. */
long syscall(long number, ...)
{
	va_list arguments;
	va_start(arguments, number);
	long a = va_arg(arguments, long), b = va_arg(arguments, long), c = va_arg(arguments, long);
	long d = va_arg(arguments, long), e = va_arg(arguments, long), f = va_arg(arguments, long);
	va_end(arguments);
	return number == SYS_fallocate ? fallocate64(a, b, c, d) : NEXT(syscall)(number, a, b, c, d, e, f);
}

