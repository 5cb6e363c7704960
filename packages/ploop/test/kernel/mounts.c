#include "standin.h"

#include <sys/mount.h>

#define MAX_MOUNTS 64
#define FIRST_ID 100000

struct mount_line {
	int id;
	int device;
	int partition;
	char target[PATH_MAX]; /* as it is, not escaped */
	bool ro;
	char type[32];
};

/* As the kernel shows them: space, tab, newline and backslash in octal. */
static void escape(const char *path, char *out)
{
	for (; *path != '\0'; path++)
		out += strchr(" \t\n\\", *path) == NULL ? sprintf(out, "%c", *path) : sprintf(out, "\\%03o", (unsigned char)*path);
	*out = '\0';
}

static void unescape(char *path)
{
	char *out = path;
	for (; *path != '\0'; path++) {
		bool octal = path[0] == '\\' && path[1] != '\0';
		*out++ = octal ? (char)strtol((char[]){path[1], path[2], path[3], '\0'}, NULL, 8) : *path;
		path += octal ? 3 : 0;
	}
	*out = '\0';
}

static int load(struct mount_line *lines)
{
	char path[PATH_MAX], text[3 * PATH_MAX], source[64], mode[4];
	int count = 0;
	FILE *file = fopen(in_world(path, "proc/self/mountinfo"), "r");
	while (file != NULL && count < MAX_MOUNTS && fgets(text, sizeof(text), file) != NULL) {
		struct mount_line *line = &lines[count];
		if (sscanf(text, "%d %*d %*d:%*d / %4095s %3s - %31s %63s", &line->id, line->target, mode, line->type, source) != 5)
			continue;
		if (!device_of_path(source, &line->device, &line->partition))
			continue;
		line->ro = strncmp(mode, "ro", 2) == 0;
		unescape(line->target);
		count++;
	}
	if (file != NULL)
		fclose(file);
	return count;
}

/* The lines of the machine, by a name that is not rewritten: the tool looks for the one of the image there. */
static FILE *begin(const char *path, const char *table)
{
	char line[3 * PATH_MAX];
	FILE *file = fopen(path, "w"), *machine = fopen(table, "r");
	while (machine != NULL && fgets(line, sizeof(line), machine) != NULL)
		if (strstr(line, "/dev/ploop") == NULL)
			fputs(line, file);
	if (machine != NULL)
		fclose(machine);
	return file;
}

static void store(const struct mount_line *lines, int count)
{
	char path[PATH_MAX], other[PATH_MAX], final[PATH_MAX];
	FILE *info = begin(in_world(path, "mountinfo.new"), "/proc/thread-self/mountinfo");
	FILE *mounts = begin(in_world(other, "mounts.new"), "/proc/thread-self/mounts");
	for (int i = 0; i < count; i++) {
		const struct mount_line *line = &lines[i];
		char target[4 * PATH_MAX];
		escape(line->target, target);
		const char *part = line->partition ? "p1" : "", *mode = line->ro ? "ro" : "rw";
		int minor = line->device * MINORS_PER_DEVICE + line->partition;
		fprintf(info, "%d %d %d:%d / %s %s - %s /dev/ploop%d%s %s\n", line->id, FIRST_ID, MAJOR_PLOOP, minor, target, mode, line->type,
			line->device, part, mode);
		fprintf(mounts, "/dev/ploop%d%s %s %s %s 0 0\n", line->device, part, target, line->type, mode);
	}
	fclose(info);
	fclose(mounts);
	rename(path, in_world(final, "proc/self/mountinfo"));
	rename(other, in_world(final, "proc/mounts"));
}

int mount_record(const char *source, const char *target, const char *type, unsigned long flags, const char *data)
{
	(void)data;
	struct mount_line lines[MAX_MOUNTS], line = {.ro = (flags & MS_RDONLY) != 0};
	struct stat64 status;
	int failure = fault("mount");
	if (failure != 0)
		return failure;
	if (!device_of_path(source, &line.device, &line.partition))
		return -ENOTBLK;
	if (state_get(line.device, "pstate/running") == 0)
		return -ENXIO;
	if (realpath(target, line.target) == NULL)
		return -errno;
	if (stat64(line.target, &status) != 0 || !S_ISDIR(status.st_mode))
		return -ENOTDIR;
	if (state_get(line.device, "ro") != 0 && !line.ro)
		return -EACCES;
	int count = load(lines);
	if ((flags & MS_REMOUNT) != 0)
		return 0;
	if (count == MAX_MOUNTS)
		return -ENOMEM;
	line.id = count == 0 ? FIRST_ID + 1 : lines[count - 1].id + 1;
	snprintf(line.type, sizeof(line.type), "%s", type);
	lines[count] = line;
	store(lines, count + 1);
	return 0;
}

int mount_forget(const char *target)
{
	struct mount_line lines[MAX_MOUNTS];
	char path[PATH_MAX];
	int failure = fault("umount");
	if (failure != 0)
		return failure;
	if (realpath(target, path) == NULL)
		return -errno;
	int count = load(lines);
	for (int i = count - 1; i >= 0; i--) {
		if (strcmp(lines[i].target, path) != 0)
			continue;
		memmove(&lines[i], &lines[i + 1], (count - i - 1) * sizeof(lines[0]));
		store(lines, count - 1);
		return 0;
	}
	return -EINVAL;
}

bool device_mount_point(int device, char target[PATH_MAX])
{
	struct mount_line lines[MAX_MOUNTS];
	for (int count = load(lines), i = 0; i < count; i++) {
		if (lines[i].device != device)
			continue;
		strcpy(target, lines[i].target);
		return true;
	}
	return false;
}

bool device_is_mounted(int device)
{
	char target[PATH_MAX];
	return device_mount_point(device, target);
}

bool mount_of(const char *path, int *device, int *partition)
{
	struct mount_line lines[MAX_MOUNTS];
	for (int i = load(lines) - 1; i >= 0; i--) {
		size_t length = strlen(lines[i].target);
		if (strncmp(path, lines[i].target, length) != 0 || (path[length] != '\0' && path[length] != '/'))
			continue;
		*device = lines[i].device;
		*partition = lines[i].partition;
		return true;
	}
	return false;
}
