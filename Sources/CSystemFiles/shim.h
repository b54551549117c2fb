#ifndef CALLBOX_FILES_SHIM_H
#define CALLBOX_FILES_SHIM_H

/* syncfs(2), which glibc declares for _GNU_SOURCE only: Swift does not see it. */

#ifdef __linux__

extern int syncfs(int descriptor);

#else

#include <unistd.h>

static inline int syncfs(int descriptor) {
    (void)descriptor;
    sync();
    return 0;
}

#endif

#endif
