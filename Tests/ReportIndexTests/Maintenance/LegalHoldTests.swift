import Deliveries
import TestKit
import Testing

@testable import ReportArchive

/// What is held stays, whatever retention says.
@Suite struct LegalHoldTests {
    private static let retention = Retention.of(keep: 1, keepMetadata: 2)
    private static let ana = LegalHold.Subject.field(ReportField("person", "ana"))

    private static func with(_ body: (ArchiveWriter, ArchiveReader) async throws -> Void) async throws {
        let deliveries = [
            UpkeepArchive.delivery(key: "1", person: "ana"), UpkeepArchive.delivery(key: "2", person: "ben"),
            UpkeepArchive.delivery(key: "3", person: "ana"),
        ]
        try await UpkeepArchive.with(deliveries, body)
    }

    private static func place(
        _ subject: LegalHold.Subject, _ writer: ArchiveWriter
    ) throws -> Int64 {
        try writer.placeHold(on: subject, reason: "claim 7", at: UpkeepArchive.now)
    }

    @Test("a delivery that is held stays whole, and the others go")
    func delivery() async throws {
        try await Self.with { writer, reader in
            _ = try Self.place(.delivery(DeliveryID(rawValue: 2)), writer)
            #expect(try writer.prune(by: Self.retention).texts == ["1 everything", "3 everything"])
            #expect(try reader.readableIDs() == [2])
            #expect(try reader.check().findings == [])
        }
    }

    @Test("every delivery with a held value in a field stays, and one that has it in another field goes")
    func field() async throws {
        try await Self.with { writer, reader in
            try await writer.commitTogether([UpkeepArchive.delivery(kind: "ana", key: "ana", person: "ana maria")])
            try writer.project()
            _ = try Self.place(Self.ana, writer)
            #expect(try writer.prune(by: Self.retention).texts == ["2 everything", "4 everything"])
            #expect(try reader.readableIDs() == [1, 3])
        }
    }

    @Test("a hold placed after the plan, before it is carried out, holds")
    func placedMeanwhile() async throws {
        try await Self.with { writer, reader in
            let plan = try reader.plan(Self.retention)
            #expect(plan.count == 3)
            _ = try Self.place(Self.ana, writer)
            _ = try Self.place(.delivery(DeliveryID(rawValue: 2)), writer)
            #expect(try writer.prune(plan, at: UpkeepArchive.now) == [])
            #expect(try reader.readableIDs() == [1, 2, 3])
        }
    }

    @Test("a hold on a field holds deliveries that come later, and before any report had that field")
    func laterDeliveries() async throws {
        try await TestArchive.withWriter { writer in
            _ = try Self.place(Self.ana, writer)
            try await writer.commitTogether([
                UpkeepArchive.delivery(key: "1", person: "ana"), UpkeepArchive.delivery(key: "2", person: "ben"),
            ])
            try writer.project()
            #expect(try writer.prune(by: Self.retention).texts == ["2 everything"])
        }
    }

    @Test("a hold outlasts a rebuild, during which nothing that is not looked at yet goes")
    func rebuild() async throws {
        try await Self.with { writer, reader in
            _ = try Self.place(Self.ana, writer)
            let plan = try reader.plan(.of(keep: 1))
            try writer.clearProjection()
            #expect(try reader.plan(Self.retention) == [])
            #expect(try writer.prune(plan, at: UpkeepArchive.now) == [])
            try writer.project()
            #expect(try writer.prune(by: Self.retention).texts == ["2 everything"])
        }
    }

    @Test("what is let go is pruned like the rest; letting go twice, or of nothing, is told")
    func release() async throws {
        try await Self.with { writer, reader in
            let id = try Self.place(Self.ana, writer)
            #expect(try reader.plan(Self.retention).texts == ["2 everything"])
            #expect(try writer.releaseHold(id, at: UpkeepArchive.now))
            #expect(try writer.releaseHold(id, at: UpkeepArchive.now) == false)
            #expect(try writer.releaseHold(99, at: UpkeepArchive.now) == false)
            #expect(try writer.releaseHold(.max, at: UpkeepArchive.now) == false)
            #expect(try reader.plan(Self.retention).count == 3)
        }
    }

