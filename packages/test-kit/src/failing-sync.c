/* Whoever waits until a file is on the disk, with the call that FAILING_SYNC names, is told once that it is not. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int told;

static int fails(const char *call, int fd)
{
	const char *failing = getenv("FAILING_SYNC");
	char link[64], file[4096];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, file, sizeof(file));
	if (told || failing == NULL || strcmp(call, failing) != 0)
		return 0;
	if (length < 5 || memcmp(file + length - 5, ".part", 5) != 0)
		return 0;
	told = 1;
	errno = EIO;
	return 1;
}

static int next(const char *call, int fd)
{
	return ((int (*)(int))dlsym(RTLD_NEXT, call))(fd);
}

int fsync(int fd)
{
	return fails("fsync", fd) ? -1 : next("fsync", fd);
}

int fdatasync(int fd)
{
	return fails("fdatasync", fd) ? -1 : next("fdatasync", fd);
}
