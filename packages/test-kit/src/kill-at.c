/*
 * Counts the calls that change files in the directory KILL_DIR and those to the ploop driver, of all processes together,
 * and kills at the one that KILL_STATE asks for: the process that makes it, the Node process that began it all, or both.
 * The last write of a process that is killed may get half way. A call to the driver is never killed within: the stand-in
 * for the driver is to be loaded after this library, and its own calls do not count.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CALLER, NODE, BOTH };

struct state {
	_Atomic long count;
	long target;
	int victim, half, node;
};

static struct state *state;
static const char *directory;
static size_t length;
static _Atomic char ours[65536];
static __thread int in_driver;

__attribute__((constructor)) static void start(void)
{
	const char *path = getenv("KILL_STATE");
	void *map;
	int fd;

	directory = getenv("KILL_DIR");
	if (path == NULL || directory == NULL)
		return;
	length = strlen(directory);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	map = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return;
	state = map;
	if (strcmp(program_invocation_short_name, "node") == 0 && state->node == 0)
		state->node = getpid();
}

static int counts(const char *path)
{
	size_t end;

	if (state == NULL || in_driver || path == NULL || strncmp(path, directory, length) != 0)
		return 0;
	end = strlen(path);
	return end < 4 || strcmp(path + end - 4, ".lck") != 0;
}

/* Whether this is the call to be killed at. */
static int reached(void)
{
	return atomic_fetch_add(&state->count, 1) + 1 == state->target;
}

static int dies(void)
{
	return state->victim != NODE || state->node == getpid();
}

static void strike(void)
{
	if (state->victim != CALLER && state->node != getpid()) {
		kill(state->node, SIGKILL);
		usleep(20000);
	}
	if (dies())
		kill(getpid(), SIGKILL);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define AT(condition)                     \
	do {                              \
		if ((condition) && reached()) \
			strike();         \
	} while (0)

static int mine(int fd)
{
	return state != NULL && !in_driver && fd >= 0 && fd < (int)sizeof(ours) && ours[fd];
}

static int opened(int fd, const char *path)
{
	if (fd >= 0 && fd < (int)sizeof(ours))
		ours[fd] = (char)counts(path);
	return fd;
}

#define OPEN(name)                                                              \
	int name(const char *path, int flags, ...)                              \
	{                                                                       \
		va_list rest;                                                   \
		mode_t mode = 0;                                                \
		va_start(rest, flags);                                          \
		if (flags & O_CREAT)                                            \
			mode = va_arg(rest, mode_t);                            \
		va_end(rest);                                                   \
		AT((flags & (O_CREAT | O_TRUNC)) && counts(path));              \
		return opened(NEXT(name)(path, flags, mode), path);             \
	}

OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                            \
	int name(int at, const char *path, int flags, ...)                      \
	{                                                                       \
		va_list rest;                                                   \
		mode_t mode = 0;                                                \
		va_start(rest, flags);                                          \
		if (flags & O_CREAT)                                            \
			mode = va_arg(rest, mode_t);                            \
		va_end(rest);                                                   \
		AT((flags & (O_CREAT | O_TRUNC)) && counts(path));              \
		return opened(NEXT(name)(at, path, flags, mode), path);         \
	}

OPENAT(openat)
OPENAT(openat64)

ssize_t write(int fd, const void *bytes, size_t size)
{
	if (mine(fd) && reached()) {
		if (state->half && dies())
			NEXT(write)(fd, bytes, size / 2);
		strike();
	}
	return NEXT(write)(fd, bytes, size);
}

#define PWRITE(name, type)                                                      \
	ssize_t name(int fd, const void *bytes, size_t size, type offset)       \
	{                                                                       \
		if (mine(fd) && reached()) {                                    \
			if (state->half && dies())                              \
				NEXT(name)(fd, bytes, size / 2, offset);        \
			strike();                                               \
		}                                                               \
		return NEXT(name)(fd, bytes, size, offset);                     \
	}

PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define ON_FD(name, parameters, ...)                                            \
	int name parameters                                                     \
	{                                                                       \
		AT(mine(fd));                                                   \
		return NEXT(name)(__VA_ARGS__);                                 \
	}

ON_FD(fsync, (int fd), fd)
ON_FD(fdatasync, (int fd), fd)
ON_FD(ftruncate, (int fd, off_t size), fd, size)
ON_FD(ftruncate64, (int fd, off64_t size), fd, size)
ON_FD(fallocate, (int fd, int mode, off_t offset, off_t size), fd, mode, offset, size)
ON_FD(fallocate64, (int fd, int mode, off64_t offset, off64_t size), fd, mode, offset, size)
ON_FD(posix_fallocate, (int fd, off_t offset, off_t size), fd, offset, size)
ON_FD(posix_fallocate64, (int fd, off64_t offset, off64_t size), fd, offset, size)

#define ON_PATH(name, parameters, ...)                                          \
	int name parameters                                                     \
	{                                                                       \
		AT(counts(path));                                               \
		return NEXT(name)(__VA_ARGS__);                                 \
	}

ON_PATH(rename, (const char *from, const char *path), from, path)
ON_PATH(link, (const char *from, const char *path), from, path)
ON_PATH(unlink, (const char *path), path)
ON_PATH(mkdir, (const char *path, mode_t mode), path, mode)
ON_PATH(rmdir, (const char *path), path)

enum { PLOOP_IOCTLS = 'P' };

#define OF_DRIVER(condition, call)                \
	do {                                      \
		int result;                       \
		AT(state != NULL && (condition)); \
		in_driver = 1;                    \
		result = call;                    \
		in_driver = 0;                    \
		return result;                    \
	} while (0)

int ioctl(int fd, unsigned long request, ...)
{
	va_list rest;
	void *argument;

	va_start(rest, request);
	argument = va_arg(rest, void *);
	va_end(rest);
	OF_DRIVER(_IOC_TYPE(request) == PLOOP_IOCTLS, NEXT(ioctl)(fd, request, argument));
}

int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
	OF_DRIVER(1, NEXT(mount)(source, target, type, flags, data));
}

int umount(const char *target)
{
	OF_DRIVER(1, NEXT(umount)(target));
}

int umount2(const char *target, int flags)
{
	OF_DRIVER(1, NEXT(umount2)(target, flags));
}
