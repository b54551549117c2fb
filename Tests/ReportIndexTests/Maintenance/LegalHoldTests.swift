import ArchiveTestKit
import Deliveries
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite struct LegalHoldTests {
    private static let retention = Retention.of(keep: 1, keepMetadata: 2)
    private static let ana = HoldRecord.Subject.field(ReportField("person", "ana"))

    private static func with(_ body: (IndexArchive, ArchiveReader) async throws -> Void) async throws {
        let deliveries = [
            MaintenanceArchive.delivery(key: "1", person: "ana"), MaintenanceArchive.delivery(key: "2", person: "ben"),
            MaintenanceArchive.delivery(key: "3", person: "ana"),
        ]
        try await MaintenanceArchive.with(deliveries, body)
    }

    @Test("a held delivery keeps its body, and the other deliveries are pruned")
    func delivery() async throws {
        try await Self.with { archive, reader in
            _ = try archive.hold(.delivery(DeliveryID(rawValue: 2)))
            #expect(try archive.prune(by: Self.retention).texts == ["1 everything", "3 everything"])
            #expect(try reader.readableIDs() == [2])
            #expect(try archive.verify().findings == [])
        }
    }

    @Test("a hold on a field covers only that field")
    func field() async throws {
        try await Self.with { archive, reader in
            try await archive.commitTogether([MaintenanceArchive.delivery(type: "ana", key: "ana", person: "ana maria")]
            )
            try archive.index()
            _ = try archive.hold(Self.ana)
            #expect(try archive.prune(by: Self.retention).texts == ["2 everything", "4 everything"])
            #expect(try reader.readableIDs() == [1, 3])
        }
    }

    @Test("a hold that is placed between planning and pruning applies")
    func placedMeanwhile() async throws {
        try await Self.with { archive, reader in
            let slice = try reader.pruning(by: Self.retention, after: nil, now: MaintenanceArchive.now)
            #expect(slice.decisions.count == 3)
            _ = try archive.hold(Self.ana)
            #expect(try archive.carryOut(slice) == [])
            #expect(try reader.readableIDs() == [1, 2, 3])
        }
    }

    @Test("a hold that is not indexed yet stops pruning, even after the archive was reopened")
    func unindexedHold() async throws {
        try await TestArchive.withDirectory { directory in
            try await IndexArchive.with(at: directory) { archive in
                try await archive.commitTogether([MaintenanceArchive.delivery(key: "1", person: "ana")])
                try archive.index(MaintenanceArchive.parser)
                try archive.writer.append(.hold(HoldRecord(subject: Self.ana, reason: "claim")), at: .fixture)
            }
            try await TestArchive.withWriter(at: directory) { writer in
                let reader = try ArchiveReader(directory)
                let slice = try reader.pruning(by: Self.retention, after: nil, now: MaintenanceArchive.now)
                #expect(slice.decisions.texts == ["1 everything"])
                let pruner = Pruner(reader, writer, MaintenanceArchive.parser)
                #expect(try pruner.carryOut(slice, at: MaintenanceArchive.now) == [])
                #expect(try reader.readableIDs() == [1])
            }
        }
    }

    @Test("a hold that is placed while a slice is pruned keeps the bodies that are not pruned yet")
    func placedBetweenReasons() async throws {
        var terms = Retention.SourceTerms()
        terms.routes = ["income": .init(keep: .days(1)), "events": .init(keep: .days(2))]
        let deliveries = [
            MaintenanceArchive.delivery(type: "income", key: "1"),
            MaintenanceArchive.delivery(type: "events", key: "2"),
        ]
        try await MaintenanceArchive.with(deliveries) { archive, reader in
            let slice = try reader.pruning(
                by: Retention(sources: ["klavi": terms]), after: nil, now: MaintenanceArchive.now)
            #expect(slice.decisions.count == 2)
            let writer = archive.writer
            // The parser runs for each body to prune. The bodies are pruned for different reasons, therefore one after
            // the other. The hold is placed after the first body was pruned.
            let parser = ReportParser.unrouted { delivery in
                if delivery.id.rawValue == 2 {
                    _ = try? writer.append(
                        .hold(HoldRecord(subject: .delivery(DeliveryID(rawValue: 2)), reason: "claim")), at: .fixture)
                }
                return MaintenanceArchive.parser.parse(delivery)
            }
            let done = try Pruner(reader, writer, parser).carryOut(slice, at: MaintenanceArchive.now)
            #expect(done.texts == ["1 body"])
            #expect(try reader.readableIDs() == [2])
        }
    }

    @Test("a hold on a field covers later deliveries, even if no earlier report had the field")
    func laterDeliveries() async throws {
        try await IndexArchive.with { archive in
            _ = try archive.hold(Self.ana)
            try await archive.commitTogether([
                MaintenanceArchive.delivery(key: "1", person: "ana"),
                MaintenanceArchive.delivery(key: "2", person: "ben"),
            ])
            try archive.index(MaintenanceArchive.parser)
            #expect(try archive.prune(by: Self.retention).texts == ["3 everything"])
        }
    }

    @Test("a rebuild keeps holds, and no delivery is pruned before it is indexed again")
    func rebuild() async throws {
        try await Self.with { archive, reader in
            _ = try archive.hold(Self.ana)
            archive.deleteIndex()
            #expect(try archive.reader().plan(Self.retention) == [])
            #expect(try archive.prune(by: Self.retention) == [])
            #expect(try archive.prune(by: Self.retention).texts == ["2 everything"])
        }
    }

    @Test("a released hold has no effect, and a second release or the release of an unknown hold is ignored")
    func release() async throws {
        try await Self.with { archive, reader in
            let id = try archive.hold(Self.ana)
            #expect(try reader.plan(Self.retention).texts == ["2 everything"])
            for unknown in [1, 99, .max, -1] as [Int64] { try archive.release(unknown) }
            #expect(try reader.plan(Self.retention).texts == ["2 everything"])
            try archive.release(id)
            let released = try reader.holds()
            try archive.release(id, at: .fixture)
            #expect(try reader.holds() == released)
            #expect(try reader.plan(Self.retention).count == 3)
        }
    }

    @Test("if one of two holds is released, the other hold still keeps the delivery")
    func twice() async throws {
        try await Self.with { archive, reader in
            let first = try archive.hold(Self.ana)
            _ = try archive.hold(.delivery(DeliveryID(rawValue: 1)))
            try archive.release(first)
            #expect(try reader.plan(Self.retention).map(\.id.rawValue) == [2, 3])
        }
    }

    @Test("the first delivery of a report is kept while a repeat is held")
    func heldRepeat() async throws {
        let deliveries = (1...3).map { _ in MaintenanceArchive.delivery(key: "1", person: "ana") }
        try await MaintenanceArchive.with(deliveries) { archive, reader in
            _ = try archive.hold(.delivery(DeliveryID(rawValue: 3)))
            for _ in 1...2 { try archive.prune(by: Self.retention) }
            #expect(try reader.readableIDs() == [3])
            let reports = try reader.reports(of: DeliveryID(rawValue: 3))
            #expect(reports.map(\.fields) == [[ReportField("person", "ana")]])
            #expect(try archive.verify().findings == [])
        }
    }

    @Test("holds are listed with their reason and times, including released holds")
    func list() async throws {
        try await Self.with { archive, reader in
            let first = try archive.hold(Self.ana)
            let second = try archive.hold(.delivery(DeliveryID(rawValue: .max)))
            let later = MaintenanceArchive.now.advanced(byMilliseconds: 5)
            try archive.release(first, at: later)
            #expect(
                try reader.holds() == [
                    LegalHold(
                        id: first, subject: Self.ana, reason: "claim 7", placedAt: MaintenanceArchive.now,
                        releasedAt: later),
                    LegalHold(
                        id: second, subject: .delivery(DeliveryID(rawValue: .max)), reason: "claim 7",
                        placedAt: MaintenanceArchive.now, releasedAt: nil),
                ])
        }
    }

    @Test("a hold covers a value with a NUL character")
    func zeroByte() async throws {
        let person = "an\u{0}a"
        try await IndexArchive.with { archive in
            try await archive.commitTogether([MaintenanceArchive.delivery(key: "1")])
            try archive.index { _ in [.fixture(fields: [ReportField("person", person)])] }
            _ = try archive.hold(.field(ReportField("person", person)))
            #expect(try archive.reader().plan(Self.retention) == [])
        }
    }

    @Test(
        "a hold covers a UUID that is stored as bytes, and the UUID is unchanged after storing",
        arguments: [
            "254b5bc8-f7ae-431c-8b4c-28fa8221ce13", "254B5BC8-F7AE-431C-8B4C-28FA8221CE13",
            "11111111-1111-1111-1111-111111111111", "61626364-6566-6768-696a-6b6c6d6e6f70",
            "254b5bc8f7ae431c8b4c28fa8221ce13",
        ])
    func identifier(id: String) async throws {
        let deliveries = [
            MaintenanceArchive.delivery(key: "1", person: id), MaintenanceArchive.delivery(key: "2", person: "x"),
        ]
        try await MaintenanceArchive.with(deliveries) { archive, reader in
            _ = try archive.hold(.field(ReportField("person", id)))
            #expect(try reader.plan(Self.retention).map(\.id.rawValue) == [2])
            #expect(try reader.reports(of: DeliveryID(rawValue: 1)).map(\.fields) == [[ReportField("person", id)]])
            #expect(try reader.holds().map(\.subject) == [.field(ReportField("person", id))])
        }
    }
}
