import CSQLiteMemory
import GRDBSQLite

/// SQLite's allocator with faults (sqlite.org/malloc.html §3.1).
enum FaultMemory {
    /// SQLite's own. Set by `install` before SQLite is initialised, and never again.
    nonisolated(unsafe) private static var system = sqlite3_mem_methods()

    /// Before anything else of SQLite is called.
    static func install() {
        precondition(callbox_sqlite3_config_getmalloc(&system) == SQLITE_OK, "SQLite shows its allocator")
        var methods = system
        methods.xMalloc = { FaultInjector.shared.next(.allocation) == nil ? FaultMemory.system.xMalloc($0) : nil }
        methods.xRealloc = { FaultInjector.shared.next(.allocation) == nil ? FaultMemory.system.xRealloc($0, $1) : nil }
        precondition(callbox_sqlite3_config_malloc(&methods) == SQLITE_OK, "SQLite takes an allocator")
    }
}
