import Deliveries
import GRDB
import ReportArchive
import TestKit

/// Archives in folders of their own, gone when the test ends.
enum TestArchive {
    /// Runs `body` with a place where no archive is yet.
    static func withLocation<Value>(_ body: (ArchiveLocation) async throws -> Value) async throws -> Value {
        try await TemporaryFolder.with { folder in
            try await body(ArchiveLocation(path: folder.path(of: "callbox.sqlite")))
        }
    }

    /// Runs `body` with an empty archive that is open for writing.
    static func withWriter<Value>(_ body: (ArchiveWriter) async throws -> Value) async throws -> Value {
        try await withLocation { location in try await withWriter(at: location, body) }
    }

    /// Opens the archive for writing while `body` runs.
    static func withWriter<Value>(
        at location: ArchiveLocation, reportFailure: @escaping @Sendable (ArchiveError) -> Void = { _ in },
        _ body: (ArchiveWriter) async throws -> Value
    ) async throws -> Value {
        let writer = try ArchiveWriter(location, reportFailure: reportFailure)
        defer { writer.close() }
        return try await body(writer)
    }
}

extension ArchiveWriter {
    /// Commits and waits for how that ended.
    func outcome(of delivery: SealedDelivery) async -> CommitOutcome<Receipt> {
        await withCheckedContinuation { continuation in
            commit(delivery) { continuation.resume(returning: $0) }
        }
    }

    /// Commits deliveries that must all become durable, one after the other.
    func commitAll(_ deliveries: [SealedDelivery]) async throws {
        for delivery in deliveries {
            guard case .durable = await outcome(of: delivery) else { throw NotDurable() }
        }
    }

    struct NotDurable: Error {}
}

extension CommitOutcome {
    /// The delivery's number where it is durable.
    var id: Int64? {
        guard case .durable(let receipt) = self else { return nil }
        return receipt.deliveryID.rawValue
    }

    var refusal: CommitRefusal? {
        guard case .refused(let refusal) = self else { return nil }
        return refusal
    }
}

/// A connection that knows nothing of Callbox, for looking and for damaging.
enum PlainConnection {
    static func open<Value>(_ location: ArchiveLocation, _ body: (Database) throws -> Value) throws -> Value {
        let queue = try DatabaseQueue(path: location.path)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction(body)
    }

    /// Holds SQLite's lock for writing while `body` runs.
    static func whileLocking(_ location: ArchiveLocation, _ body: () async -> Void) async throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: location.path, configuration: configuration)
        try await queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        await body()
        try await queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try queue.close()
    }
}
