/* What the files of hooks share. Each defines calls of libc that the tool and its helpers make to reach the driver. */
#ifndef HOOKS_H
#define HOOKS_H

#include "standin.h"

#include <dlfcn.h>

/* The call of libc itself. */
#define NEXT(name) \
	({ \
		static __typeof__(&name) next; \
		if (next == NULL) \
			next = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
		next; \
	})
#define FAIL(negative) (errno = -(negative), -1)

/* Where a partition begins, in bytes, for descriptors of one; 0 for all others. */
uint64_t start_of(int fd);

#endif
