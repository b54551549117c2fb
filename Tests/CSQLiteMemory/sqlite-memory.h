#ifndef CALLBOX_SQLITE_MEMORY_H
#define CALLBOX_SQLITE_MEMORY_H

#include <sqlite3.h>

/* Swift cannot call the variadic sqlite3_config. */

/* Sets the allocator, an sqlite3_mem_methods. Must precede the initialisation of SQLite. */
static inline int callbox_sqlite3_config_malloc(const void *methods) {
    return sqlite3_config(SQLITE_CONFIG_MALLOC, methods);
}

/* Writes SQLite's allocator to `methods`, an sqlite3_mem_methods. */
static inline int callbox_sqlite3_config_getmalloc(void *methods) {
    return sqlite3_config(SQLITE_CONFIG_GETMALLOC, methods);
}

#endif
