/*
 * mount-ways PARTITION DIRECTORY: what a program finds of a mounted partition by its number, as releases from 7.0.95 on
 * do, by whichever call it asks for the number. A line each: the call, the number, what is found by it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* What is mounted from a device, by its number in the mounts of the process. */
static void mount_point(const char *call, dev_t number)
{
	char line[2 * PATH_MAX], target[PATH_MAX] = "nothing";
	unsigned major_number, minor_number;
	FILE *mounts = fopen("/proc/self/mountinfo", "r");
	while (mounts != NULL && fgets(line, sizeof(line), mounts) != NULL) {
		char found[PATH_MAX];
		if (sscanf(line, "%*d %*d %u:%u %*s %4095s", &major_number, &minor_number, found) == 3 &&
			makedev(major_number, minor_number) == number)
			strcpy(target, found);
	}
	if (mounts != NULL)
		fclose(mounts);
	printf("%s %u:%u %s\n", call, major(number), minor(number), target);
}

/* Which partition a directory is on, by the number that sysfs shows. */
static void partition(const char *call, dev_t number, const char *name)
{
	char path[PATH_MAX], shown[64] = "", wanted[64];
	snprintf(path, sizeof(path), "/sys/block/%.*s/%s/dev", (int)(strlen(name) - 2), name, name);
	snprintf(wanted, sizeof(wanted), "%u:%u\n", major(number), minor(number));
	FILE *file = fopen(path, "r");
	if (file != NULL) {
		if (fgets(shown, sizeof(shown), file) == NULL)
			shown[0] = '\0';
		fclose(file);
	}
	printf("%s %u:%u %s\n", call, major(number), minor(number), strcmp(shown, wanted) == 0 ? name : "nothing");
}

int main(int argc, char **argv)
{
	struct stat status;
	struct statx extended;
	if (argc != 3)
		return 2;
	const char *device = argv[1], *directory = argv[2], *name = strrchr(device, '/') + 1;
	if (stat(device, &status) == 0)
		mount_point("stat", status.st_rdev);
	if (lstat(device, &status) == 0)
		mount_point("lstat", status.st_rdev);
	int fd = open(device, O_RDONLY);
	if (fd >= 0 && fstat(fd, &status) == 0)
		mount_point("fstat", status.st_rdev);
	close(fd);
	if (statx(AT_FDCWD, device, 0, STATX_BASIC_STATS, &extended) == 0)
		mount_point("statx", makedev(extended.stx_rdev_major, extended.stx_rdev_minor));
	if (stat(directory, &status) == 0)
		partition("stat", status.st_dev, name);
	fd = open(directory, O_RDONLY | O_DIRECTORY);
	if (fd >= 0 && fstat(fd, &status) == 0)
		partition("fstat", status.st_dev, name);
	close(fd);
	if (statx(AT_FDCWD, directory, 0, STATX_BASIC_STATS, &extended) == 0)
		partition("statx", makedev(extended.stx_dev_major, extended.stx_dev_minor), name);
	return 0;
}
