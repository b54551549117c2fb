import BodyCompression
import Deliveries
import Providers
import TestKit
import Testing

@testable import CallboxCommands
@testable import ReportArchive

@Suite("When a server trains dictionaries")
struct TrainingScheduleTests {
    private static let klavi = DictionaryScope(source: "klavi", kind: nil)
    private static let income = DictionaryScope(source: "klavi", kind: "income")

    /// Adds deliveries of one report each.
    private static func add(_ count: Int, kind: String, to writer: ArchiveWriter) throws {
        let body = Array(#"{"a":1}"#.utf8)
        let digest = try #require(Hex.decode("015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862".utf8))
        var random = SplitMix64(seed: 1)
        let uuid = UUIDv7(at: .fixture, using: &random)
        for _ in 0..<count {
            writer.commit(
                SealedDelivery(
                    uuid: uuid, source: "klavi", receivedAt: .fixture, verification: .verified, secretName: nil,
                    head: SealedHead(
                        storedBytes: DeliveryHead(method: "POST", target: "/\(kind)", peer: "::", headers: []).text,
                        sha256: .digestFixture),
                    body: SealedBody(
                        encoding: .raw, storedBytes: body, byteCount: body.count, sha256: digest),
                    headSalt: .saltFixture, bodySalt: .saltFixture)
            ) { _ in }
        }
        // Commits go before a job.
        _ = try writer.purgeQuarantine(QuarantineID(rawValue: 0))
        try Projector(writer) { delivery in
            let kind = String(delivery.request.target.text.dropFirst())
            let content = ReportContent(provider: "klavi", kind: kind, dedupeKey: "\(delivery.id)")
            return [RoutedReport(content: content, route: nil)]
        }.catchUp()
    }

    private static func with(_ body: (ArchiveWriter, DictionaryTraining) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let writer = try ArchiveWriter(ArchiveLocation(path: folder.path(of: "archive.sqlite")))
            defer { writer.close() }
            try body(writer, DictionaryTraining(try ArchiveReader(writer.location)))
        }
    }

    /// Everything that is due.
    private static func due(_ schedule: inout TrainingSchedule, _ training: DictionaryTraining) throws
        -> [DictionaryScope]
    {
        var due: [DictionaryScope] = []
        while due.count < 10, let scope = try schedule.next(training) { due.append(scope) }
        return due
    }

    @Test("each scope is given once when it has 256 bodies, and again when it has 1024")
    func thresholds() throws {
        try Self.with { writer, training in
            var schedule = TrainingSchedule()
            var due: [[DictionaryScope]] = []
            for (count, kind) in [(200, "income"), (55, "events"), (1, "events"), (56, "income"), (768, "income")] {
                try Self.add(count, kind: kind, to: writer)
                due.append(try Self.due(&schedule, training))
            }
            #expect(due == [[], [], [Self.klavi], [Self.income], [Self.klavi, Self.income]])
        }
    }

    @Test("a count that was passed before anybody looked is not made up for")
    func passed() throws {
        try Self.with { writer, training in
            try Self.add(1100, kind: "income", to: writer)
            var schedule = TrainingSchedule()
            #expect(try Self.due(&schedule, training) == [Self.klavi, Self.income])
        }
    }

    @Test("a server that starts on an archive with dictionaries does not train for what it has; without, it does")
    func restart() throws {
        try Self.with { writer, training in
            try Self.add(256, kind: "income", to: writer)
            var fresh = TrainingSchedule()
            #expect(try fresh.next(training) == Self.klavi)
            let dictionary = try #require(PresetDictionary(Array("common".utf8)))
            _ = try writer.add(dictionary, for: Self.klavi, bodyCount: 256, at: .fixture)
            var restarted = TrainingSchedule()
            #expect(try restarted.next(training) == nil)
        }
    }
}
