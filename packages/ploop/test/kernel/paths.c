#include "standin.h"

#include <stdarg.h>

const char *world(void)
{
	static char path[PATH_MAX];
	if (path[0] == '\0') {
		const char *given = getenv("PLOOP_WORLD");
		if (given == NULL || given[0] != '/') {
			fprintf(stderr, "stand-in: PLOOP_WORLD must be an absolute path\n");
			_exit(125);
		}
		snprintf(path, sizeof(path), "%s", given);
	}
	return path;
}

/* A prefix that ends in a name covers all names that begin so; one that ends in '/' what is below, and the place itself. */
static const char *const OURS[] = {
	"/dev/ploop", "/proc/mounts", "/proc/self/mountinfo", "/proc/self/mounts", "/etc/mtab", "/proc/vz/",
	"/sys/block/", "/sys/module/ploop", "/var/lock/ploop", NULL,
};

const char *rewritten(const char *path, char buffer[PATH_MAX])
{
	if (path == NULL)
		return path;
	if (balloon_rewritten(path, buffer))
		return buffer;
	for (const char *const *ours = OURS; *ours != NULL; ours++) {
		size_t length = strlen(*ours);
		bool below = strncmp(path, *ours, length) == 0;
		bool itself = (*ours)[length - 1] == '/' && strlen(path) == length - 1 && strncmp(path, *ours, length - 1) == 0;
		if (below || itself)
			return in_world(buffer, "%s", path + 1);
	}
	return path;
}

const char *in_world(char buffer[PATH_MAX], const char *format, ...)
{
	int length = snprintf(buffer, PATH_MAX, "%s/", world());
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(buffer + length, PATH_MAX - length, format, arguments);
	va_end(arguments);
	return buffer;
}

bool device_of_path(const char *path, int *device, int *partition)
{
	size_t length = strlen(world());
	if (strncmp(path, world(), length) == 0)
		path += length;
	int end = 0;
	*partition = 0;
	if (sscanf(path, "/dev/ploop%d%n", device, &end) != 1 || *device < 0 || *device >= MAX_DEVICES)
		return false;
	if (strcmp(path + end, "p1") == 0)
		*partition = 1;
	return path[end] == '\0' || *partition == 1;
}

bool path_of_fd(int fd, char buffer[PATH_MAX])
{
	char link[64];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, buffer, PATH_MAX - 1);
	buffer[length < 0 ? 0 : length] = '\0';
	return length > 0;
}