    @Test("of two holds on the same delivery one is enough")
    func twice() async throws {
        try await Self.with { writer, reader in
            let first = try Self.place(Self.ana, writer)
            _ = try Self.place(.delivery(DeliveryID(rawValue: 1)), writer)
            _ = try writer.releaseHold(first, at: UpkeepArchive.now)
            #expect(try reader.plan(Self.retention).map(\.id.rawValue) == [2, 3])
        }
    }

    @Test("where a repeat is held, what it said stays: its first delivery is not taken from under it")
    func heldRepeat() async throws {
        let deliveries = (1...3).map { _ in UpkeepArchive.delivery(key: "1", person: "ana") }
        try await UpkeepArchive.with(deliveries) { writer, reader in
            _ = try Self.place(.delivery(DeliveryID(rawValue: 3)), writer)
            for _ in 1...2 { try writer.prune(by: Self.retention) }
            #expect(try reader.readableIDs() == [3])
            let reports = try reader.reports(of: DeliveryID(rawValue: 3))
            #expect(reports.map(\.fields) == [[ReportField("person", "ana")]])
            #expect(try reader.check().findings == [])
        }
    }

    @Test("every hold is on record, with its reason and its times, those that were let go too")
    func list() async throws {
        try await Self.with { writer, reader in
            let first = try Self.place(Self.ana, writer)
            let second = try Self.place(.delivery(DeliveryID(rawValue: .max)), writer)
            let later = UpkeepArchive.now.advanced(byMilliseconds: 5)
            _ = try writer.releaseHold(first, at: later)
            #expect(
                try reader.holds() == [
                    LegalHold(
                        id: first, subject: Self.ana, reason: "claim 7", placedAt: UpkeepArchive.now, releasedAt: later),
                    LegalHold(
                        id: second, subject: .delivery(DeliveryID(rawValue: .max)), reason: "claim 7",
                        placedAt: UpkeepArchive.now, releasedAt: nil),
                ])
        }
    }

    @Test("a hold without a reason is refused by the file itself")
    func noReason() async throws {
        try await Self.with { writer, reader throws in
            #expect(throws: ArchiveError.self) {
                try writer.placeHold(on: Self.ana, reason: "", at: UpkeepArchive.now)
            }
            #expect(try reader.holds() == [])
        }
    }

    @Test("a value with a zero byte in it, as a provider's JSON may have, is held as well")
    func zeroByte() async throws {
        let person = "an\u{0}a"
        try await TestArchive.withWriter { writer in
            try await writer.commitTogether([UpkeepArchive.delivery(key: "1")])
            try Projector(writer) { _ in [.fixture(fields: [ReportField("person", person)])] }.catchUp()
            _ = try Self.place(.field(ReportField("person", person)), writer)
            #expect(try ArchiveReader(writer.location).plan(Self.retention) == [])
        }
    }

    @Test(
        "an identifier that the index keeps as bytes is held as well, and comes out of it as it went in",
        arguments: [
            "254b5bc8-f7ae-431c-8b4c-28fa8221ce13", "254B5BC8-F7AE-431C-8B4C-28FA8221CE13",
            "11111111-1111-1111-1111-111111111111", "61626364-6566-6768-696a-6b6c6d6e6f70",
            "254b5bc8f7ae431c8b4c28fa8221ce13",
        ])
    func identifier(id: String) async throws {
        let deliveries = [UpkeepArchive.delivery(key: "1", person: id), UpkeepArchive.delivery(key: "2", person: "x")]
        try await UpkeepArchive.with(deliveries) { writer, reader in
            _ = try Self.place(.field(ReportField("person", id)), writer)
            #expect(try reader.plan(Self.retention).map(\.id.rawValue) == [2])
            #expect(try reader.reports(of: DeliveryID(rawValue: 1)).map(\.fields) == [[ReportField("person", id)]])
            #expect(try reader.holds().map(\.subject) == [.field(ReportField("person", id))])
        }
    }
}
