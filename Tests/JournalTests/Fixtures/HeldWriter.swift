import Foundation
import GRDB
import TestKit

@testable import Journal

/// Keeps a journal's writer busy with a job until it is released. Other work waits behind it.
final class HeldWriter: Sendable {
    private let isReleased = Pending<Bool>.event()

    /// Returns when the writer runs the job.
    init(_ writer: JournalWriter) throws {
        let isHeld = Pending<Bool>.event()
        Thread.detachNewThread { [isReleased] in
            try? writer.performOnce { _, _ in
                isHeld.happen()
                try isReleased.wait()
            }
        }
        try isHeld.wait()
    }

    func release() {
        isReleased.happen()
    }
}

extension JournalWriter {
    /// Runs SQLite work on the writer's connection.
    func withDatabase<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) throws -> Value {
        try performOnce { db, _ in try work(db) }
    }
}
