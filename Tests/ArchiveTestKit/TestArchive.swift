package import Deliveries
internal import GRDB
package import Journal
internal import Synchronization
internal import TestKit
internal import Threads

/// Creates archives in temporary directories, which are deleted when the test ends.
package enum TestArchive {
    /// Runs `body` with a directory that contains no archive yet, on threads that may block.
    package static func withDirectory<Value>(_ body: (ArchiveDirectory) async throws -> Value) async throws -> Value {
        try await withTaskExecutorPreference(ThreadPerJob.shared) {
            try await TemporaryFolder.with { folder in
                let directory = ArchiveDirectory(path: folder.path(of: "archive"))
                try directory.create()
                return try await body(directory)
            }
        }
    }

    /// Runs `body` with an empty archive that is open for writing.
    package static func withWriter<Value>(_ body: (JournalWriter) async throws -> Value) async throws -> Value {
        try await withDirectory { directory in try await withWriter(at: directory, body) }
    }

    /// Runs `body` with an empty archive that is open for writing, and with the failures that its writer reports.
    package static func withWriter<Value>(
        _ body: (JournalWriter, ReportedFailures) async throws -> Value
    ) async throws -> Value {
        try await withDirectory { directory in
            let failures = ReportedFailures()
            return try await withWriter(at: directory, reportFailure: failures.add) { try await body($0, failures) }
        }
    }

    /// Runs `body` with an archive that contains these deliveries and is open for writing.
    package static func with<Value>(
        _ deliveries: [EncodedDelivery], _ body: (JournalWriter, JournalReader) async throws -> Value
    ) async throws -> Value {
        try await withWriter { writer in
            try await writer.commitTogether(deliveries)
            return try await body(writer, writer.reader())
        }
    }

    /// Opens the archive for writing while `body` runs.
    package static func withWriter<Value>(
        at directory: ArchiveDirectory, reportFailure: @escaping @Sendable (ArchiveError) -> Void = { _ in },
        _ body: (JournalWriter) async throws -> Value
    ) async throws -> Value {
        let writer = try JournalWriter(directory, reportFailure: reportFailure)
        defer { writer.close() }
        return try await body(writer)
    }
}

extension JournalWriter {
    package func reader() throws -> JournalReader {
        try JournalReader(directory.journal)
    }

    package func outcome(of delivery: EncodedDelivery) async -> CommitOutcome<Receipt> {
        await withCheckedContinuation { continuation in
            commit(delivery) { continuation.resume(returning: $0) }
        }
    }

    /// Commits deliveries one after another. Expects that all become durable.
    package func commitAll(_ deliveries: [EncodedDelivery]) async throws {
        for delivery in deliveries {
            guard case .durable = await outcome(of: delivery) else { throw NotDurable() }
        }
    }

    /// Commits deliveries in order with as few syncs as possible.
    package func commitTogether(_ deliveries: [EncodedDelivery]) async throws {
        guard let last = deliveries.last else { return }
        let rejectedCount = Mutex(0)
        await withCheckedContinuation { continuation in
            for delivery in deliveries.dropLast() {
                commit(delivery) { outcome in if outcome.id == nil { rejectedCount.withLock { $0 += 1 } } }
            }
            commit(last) { outcome in
                if outcome.id == nil { rejectedCount.withLock { $0 += 1 } }
                continuation.resume()
            }
        }
        guard rejectedCount.withLock({ $0 }) == 0 else { throw NotDurable() }
    }

    /// Commits a delivery and returns its position. Blocks, so it must not run on the cooperative pool.
    package func commitBlocking(_ delivery: EncodedDelivery) -> Int64? {
        let result = BlockingResult<Int64?, Never>()
        commit(delivery) { result.finish(.success($0.id)) }
        return result.wait()
    }

    package struct NotDurable: Error {}
}

extension JournalReader {
    /// The delivery at a position; nil if there is none.
    package func delivery(_ position: Int64) throws -> ArchivedDelivery? {
        try entry(position).map { try $0.delivery() }
    }

    /// The record at a position; nil if there is none.
    package func record(_ position: Int64) throws -> JournalRecord? {
        try entry(position).map { try $0.record() }
    }

    package func strings(_ sql: String) throws -> [String] {
        try read { try String.fetchAll($0, sql: sql) }
    }

    package func number(_ sql: String) throws -> Int64 {
        try read { try Int64.fetchOne($0, sql: sql) ?? -1 }
    }
}

extension CommitOutcome {
    /// The position of the delivery; nil if it is not durable.
    package var id: Int64? {
        guard case .durable(let receipt) = self else { return nil }
        return (receipt.deliveryID as? DeliveryID)?.rawValue
    }

    package var rejection: CommitRejection? {
        guard case .rejected(let rejection) = self else { return nil }
        return rejection
    }
}
