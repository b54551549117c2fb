import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import Journal
import Synchronization
import TestKit

@testable import SharedJournal

/// Repeats a check until it returns true, and fails after two minutes.
func wait(for what: String, until isReached: () throws -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while try !isReached() {
        guard ContinuousClock.now < deadline else { throw TestFailure(description: "waited too long for \(what)") }
    }
}

/// The events that the parts of a node reported.
final class NotedEvents: Sendable {
    private let events = Pending<[SharedJournalEvent]>([])

    func note(_ event: SharedJournalEvent) {
        events.change { $0.append(event) }
    }

    func wait(for what: String, _ isIt: @escaping @Sendable (SharedJournalEvent) -> Bool) throws {
        try events.wait(for: what) { $0.contains(where: isIt) ? true : nil }
    }

    /// The number of times that a lane connected.
    var connectedCount: Int { Self.connectedCount(events.value) }

    func waitForLanes(_ count: Int) throws {
        try events.wait(for: "\(count) connected lanes") { Self.connectedCount($0) >= count ? true : nil }
    }

    private static func connectedCount(_ events: [SharedJournalEvent]) -> Int {
        events.count { if case .laneConnected = $0 { true } else { false } }
    }
}

extension LaneSet {
    /// Commits a delivery. Returns true if the delivery is durable. Blocks.
    func outcome(of delivery: EncodedDelivery) throws -> Bool {
        let outcome = Pending<Bool?>(nil)
        commit(delivery) { end in
            let isDurable = if case .durable = end { true } else { false }
            outcome.change { $0 = isDurable }
        }
        return try outcome.wait(for: "the outcome of a commit") { $0 }
    }

    /// Commits deliveries at the same time. Returns the UUIDs of the acknowledged entries. Blocks.
    func acknowledged(_ deliveries: [EncodedDelivery]) throws -> Set<UUIDv7> {
        let ends = Pending<(acknowledged: Set<UUIDv7>, count: Int)>(([], 0))
        for delivery in deliveries {
            commit(delivery) { end in
                ends.change { ends in
                    ends.count += 1
                    if case .durable(let receipt) = end { ends.acknowledged.insert(receipt.deliveryID) }
                }
            }
        }
        return try ends.wait(for: "the outcomes of commits") { $0.count == deliveries.count ? $0.acknowledged : nil }
    }

    func waitUntilConnected(_ events: NotedEvents) throws {
        try events.wait(for: "a lane") { if case .laneConnected = $0 { true } else { false } }
    }
}

extension Follower {
    /// Blocks until the node has copied this many entries.
    func waitForPosition(_ position: Int64) throws {
        var count = 0
        let deadline = Date(timeIntervalSinceNow: 60)
        while progress.position < position {
            guard Date() < deadline, progress.problem == nil else {
                throw TestFailure(description: "copied up to \(position): \(progress)")
            }
            count = waitForGrowth(after: count, until: min(deadline, Date(timeIntervalSinceNow: 1)))
        }
    }
}

/// All rows of a journal's tables `entry` and `origin`, in SQLite's quoted form.
func rows(of writer: JournalWriter) throws -> [String] {
    try PlainConnection.open(writer.directory.journal.path) { db in
        try String.fetchAll(
            db,
            sql: """
                SELECT format('%d %s %d %d %d %Q %s %s %s %d %s %s', position, hex(uuid), recordedAtMilliseconds, originId,
                    byteCount, hex(bodySHA256), hex(chain), hex(salt), prunedBy, encoding, hex(head), hex(body))
                FROM entry ORDER BY position
                """)
            + String.fetchAll(db, sql: "SELECT format('%d %s %s', id, type, source) FROM origin ORDER BY id")
            + String.fetchAll(
                db,
                sql: """
                    SELECT format('%d-%d %s %d', firstPosition, lastPosition, hex(chain), recordedBy)
                    FROM gap ORDER BY firstPosition
                    """)
    }
}

/// The UUIDs of the entries in a journal, in order.
func uuids(of writer: JournalWriter) throws -> [UUIDv7] {
    try PlainConnection.open(writer.directory.journal.path) { db in
        try Data.fetchAll(db, sql: "SELECT uuid FROM entry ORDER BY position").compactMap { UUIDv7(bytes: Array($0)) }
    }
}
