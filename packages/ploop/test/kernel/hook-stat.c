/* What the files of a world pass for. */
#include "hooks.h"

#include <sys/sysmacros.h>
#include <sys/vfs.h>

#define EXT4_MAGIC 0xEF53

/* The files below WORLD/dev pass for block devices, and what is in a mounted file system for being on one. */
static int as_device(const char *path, struct stat64 *status, int result)
{
	char real[PATH_MAX];
	int device, partition;
	if (result != 0)
		return result;
	bool ours = strncmp(path, world(), strlen(world())) == 0;
	if (ours && device_of_path(path, &device, &partition)) {
		status->st_mode = S_IFBLK | 0600;
		status->st_rdev = makedev(MAJOR_PLOOP, device * MINORS_PER_DEVICE + partition);
	} else if (balloon_device(path, &device, &partition) ||
		(S_ISDIR(status->st_mode) && NEXT(realpath)(path, real) != NULL && mount_of(real, &device, &partition))) {
		status->st_dev = makedev(MAJOR_PLOOP, device * MINORS_PER_DEVICE + partition);
	}
	return result;
}

int fstatat64(int at, const char *given, struct stat64 *status, int flags)
{
	char buffer[PATH_MAX];
	const char *path = rewritten(given, buffer);
	return as_device(path, status, NEXT(fstatat64)(at, path, status, flags));
}

int fstat64(int fd, struct stat64 *status)
{
	char path[PATH_MAX];
	int result = NEXT(fstat64)(fd, status);
	bool plain = result == 0 && (S_ISREG(status->st_mode) || S_ISDIR(status->st_mode));
	if (!plain || !path_of_fd(fd, path))
		return result;
	if (start_of(fd) != 0)
		strcat(path, "p1");
	return as_device(path, status, result);
}

_Static_assert(sizeof(struct stat) == sizeof(struct stat64), "one form of stat");
int stat64(const char *path, struct stat64 *status) { return fstatat64(AT_FDCWD, path, status, 0); }
int lstat64(const char *path, struct stat64 *status) { return fstatat64(AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW); }
int stat(const char *path, struct stat *status) { return stat64(path, (struct stat64 *)status); }
int lstat(const char *path, struct stat *status) { return lstat64(path, (struct stat64 *)status); }
int fstat(int fd, struct stat *status) { return fstat64(fd, (struct stat64 *)status); }
int fstatat(int at, const char *path, struct stat *status, int flags)
{
	return fstatat64(at, path, (struct stat64 *)status, flags);
}

/* Programs that were built with a glibc before 2.33 call these. */
int __fxstatat64(int version, int at, const char *path, struct stat64 *status, int flags)
{
	(void)version;
	return fstatat64(at, path, status, flags);
}

int __fxstat64(int version, int fd, struct stat64 *status)
{
	(void)version;
	return fstat64(fd, status);
}

int __xstat64(int version, const char *path, struct stat64 *status)
{
	return __fxstatat64(version, AT_FDCWD, path, status, 0);
}

int __lxstat64(int version, const char *path, struct stat64 *status)
{
	return __fxstatat64(version, AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

int __fxstatat(int version, int at, const char *path, struct stat *status, int flags)
{
	return __fxstatat64(version, at, path, (struct stat64 *)status, flags);
}

int __fxstat(int version, int fd, struct stat *status) { return __fxstat64(version, fd, (struct stat64 *)status); }
int __xstat(int version, const char *path, struct stat *status) { return __xstat64(version, path, (struct stat64 *)status); }
int __lxstat(int version, const char *path, struct stat *status) { return __lxstat64(version, path, (struct stat64 *)status); }

/* Of what a world changes, the numbers and the type are asked for. */
int statx(int at, const char *path, int flags, unsigned mask, struct statx *status)
{
	struct stat64 seen;
	char buffer[PATH_MAX];
	bool itself = path[0] == '\0';
	int result = NEXT(statx)(at, itself ? path : rewritten(path, buffer), flags, mask, status);
	if (result != 0 || (itself ? fstat64(at, &seen) : fstatat64(at, path, &seen, flags & AT_SYMLINK_NOFOLLOW)) != 0)
		return result;
	status->stx_mode = seen.st_mode;
	status->stx_rdev_major = major(seen.st_rdev);
	status->stx_rdev_minor = minor(seen.st_rdev);
	status->stx_dev_major = major(seen.st_dev);
	status->stx_dev_minor = minor(seen.st_dev);
	return result;
}

/* The numbers of the ext4 that is on the device; those of the machine where there is none. */
static int described(const char *path, struct statfs64 *status, int result)
{
	struct ext4_numbers numbers;
	if (result != 0 || !ext4_describe(path, &numbers))
		return result;
	status->f_type = EXT4_MAGIC;
	status->f_bsize = status->f_frsize = numbers.block_size;
	status->f_blocks = numbers.blocks;
	status->f_bfree = status->f_bavail = numbers.blocks_free;
	status->f_files = numbers.inodes;
	status->f_ffree = numbers.inodes_free;
	return result;
}

int statfs64(const char *path, struct statfs64 *status)
{
	char real[PATH_MAX];
	int result = NEXT(statfs64)(path, status);
	return NEXT(realpath)(path, real) == NULL ? result : described(real, status, result);
}

int fstatfs64(int fd, struct statfs64 *status)
{
	char path[PATH_MAX];
	int result = NEXT(fstatfs64)(fd, status);
	return path_of_fd(fd, path) ? described(path, status, result) : result;
}

_Static_assert(sizeof(struct statfs) == sizeof(struct statfs64), "one form of statfs");
int statfs(const char *path, struct statfs *status) { return statfs64(path, (struct statfs64 *)status); }
int fstatfs(int fd, struct statfs *status) { return fstatfs64(fd, (struct statfs64 *)status); }
