import CSQLiteMemory
import GRDBSQLite

/// SQLite's allocator, in which allocations can fail (sqlite.org/malloc.html §3.1).
enum FaultMemory {
    /// SQLite's own allocator. `install` sets this value once, before SQLite is initialised.
    nonisolated(unsafe) private static var system = sqlite3_mem_methods()

    /// Must be called before any other use of SQLite.
    static func install() {
        precondition(callbox_sqlite3_config_getmalloc(&system) == SQLITE_OK, "SQLite did not return its allocator")
        var methods = system
        methods.xMalloc = { FaultInjector.shared.next(.allocation) == nil ? FaultMemory.system.xMalloc($0) : nil }
        methods.xRealloc = { FaultInjector.shared.next(.allocation) == nil ? FaultMemory.system.xRealloc($0, $1) : nil }
        precondition(callbox_sqlite3_config_malloc(&methods) == SQLITE_OK, "SQLite rejected the allocator")
    }
}
