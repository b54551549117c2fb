package import Foundation
internal import Synchronization

/// One attempt at a delivery: what was sent and what came back.
package struct LedgerEntry: Sendable, Equatable {
    package var number = 0
    package let at: Date
    package let provider: String
    package let kind: String
    package let reference: String?
    package let method: String
    package let url: String
    /// 1 for the first.
    package let attempt: Int
    /// What went wrong on purpose.
    package let fault: String?
    package let byteCount: Int
    /// Of the body, in hex.
    package let sha256: String
    /// The answer's; nil where none came.
    package let status: Int?
    /// Why no answer came, or why nothing was sent.
    package let problem: String?
    package let milliseconds: Int

    package var json: JSON {
        [
            "number": .integer(number),
            "at": .string(at.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))),
            "provider": .string(provider), "kind": .string(kind), "reference": .optional(reference),
            "method": .string(method), "url": .string(url), "attempt": .integer(attempt), "fault": .optional(fault),
            "byteCount": .integer(byteCount), "sha256": .string(sha256),
            "status": status.map { .integer($0) } ?? .null, "problem": .optional(problem),
            "milliseconds": .integer(milliseconds),
        ]
    }
}

/// What was sent and what answers it got: the newest attempts, at most a fixed number of them. No bodies.
package final class DeliveryLedger: Sendable {
    /// More than a test run of the largest kind makes.
    package static let entryLimit = 100_000

    private let state = Mutex<(entries: [LedgerEntry], nextNumber: Int)>(([], 1))

    package init() {}

    package func record(_ entry: LedgerEntry) {
        state.withLock { state in
            var entry = entry
            entry.number = state.nextNumber
            state.nextNumber += 1
            state.entries.append(entry)
            if state.entries.count > Self.entryLimit { state.entries.removeFirst(Self.entryLimit / 10) }
        }
    }

    /// The attempts after this number, oldest first.
    package func entries(after number: Int = 0) -> [LedgerEntry] {
        state.withLock { state in Array(state.entries.drop { $0.number <= number }) }
    }
}
