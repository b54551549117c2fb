import ArchiveTestKit
import Deliveries
import Foundation
import Journal
import TestKit
import Testing

@testable import SharedJournal

@Suite(.offPool, .serialized, .enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed"))
struct RemovalTests {
    private let server: PostgresServer
    private let database: String
    private let events = NotedEvents()

    init() throws {
        server = try PostgresServer.shared.get()
        database = try server.makeJournal()
    }

    private func node(
        _ name: String, into writer: JournalWriter, leads: Bool = true,
        noteRemoval: @escaping @Sendable ([DeliveryID]) -> Void = { _ in }
    ) throws -> SharedJournalNode {
        let node = try SharedJournalNode(
            server.settings(database, node: name), into: writer, leads: leads, observeCommit: { _ in },
            noteRemoval: noteRemoval, note: events.note)
        try events.wait(for: name) { $0 == .laneConnected(lane: name + "/1") }
        return node
    }

    private func body(_ id: Int64) -> BodyToPrune {
        BodyToPrune(delivery: DeliveryID(rawValue: id), summary: [.fixture(key: "report \(id)")])
    }

    private func query(_ sql: String) throws -> [String] {
        try server.connect(database).query(sql)
    }

    @Test("pruned bodies and removed entries disappear from PostgreSQL and every copy, even a copy that starts later")
    func everywhere() async throws {
        try await TestArchive.withWriter { one in
            try await TestArchive.withWriter { other in
                let removedThere = Pending<[DeliveryID]>([])
                let first = try node("one", into: one)
                defer { first.close() }
                let second = try node("other", into: other) { ids in removedThere.change { $0 += ids } }
                defer { second.close() }
                let deliveries = (0..<9).map { _ in EncodedDelivery.fixture(body: .compressed) }
                // Each append uses the same lane and a separate batch, so the order of the positions is the order of
                // the appends.
                for delivery in deliveries { _ = try first.append([.delivery(delivery)], at: .fixture) }

                let bodies = [2, 5, 6].map(body)
                #expect(
                    try first.pruneBodies(bodies, reason: "x", holdsKnownUpTo: 9, at: .fixture).map(\.rawValue)
                        == [2, 5, 6])
                let entries = [3, 4, 5, 8].map(DeliveryID.init(rawValue:))
                try second.follower.waitForPosition(10)
                #expect(try second.removeEntries(entries, reason: "x", holdsKnownUpTo: 10, at: .fixture) == entries)
                // No entry is left to be removed.
                #expect(try first.pruneBodies([body(2)], reason: "x", holdsKnownUpTo: 11, at: .fixture).isEmpty)
                #expect(try second.removeEntries(entries, reason: "x", holdsKnownUpTo: 11, at: .fixture).isEmpty)
                try first.follower.waitForPosition(11)
                try second.follower.waitForPosition(11)

                #expect(try query("SELECT count(*)::text FROM callbox.entry") == ["7"])
                #expect(
                    try query("SELECT first_position || '-' || last_position FROM callbox.gap ORDER BY 1")
                        == ["3-5", "8-8"])
                // All fixtures have the same body. Three deliveries still contain this body.
                let body = deliveries[1].body.storedBytes.map { String(format: "%02x", $0) }.joined()
                #expect(try query("SELECT count(*)::text FROM callbox.entry WHERE body = '\\x\(body)'") == ["3"])
                let pruned =
                    try query(
                        "SELECT encoding || ' ' || length(body_sha256) FROM callbox.entry WHERE pruned_by IS NOT NULL")
                #expect(pruned == ["2 0", "2 0"])
                #expect(removedThere.value.map(\.rawValue) == [2, 5, 6, 3, 4, 5, 8])

                try await TestArchive.withWriter { late in
                    let third = try Follower(server.settings(database, node: "late"), into: late, note: events.note)
                    defer { third.close() }
                    try third.waitForPosition(11)
                    let expected = try rows(of: one)
                    #expect(try rows(of: other) == expected)
                    #expect(try rows(of: late) == expected)
                    for writer in [one, other, late] {
                        let verification = try writer.reader().verify()
                        #expect(verification.findings == [])
                        #expect(verification.prunedCount == 2)
                    }
                }
            }
        }
    }

    @Test("a gap that extends over several runs is copied completely")
    func longGap() async throws {
        try await TestArchive.withWriter { one in
            let node = try node("one", into: one)
            defer { node.close() }
            for _ in 0..<200 { #expect(try node.lanes.outcome(of: .fixture())) }
            try node.follower.waitForPosition(200)
            let ids = (1...199).map(DeliveryID.init(rawValue:))
            #expect(try node.removeEntries(ids, reason: "x", holdsKnownUpTo: 200, at: .fixture) == ids)
            try await TestArchive.withWriter { late in
                let follower = try Follower(server.settings(database, node: "late"), into: late, note: events.note)
                defer { follower.close() }
                try follower.waitForPosition(204)
                #expect(try rows(of: late) == rows(of: one))
                #expect(try late.reader().verify().findings == [])
            }
        }
    }

    @Test("a hold that another node acknowledged prevents the removal, even before a run contains it")
    func hold() async throws {
        try await TestArchive.withWriter { writer in
            let node = try node("one", into: writer)
            defer { node.close() }
            _ = try node.append([.delivery(.fixture())], at: .fixture)
            node.leader?.close()
            let lanes = try LaneSet(server.settings(database, node: "other"), note: events.note)
            defer { lanes.close() }
            try events.wait(for: "other") { $0 == .laneConnected(lane: "other/1") }
            let record = JournalRecord.hold(HoldRecord(subject: .delivery(DeliveryID(rawValue: 1)), reason: "a case"))
            let hold = try #require(PortableEntry(.record(record), at: .fixture))
            let isDone = Pending<Bool>(false)
            lanes.commit([hold]) { failure in isDone.change { $0 = failure == nil } }
            try isDone.wait(for: "the hold") { $0 ? true : nil }
            #expect(try node.pruneBodies([body(1)], reason: "x", holdsKnownUpTo: 1, at: .fixture).isEmpty)
            #expect(
                try node.removeEntries([DeliveryID(rawValue: 1)], reason: "x", holdsKnownUpTo: 1, at: .fixture).isEmpty)
            #expect(try query("SELECT type FROM callbox.entry ORDER BY type") == ["delivery", "hold"])
        }
    }

    @Test("a running dump does not delay receiving, ordering or pruning")
    func dump() async throws {
        let dump = try server.connect(database)
        try dump.executeScript("SET idle_in_transaction_session_timeout = 0", limit: .seconds(5))
        // These statements start the same transaction as pg_dump.
        for sql in [
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            "LOCK TABLE callbox.journal, callbox.lane, callbox.entry, callbox.run, callbox.gap, callbox.leader IN ACCESS SHARE MODE",
        ] {
            _ = try dump.execute(sql, limit: .seconds(5))
        }
        #expect(try dump.query("SELECT count(*)::text FROM callbox.entry") == ["0"])
        try await TestArchive.withWriter { writer in
            let node = try node("one", into: writer)
            defer { node.close() }
            #expect(try node.append([.delivery(.fixture())], at: .fixture) == [1])
            #expect(try node.pruneBodies([body(1)], reason: "x", holdsKnownUpTo: 1, at: .fixture).count == 1)
        }
        #expect(try dump.query("SELECT count(*)::text FROM callbox.entry") == ["0"])
    }

    @Test("a summary that differs from its record stops the copying")
    func changedSummary() async throws {
        try await TestArchive.withWriter { one in
            let node = try node("one", into: one)
            defer { node.close() }
            _ = try node.append([.delivery(.fixture()), .delivery(.fixture())], at: .fixture)
            try await TestArchive.withWriter { other in
                let settings = try server.settings(database, node: "other")
                let early = try Follower(settings, into: other, note: events.note)
                try early.waitForPosition(2)
                early.close()
                _ = try node.pruneBodies([body(1)], reason: "x", holdsKnownUpTo: 2, at: .fixture)
                _ = try query("UPDATE callbox.entry SET body = '[]' WHERE encoding = 2 RETURNING ''")
                let follower = try Follower(settings, into: other, note: events.note)
                defer { follower.close() }
                try events.wait(for: "the end of copying") { if case .followerStopped = $0 { true } else { false } }
                #expect(try uuids(of: other).count == 2)
            }
        }
    }
}
