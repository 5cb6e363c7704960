/* Mounts and requests to devices. */
#include "hooks.h"

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/types.h>
#include <ploop/ploop_if.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

/* Private to the file system of OpenVZ kernels. */
#define OPEN_BALLOON _IO('f', 42)
#define RESERVE_BLOCKS _IOW('f', 44, unsigned long)

/* Never the real calls: a mount is a line in a file. */
int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
	int lock = driver_lock();
	int result = mount_record(source, target, type == NULL ? "none" : type, flags, data);
	driver_unlock(lock);
	return result < 0 ? FAIL(result) : 0;
}

int umount2(const char *target, int flags)
{
	(void)flags;
	int lock = driver_lock();
	int result = mount_forget(target);
	driver_unlock(lock);
	return result < 0 ? FAIL(result) : 0;
}

int umount(const char *target) { return umount2(target, 0); }

/* Requests for a mounted file system. They never reach that of the machine, which is what the directory is on. */
static bool mount_ioctl(int fd, unsigned long request, void *argument, int *result)
{
	char path[PATH_MAX];
	*result = 0;
	switch (request) {
	case OPEN_BALLOON: *result = path_of_fd(fd, path) ? balloon_open(path) : -EBADF; return true;
	case FS_IOC_FIEMAP:
		/* Nothing of a balloon is in the images. */
		if (is_balloon(fd))
			((struct fiemap *)argument)->fm_mapped_extents = 0;
		return is_balloon(fd);
	case RESERVE_BLOCKS:
	case FIFREEZE:
	case FITHAW:
	case FITRIM: return true;
	default: return false;
	}
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	va_start(arguments, request);
	void *argument = va_arg(arguments, void *);
	va_end(arguments);
	char path[PATH_MAX];
	int device, partition, result = 0;
	if (mount_ioctl(fd, request, argument, &result))
		return result < 0 ? FAIL(result) : result;
	size_t length = strlen(world());
	if (!path_of_fd(fd, path) || strncmp(path, world(), length) != 0 || !device_of_path(path, &device, &partition))
		return NEXT(ioctl)(fd, request, argument);
	int lock = driver_lock();
	if (_IOC_TYPE(request) == PLOOPCTLTYPE)
		result = driver_ioctl(device, request, argument);
	else if (!block_ioctl(device, start_of(fd) != 0, request, argument, &result))
		result = -ENOTTY;
	driver_unlock(lock);
	return result < 0 ? FAIL(result) : result;
}
