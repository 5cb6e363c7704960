/*
 * What a file system does at the wrong moment, to files whose path ends with FAILING_FILE (.part without it):
 * FAILING_SYNC names the call that is told once that the file is not on the disk; with NO_LINKS there are no hard links;
 * with APPEARING, another program puts that text under a name right before a file is to get it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int told;

static int concerns(const char *file)
{
	const char *end = getenv("FAILING_FILE");
	size_t length = strlen(file);

	if (end == NULL)
		end = ".part";
	return length >= strlen(end) && strcmp(file + length - strlen(end), end) == 0;
}

static int fails(const char *call, int fd)
{
	const char *failing = getenv("FAILING_SYNC");
	char link[64], file[4096];
	ssize_t length;

	if (told || failing == NULL || strcmp(call, failing) != 0)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, file, sizeof(file) - 1);
	if (length < 0)
		return 0;
	file[length] = '\0';
	if (!concerns(file))
		return 0;
	told = 1;
	errno = EIO;
	return 1;
}

static void appear(const char *file)
{
	const char *text = getenv("APPEARING");
	int fd;

	if (text == NULL || !concerns(file))
		return;
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0644);
	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		perror(file);
	close(fd);
}

static int next(const char *call, int fd)
{
	return ((int (*)(int))dlsym(RTLD_NEXT, call))(fd);
}

static int next_move(const char *call, const char *from, const char *to)
{
	return ((int (*)(const char *, const char *))dlsym(RTLD_NEXT, call))(from, to);
}

int fsync(int fd)
{
	return fails("fsync", fd) ? -1 : next("fsync", fd);
}

int fdatasync(int fd)
{
	return fails("fdatasync", fd) ? -1 : next("fdatasync", fd);
}

int link(const char *from, const char *to)
{
	if (getenv("NO_LINKS") != NULL) {
		errno = EPERM;
		return -1;
	}
	appear(to);
	return next_move("link", from, to);
}

int rename(const char *from, const char *to)
{
	appear(to);
	return next_move("rename", from, to);
}
