import ArchiveTestKit
import Deliveries
import Journal
import Testing

@testable import Quarantine

/// Creates quarantines in temporary directories.
enum TestQuarantine {
    /// Runs `body` with a quarantine of these deliveries, each added in its own transaction.
    static func with(
        _ deliveries: [QuarantinedDelivery] = [], limits: QuarantineLimits = QuarantineLimits(),
        _ body: (QuarantineWriter, QuarantineReader) async throws -> Void
    ) async throws {
        try await TestArchive.withDirectory { directory in
            try await withWriter(at: directory, limits: limits) { writer, _ in
                try writer.addAll(deliveries)
                try await body(writer, QuarantineReader(directory))
            }
        }
    }

    /// Opens the quarantine for writing while `body` runs.
    static func withWriter(
        at directory: ArchiveDirectory, limits: QuarantineLimits = QuarantineLimits(),
        _ body: (QuarantineWriter, ReportedFailures) async throws -> Void
    ) async throws {
        let failures = ReportedFailures()
        let writer = try QuarantineWriter(directory, limits: limits, reportFailure: failures.add)
        defer { writer.close() }
        try await body(writer, failures)
    }
}

extension QuarantineWriter {
    /// Adds deliveries, each in its own transaction.
    func addAll(_ deliveries: [QuarantinedDelivery]) throws {
        for delivery in deliveries {
            #expect(add(delivery))
            try waitUntilWritten()
        }
    }

    /// Runs an empty job and waits for it. A job runs after all deliveries that were added before it.
    func waitUntilWritten() throws {
        try perform { _ in }
    }

    /// Blocks the writer's thread, so later work waits in the queue.
    func hold() throws -> HeldThread {
        try HeldThread { job in try self.perform { _ in try job() } }
    }
}

extension QuarantineReader {
    func targets() throws -> [String] {
        try list(limit: nil).map(\.delivery.request.target.text)
    }
}
