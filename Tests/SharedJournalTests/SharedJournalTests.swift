import ArchiveTestKit
import Deliveries
import Foundation
import Journal
import TestKit
import Testing

@testable import SharedJournal

@Suite(.offPool, .serialized, .enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed"))
struct SharedJournalTests {
    private let server: PostgresServer
    private let database: String
    private let events = NotedEvents()

    init() throws {
        server = try PostgresServer.shared.get()
        database = try server.makeJournal()
    }

    private func settings(_ node: String) throws -> SharedJournalSettings {
        try server.settings(database, node: node)
    }

    @Test("creating a journal a second time changes nothing")
    func setup() throws {
        #expect(try JournalSetup.create(settings("a")) == .alreadyThere)
        try server.connect("postgres").executeScript("CREATE DATABASE \(database)x", limit: .seconds(30))
        #expect(try JournalSetup.create(server.settings(database + "x", node: "a")) == .created)
    }

    @Test("a connection waits for the disk at a commit and disables the JIT compiler")
    func sessionSettings() throws {
        let connection = try server.connect(database)
        #expect(try connection.query("SHOW synchronous_commit") == ["on"])
        #expect(try connection.query("SHOW jit") == ["off"])
    }

    @Test("a database without a journal is rejected")
    func noJournal() async throws {
        let settings = try server.settings("postgres", node: "a")
        #expect(throws: PostgresFailure.self) {
            try LaneSession(try settings.connect("a"), name: "a/1", expected: nil, level: .disk)
        }
    }

    @Test("catching up copies the ordered entries once, and needs only read permissions")
    func catchUp() async throws {
        let leader = try Leader(settings("a"), note: events.note)
        defer { leader.close() }
        let lanes = try LaneSet(settings("a"), note: events.note)
        defer { lanes.close() }
        try lanes.waitUntilConnected(events)
        #expect(try lanes.acknowledged((0..<30).map { _ in .fixture() }).count == 30)
        let connection = try server.connect(database)
        try wait(for: "the order of the entries") {
            try connection.query("SELECT coalesce(sum(count), 0)::text FROM callbox.run WHERE epoch > 0") == ["30"]
        }
        try connection.executeScript(
            """
            CREATE ROLE \(database)_reader LOGIN; GRANT USAGE ON SCHEMA callbox TO \(database)_reader;
            GRANT SELECT ON ALL TABLES IN SCHEMA callbox TO \(database)_reader;
            """, limit: .seconds(5))
        let reading = try server.settings(database, node: "b", user: "\(database)_reader")
        try await TestArchive.withWriter { archive in
            let first = try SharedCatchUp(reading, into: archive, noteRemoved: { _ in }, progress: { _, _ in })
            #expect((first.copiedCount, first.position) == (30, 30))
            let second = try SharedCatchUp(reading, into: archive, noteRemoved: { _ in }, progress: { _, _ in })
            #expect((second.copiedCount, second.position, second.goal) == (0, 30, 30))
        }
    }

    @Test("entries of two receivers reach two followers in the same order and with the same bytes")
    func twoFollowers() async throws {
        try await TestArchive.withWriter { one in
            try await TestArchive.withWriter { other in
                let first = try SharedJournalNode(
                    settings("one"), into: one, observeCommit: { _ in }, note: events.note)
                defer { first.close() }
                let second = try SharedJournalNode(
                    settings("other"), into: other, observeCommit: { _ in }, note: events.note)
                defer { second.close() }
                for lane in ["one/1", "other/1"] {
                    try events.wait(for: lane) { $0 == .laneConnected(lane: lane) }
                }
                let deliveries = (0..<40).map { _ in EncodedDelivery.fixture(body: .compressed) }
                let firstHalf = try first.lanes.acknowledged(Array(deliveries[..<20]))
                let secondHalf = try second.lanes.acknowledged(Array(deliveries[20...]))
                // The other lane's entries may get higher positions than this entry.
                let hold = try #require(
                    first.append(
                        [.record(.hold(HoldRecord(subject: .delivery(DeliveryID(rawValue: 1)), reason: "a case")))],
                        at: .fixture
                    ).first)
                #expect(firstHalf.union(secondHalf) == Set(deliveries.map(\.uuid)))
                try first.follower.waitForPosition(41)
                try second.follower.waitForPosition(41)
                #expect(try rows(of: one) == rows(of: other))
                #expect(try rows(of: one).count > 41)
                var stored = try uuids(of: one)
                stored.remove(at: Int(hold) - 1)
                #expect(stored.count == 40 && Set(stored) == firstHalf.union(secondHalf))
            }
        }
    }

    @Test("an entry that the journal already has is not recorded again")
    func duplicate() async throws {
        try await TestArchive.withWriter { writer in
            let node = try SharedJournalNode(settings("a"), into: writer, observeCommit: { _ in }, note: events.note)
            defer { node.close() }
            try node.lanes.waitUntilConnected(events)
            let delivery = EncodedDelivery.fixture()
            #expect(try node.append([.delivery(delivery)], at: .fixture) == [1])
            #expect(throws: SharedAppendFailure.alreadyRecorded) {
                try node.append([.delivery(delivery)], at: .fixture)
            }
            #expect(try node.append([.delivery(.fixture())], at: .fixture) == [2])
        }
    }

    @Test("a copy accepts entries only from the shared journal, and an archive with entries does not become a copy")
    func copies() async throws {
        try await TestArchive.withWriter { writer in
            let follower = try Follower(settings("a"), into: writer, note: events.note)
            defer { follower.close() }
            try events.wait(for: "the follower") { $0 == .followerConnected }
            #expect(throws: ArchiveError.isCopy) { try writer.append([.delivery(.fixture())], at: .fixture) }
        }
        try await TestArchive.with([.fixture()]) { writer, _ in
            let follower = try Follower(settings("b"), into: writer, note: events.note)
            defer { follower.close() }
            try events.wait(for: "the end of copying") { if case .followerStopped = $0 { true } else { false } }
            #expect(try writer.append([.delivery(.fixture())], at: .fixture) == [2])
        }
    }

    @Test(
        "a changed entry stops the copying",
        arguments: ["head = head || '\\x00'", "salt = decode(repeat('00', 16), 'hex')"])
    func changedEntry(change: String) async throws {
        try await TestArchive.withWriter { writer in
            let lanes = try LaneSet(settings("a"), note: events.note)
            defer { lanes.close() }
            try lanes.waitUntilConnected(events)
            #expect(try lanes.outcome(of: .fixture()))
            try server.connect(database).query("UPDATE callbox.entry SET \(change)")
            let leader = try Leader(settings("a"), note: events.note)
            defer { leader.close() }
            let follower = try Follower(settings("a"), into: writer, note: events.note)
            defer { follower.close() }
            try events.wait(for: "the end of copying") { if case .followerStopped = $0 { true } else { false } }
            #expect(try uuids(of: writer).isEmpty)
        }
    }
}
