/* The tool makes images of version 2 only where the parameters of its driver can be seen: lets it see them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>

int access(const char *path, int mode)
{
	static const char driver[] = "/sys/module/ploop/";
	int (*next)(const char *, int);

	if (strncmp(path, driver, sizeof(driver) - 1) == 0)
		return 0;
	next = (int (*)(const char *, int))dlsym(RTLD_NEXT, "access");
	return next(path, mode);
}
