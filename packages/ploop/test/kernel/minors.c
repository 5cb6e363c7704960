#include "standin.h"

#include <sys/file.h>

int driver_lock(void)
{
	char path[PATH_MAX];
	int lock = open64(in_world(path, "lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	flock(lock, LOCK_EX);
	return lock;
}

void driver_unlock(int lock)
{
	close(lock);
}

int driver_reserve_minor(void)
{
	char path[PATH_MAX];
	for (int device = 0; device < MAX_DEVICES; device++) {
		if (device_exists(device) && delta_count(device) > 0)
			continue;
		int file = open64(in_world(path, "minors/%d", device), O_RDWR | O_CREAT, 0600);
		if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0) {
			ftruncate64(file, 0);
			dprintf(file, "%d\n", device * MINORS_PER_DEVICE);
			lseek64(file, 0, SEEK_SET);
			return file;
		}
		close(file);
	}
	errno = ENOSPC;
	return -1;
}
