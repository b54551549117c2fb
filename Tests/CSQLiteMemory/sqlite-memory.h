#ifndef CALLBOX_SQLITE_MEMORY_H
#define CALLBOX_SQLITE_MEMORY_H

#include <sqlite3.h>

/* sqlite3_config takes a variable number of arguments, which Swift cannot call. */

/* Makes SQLite allocate through `methods`, an sqlite3_mem_methods; before SQLite is initialised. */
static inline int callbox_sqlite3_config_malloc(const void *methods) {
    return sqlite3_config(SQLITE_CONFIG_MALLOC, methods);
}

/* Reads SQLite's own allocator into `methods`, an sqlite3_mem_methods. */
static inline int callbox_sqlite3_config_getmalloc(void *methods) {
    return sqlite3_config(SQLITE_CONFIG_GETMALLOC, methods);
}

#endif
