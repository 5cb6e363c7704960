#include "standin.h"

#include <stdarg.h>

/* Readers never see half an attribute, and never one without its neighbours. */
static void write_file(const char *path, const char *format, va_list arguments)
{
	char temporary[PATH_MAX];
	in_world(temporary, "tmp.%d", getpid());
	FILE *file = fopen(temporary, "w");
	if (file == NULL)
		abort();
	vfprintf(file, format, arguments);
	fputc('\n', file);
	fclose(file);
	rename(temporary, path);
}

void attribute_set(const char *attribute, const char *format, ...)
{
	char path[PATH_MAX];
	va_list arguments;
	va_start(arguments, format);
	write_file(in_world(path, "sys/block/%s", attribute), format, arguments);
	va_end(arguments);
}

bool attribute_get(const char *attribute, char *value, size_t size)
{
	char path[PATH_MAX];
	FILE *file = fopen(in_world(path, "sys/block/%s", attribute), "r");
	if (file == NULL)
		return false;
	size_t length = fread(value, 1, size - 1, file);
	fclose(file);
	value[length] = '\0';
	if (length > 0 && value[length - 1] == '\n')
		value[length - 1] = '\0';
	return true;
}

uint64_t attribute_number(const char *attribute)
{
	char value[32];
	return attribute_get(attribute, value, sizeof(value)) ? strtoull(value, NULL, 10) : 0;
}

static const char *name_of(char buffer[PATH_MAX], int device, const char *rest)
{
	snprintf(buffer, PATH_MAX, "ploop%d/%s", device, rest);
	return buffer;
}

uint64_t state_get(int device, const char *name)
{
	char attribute[PATH_MAX];
	return attribute_number(name_of(attribute, device, name));
}

void state_set(int device, const char *name, uint64_t value)
{
	char attribute[PATH_MAX];
	attribute_set(name_of(attribute, device, name), "%llu", (unsigned long long)value);
}

static const char *const COUNTERS[] = {
	"bio_in", "bio_out", "bio_alloc", "bio_whole_cows", "bio_cows", "bio_full", "bio_fast", "bio_splits",
	"bio_rzero", "bio_wzero", "map_reads", "map_merges", NULL,
};

void device_create(int device)
{
	static const char *const DIRECTORIES[] = {"", "pdelta", "pstate", "pstat", "queue", NULL};
	char path[PATH_MAX], attribute[PATH_MAX];
	for (const char *const *directory = DIRECTORIES; *directory != NULL; directory++)
		mkdir(in_world(path, "sys/block/ploop%d/%s", device, *directory), 0755);
	attribute_set(name_of(attribute, device, "dev"), "%d:%d", MAJOR_PLOOP, device * MINORS_PER_DEVICE);
	attribute_set(name_of(attribute, device, "pstate/cookie"), "%s", "");
	state_set(device, "size", 0);
	state_set(device, "ro", 0);
	state_set(device, "queue/logical_block_size", SECTOR);
	state_set(device, "pstate/top", NO_TOP);
	static const char *const ZEROS[] = {
		"pstate/running", "pstate/block_size", "pstate/fmt_version", "pstate/open_count", "pstate/locked",
		"pstate/aborted", "pstate/event", NULL,
	};
	for (const char *const *name = ZEROS; *name != NULL; name++)
		state_set(device, *name, 0);
	for (const char *const *name = COUNTERS; *name != NULL; name++) {
		char counter[64];
		snprintf(counter, sizeof(counter), "pstat/%s", *name);
		state_set(device, counter, 0);
	}
}

bool device_exists(int device)
{
	char path[PATH_MAX];
	struct stat64 status;
	return stat64(in_world(path, "sys/block/ploop%d", device), &status) == 0;
}
