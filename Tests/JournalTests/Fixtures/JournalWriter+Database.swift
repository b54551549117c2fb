import GRDB
import Synchronization
import Testing

@testable import Journal

extension JournalWriter {
    /// Runs SQLite work on the writer's connection.
    func withDatabase<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) throws -> Value {
        let result = Mutex<Value?>(nil)
        try perform { db, _, _ in
            let value = try work(db)
            result.withLock { $0 = value }
            return .finished
        }
        return try #require(result.withLock { $0 })
    }
}
