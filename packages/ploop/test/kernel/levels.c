#include "standin.h"

static const char *delta_attribute(char buffer[PATH_MAX], int device, int level, const char *name)
{
	snprintf(buffer, PATH_MAX, "ploop%d/pdelta/%d/%s", device, level, name);
	return buffer;
}

int delta_count(int device)
{
	char image[PATH_MAX];
	int level = 0;
	while (level < MAX_LEVELS && delta_image(device, level, image))
		level++;
	return level;
}

bool delta_image(int device, int level, char image[PATH_MAX])
{
	char attribute[PATH_MAX];
	return attribute_get(delta_attribute(attribute, device, level, "image"), image, PATH_MAX);
}

bool delta_is_ro(int device, int level)
{
	char attribute[PATH_MAX];
	return attribute_number(delta_attribute(attribute, device, level, "ro")) != 0;
}

void delta_set(int device, int level, const char *name, const char *value)
{
	char attribute[PATH_MAX];
	attribute_set(delta_attribute(attribute, device, level, name), "%s", value);
}

void delta_add(int device, int level, const char *image, bool raw, bool ro)
{
	char made[PATH_MAX], final[PATH_MAX], text[16];
	mkdir(in_world(made, "sys/block/ploop%d/pdelta.new", device), 0755);
	snprintf(text, sizeof(text), "%d", level);
	const char *const attributes[][2] = {
		{"format", raw ? "raw" : "ploop1"}, {"io", "direct"}, {"ro", ro ? "1" : "0"}, {"level", text},
		{"transparent", "0"}, {"dump", "-1"}, {"image", image},
	};
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		char attribute[PATH_MAX];
		snprintf(attribute, sizeof(attribute), "ploop%d/pdelta.new/%s", device, attributes[i][0]);
		attribute_set(attribute, "%s", attributes[i][1]);
	}
	rename(made, in_world(final, "sys/block/ploop%d/pdelta/%d", device, level));
}

void delta_remove(int device, int level)
{
	static const char *const NAMES[] = {"image", "format", "io", "ro", "level", "transparent", "dump", NULL};
	char path[PATH_MAX], gone[PATH_MAX], next[PATH_MAX], text[16];
	in_world(gone, "pdelta.gone");
	rename(in_world(path, "sys/block/ploop%d/pdelta/%d", device, level), gone);
	for (const char *const *name = NAMES; *name != NULL; name++)
		unlink(in_world(path, "pdelta.gone/%s", *name));
	rmdir(gone);
	for (int above = level + 1; above < MAX_LEVELS; above++) {
		in_world(path, "sys/block/ploop%d/pdelta/%d", device, above);
		if (rename(path, in_world(next, "sys/block/ploop%d/pdelta/%d", device, above - 1)) != 0)
			break;
		snprintf(text, sizeof(text), "%d", above - 1);
		delta_set(device, above - 1, "level", text);
	}
}

void partition_set(int device, uint64_t start, uint64_t sectors)
{
	char path[PATH_MAX], attribute[PATH_MAX];
	in_world(path, "sys/block/ploop%d/ploop%dp1", device, device);
	const char *const names[] = {"start", "size", "ro", "partition", "dev"};
	const uint64_t values[] = {start, sectors, 0, 1};
	if (sectors == 0) {
		char file[PATH_MAX];
		for (int i = 0; i < 5; i++)
			unlink(in_world(file, "sys/block/ploop%d/ploop%dp1/%s", device, device, names[i]));
		rmdir(path);
		return;
	}
	mkdir(path, 0755);
	for (int i = 0; i < 4; i++) {
		snprintf(attribute, sizeof(attribute), "ploop%d/ploop%dp1/%s", device, device, names[i]);
		attribute_set(attribute, "%llu", (unsigned long long)values[i]);
	}
	snprintf(attribute, sizeof(attribute), "ploop%d/ploop%dp1/dev", device, device);
	attribute_set(attribute, "%d:%d", MAJOR_PLOOP, device * MINORS_PER_DEVICE + 1);
}

bool partition_get(int device, uint64_t *start, uint64_t *sectors)
{
	char attribute[PATH_MAX];
	snprintf(attribute, sizeof(attribute), "ploop%d/ploop%dp1/start", device, device);
	*start = attribute_number(attribute);
	snprintf(attribute, sizeof(attribute), "ploop%d/ploop%dp1/size", device, device);
	*sectors = attribute_number(attribute);
	return *sectors != 0;
}
