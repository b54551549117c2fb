internal import GRDBSQLite

/// The SQLite library that this process uses.
package struct SQLiteBuild: Sendable, Equatable {
    /// The version as text, such as `3.45.1`.
    package let version: String
    /// The version as a number, such as `3045001`.
    package let number: Int
    /// The features that an archive needs but this library does not have.
    package let lacks: [String]

    package init() {
        version = String(cString: sqlite3_libversion())
        number = Int(sqlite3_libversion_number())
        let checks = [
            ("STRICT tables", number < 3_037_000), ("threads", sqlite3_threadsafe() == 0),
            ("the write-ahead log", sqlite3_compileoption_used("OMIT_WAL") != 0),
            ("JSON functions", sqlite3_compileoption_used("OMIT_JSON") != 0),
        ]
        lacks = checks.filter(\.1).map(\.0)
    }

    package init(version: String, number: Int, lacks: [String]) {
        self.version = version
        self.number = number
        self.lacks = lacks
    }
}
