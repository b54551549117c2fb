internal import GRDB

extension ArchiveWriter {
    /// Runs work of several statements between commits, all of it or, where it throws, nothing. Not for event loops.
    func performWhole<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value
    ) throws(ArchiveError) -> Value {
        try perform { db in
            var value: Value?
            try db.inTransaction(.immediate) {
                value = try work(db)
                return .commit
            }
            guard let value else { throw ArchiveError.closed }
            return value
        }
    }
}
