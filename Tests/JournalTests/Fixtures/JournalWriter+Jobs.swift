import ArchiveTestKit
import GRDB

@testable import Journal

extension JournalWriter {
    /// Runs SQLite work on the writer's connection.
    func withDatabase<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) throws -> Value {
        try performOnce { db, _ in try work(db) }
    }

    /// Holds the writer's thread, so work waits in the queue.
    func hold() throws -> HeldThread {
        try HeldThread { job in try self.performOnce { _, _ in try job() } }
    }
}
