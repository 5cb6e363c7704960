/* Calls that take a path. */
#include "hooks.h"

#include <dirent.h>

int access(const char *path, int mode)
{
	char buffer[PATH_MAX];
	return NEXT(access)(rewritten(path, buffer), mode);
}

int chmod(const char *path, mode_t mode)
{
	char buffer[PATH_MAX];
	return NEXT(chmod)(rewritten(path, buffer), mode);
}

int mkdir(const char *path, mode_t mode)
{
	char buffer[PATH_MAX];
	return NEXT(mkdir)(rewritten(path, buffer), mode);
}

int unlink(const char *path)
{
	char buffer[PATH_MAX];
	return NEXT(unlink)(rewritten(path, buffer));
}

DIR *opendir(const char *path)
{
	char buffer[PATH_MAX];
	return NEXT(opendir)(rewritten(path, buffer));
}

ssize_t readlink(const char *path, char *to, size_t size)
{
	char buffer[PATH_MAX];
	return NEXT(readlink)(rewritten(path, buffer), to, size);
}

char *realpath(const char *path, char *resolved)
{
	char buffer[PATH_MAX];
	const char *place = rewritten(path, buffer);
	if (place == path)
		return NEXT(realpath)(path, resolved);
	if (NEXT(access)(place, F_OK) != 0)
		return NULL;
	return resolved == NULL ? strdup(path) : strcpy(resolved, path);
}

char *__realpath_chk(const char *path, char *resolved, size_t room)
{
	(void)room;
	return realpath(path, resolved);
}

/* A node of ours is a file, and the device behind it one more idle device. */
int mknod(const char *given, mode_t mode, dev_t number)
{
	char buffer[PATH_MAX];
	int device, partition;
	const char *path = rewritten(given, buffer);
	if (path == given || !device_of_path(path, &device, &partition))
		return NEXT(mknod)(given, mode, number);
	int file = NEXT(open64)(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0)
		return -1;
	NEXT(close)(file);
	if (!device_exists(device))
		device_create(device);
	return 0;
}

/* Images of devices keep their place in the chain when they are given another name. */
int rename(const char *from, const char *to)
{
	char old[PATH_MAX], image[PATH_MAX], now[PATH_MAX];
	bool known = strncmp(from, world(), strlen(world())) != 0 && NEXT(realpath)(from, old) != NULL;
	int result = NEXT(rename)(from, to);
	if (result != 0 || !known || NEXT(realpath)(to, now) == NULL)
		return result;
	for (int device = 0; device < MAX_DEVICES; device++)
		for (int level = 0; device_exists(device) && delta_image(device, level, image); level++)
			if (strcmp(image, old) == 0)
				delta_set(device, level, "image", now);
	return result;
}
