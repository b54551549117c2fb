internal import GRDBSQLite

/// The SQLite that this process runs with.
package struct SQLiteBuild: Sendable, Equatable {
    /// `3.45.1`.
    package let version: String
    /// `3045001`.
    package let number: Int
    /// Missing features that an archive needs.
    package let lacks: [String]

    package init() {
        version = String(cString: sqlite3_libversion())
        number = Int(sqlite3_libversion_number())
        var lacks: [String] = []
        if sqlite3_libversion_number() < 3_037_000 { lacks.append("STRICT tables") }
        if sqlite3_threadsafe() == 0 { lacks.append("threads") }
        if sqlite3_compileoption_used("OMIT_WAL") != 0 { lacks.append("the write-ahead log") }
        if sqlite3_compileoption_used("OMIT_JSON") != 0 { lacks.append("JSON functions") }
        self.lacks = lacks
    }

    package init(version: String, number: Int, lacks: [String]) {
        self.version = version
        self.number = number
        self.lacks = lacks
    }
}
