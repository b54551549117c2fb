import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import Journal
import Synchronization
import TestKit
import Testing

@testable import Quarantine

/// Quarantines in directories of their own.
enum TestQuarantine {
    /// Runs `body` with a quarantine that holds the deliveries, added one by one.
    static func with(
        _ deliveries: [QuarantinedDelivery] = [], limits: QuarantineLimits = QuarantineLimits(),
        _ body: (QuarantineWriter, QuarantineReader) async throws -> Void
    ) async throws {
        try await TestArchive.withDirectory { directory in
            let writer = try QuarantineWriter(directory, limits: limits)
            defer { writer.close() }
            try writer.addAll(deliveries)
            try await body(writer, QuarantineReader(directory))
        }
    }
}

extension QuarantineWriter {
    /// Adds deliveries in transactions of their own.
    func addAll(_ deliveries: [QuarantinedDelivery]) throws {
        for delivery in deliveries {
            #expect(add(delivery))
            try waitUntilWritten()
        }
    }

    /// Jobs run after the deliveries that were added before.
    func waitUntilWritten() throws {
        try perform { _ in }
    }
}

extension QuarantineReader {
    func targets() throws -> [String] {
        try list(limit: nil).map(\.delivery.request.target.text)
    }
}

/// Keeps a quarantine's thread busy until it is released.
final class HeldQuarantine: Sendable {
    private let isReleased = Pending<Bool>.event()

    /// Returns when the thread runs the job.
    init(_ writer: QuarantineWriter) throws {
        let isHeld = Pending<Bool>.event()
        Thread.detachNewThread { [isReleased] in
            try? writer.perform { _ in
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

/// What a writer reported.
final class Failures: Sendable {
    private let errors = Mutex<[ArchiveError]>([])

    var all: [ArchiveError] {
        errors.withLock { $0 }
    }

    func add(_ error: ArchiveError) {
        errors.withLock { $0.append(error) }
    }
}
