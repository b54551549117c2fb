/* Delays each sync of a process, and then performs it: LD_PRELOAD=slow_sync.so BENCH_SYNC_MICROSECONDS=2000. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_longer(void) {
    static int microseconds = -1;
    if (microseconds < 0) {
        const char *text = getenv("BENCH_SYNC_MICROSECONDS");
        microseconds = text ? atoi(text) : 0;
    }
    if (microseconds > 0) usleep((useconds_t)microseconds);
}

int fdatasync(int descriptor) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_longer();
    return real(descriptor);
}

int fsync(int descriptor) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_longer();
    return real(descriptor);
}
