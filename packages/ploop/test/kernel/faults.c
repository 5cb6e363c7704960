#include "standin.h"

int fault(const char *call)
{
	char path[PATH_MAX];
	int number = 0;
	FILE *file = fopen(in_world(path, "faults/%s", call), "r");
	if (file == NULL)
		return 0;
	if (fscanf(file, "%d", &number) != 1)
		number = EIO;
	fclose(file);
	return -number;
}
