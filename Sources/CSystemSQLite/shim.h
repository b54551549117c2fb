#ifndef CALLBOX_SQLITE_SHIM_H
#define CALLBOX_SQLITE_SHIM_H

#include <sqlite3.h>

/* sqlite3_db_config and sqlite3_config take a variable number of arguments, which Swift cannot call. */

/* Disallows what could corrupt a database from SQL, such as writing to sqlite_schema (sqlite.org/c3ref/c_dbconfig_defensive.html). */
static inline int callbox_sqlite3_set_defensive(sqlite3 *db) {
    return sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

/* Stops SQLite from counting its memory, which takes a lock of the process for each allocation. Only before its first use
   (sqlite.org/c3ref/c_config_covering_index_scan.html, SQLITE_CONFIG_MEMSTATUS). */
static inline int callbox_sqlite3_disable_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

#endif
