import GRDBSQLite
import Journal

/// A connection with an open read transaction on the journal, like the connection of a long query in another process.
///
/// Until the transaction is renewed, the writer cannot empty the log, and `-shm` stays in use while the writer reopens
/// its connection. After a fault in this connection, there is no transaction until the next renewal.
final class HeldReader {
    private let path: String
    private var connection: OpaquePointer?

    init(_ directory: ArchiveDirectory) {
        path = directory.journal.path
        renew()
    }

    /// Starts a new read transaction on the current snapshot.
    func renew() {
        if connection == nil {
            guard sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY, nil) == SQLITE_OK else {
                close()
                return
            }
            sqlite3_busy_timeout(connection, 5000)
        }
        _ = sqlite3_exec(connection, "ROLLBACK", nil, nil, nil)
        if sqlite3_exec(connection, "BEGIN; SELECT count(*) FROM gap", nil, nil, nil) != SQLITE_OK { close() }
    }

    func close() {
        sqlite3_close_v2(connection)
        connection = nil
    }

    deinit {
        close()
    }
}
