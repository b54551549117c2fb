import BodyCompression
import Deliveries
import Journal
import Providers
import Quarantine
import ServerTestKit
import TestKit
import Testing

@testable import CallboxServer
@testable import ReportIndex

@Suite("The schedule of dictionary training", .offPool)
struct TrainingScheduleTests {
    private static let klavi = DictionaryScope(source: "klavi", type: nil)
    private static let income = DictionaryScope(source: "klavi", type: "income")

    /// Adds deliveries with one report each, and indexes them.
    private static func add(_ count: Int, type: String, to writer: JournalWriter) throws {
        let request = InboundRequest.fixture(target: "/\(type)", body: #"{"a":1}"#)
        let delivery = ArchivedDelivery.fixture(request: request)
        let last = try JournalInfo(writer.directory.journal).end?.position ?? 0
        try writer.append(
            (0..<count).map { .delivery(EncodedDelivery(delivery, seed: UInt64(last) + UInt64($0))) }, at: .fixture)
        let parser = ReportParser(
            parse: { delivery in
                let type = String(delivery.request.target.text.dropFirst())
                return [ReportContent(provider: "klavi", type: type, dedupeKey: "\(delivery.id)")]
            }, route: { _, _ in nil })
        try Indexer(writer.directory, parser: parser).catchUp()
    }

    private static func with(_ body: (JournalWriter, DictionaryTraining) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let writer = try JournalWriter(ArchiveDirectory(path: folder.path(of: "archive")))
            defer { writer.close() }
            // The index must exist before a reader is opened.
            try add(0, type: "", to: writer)
            try body(writer, DictionaryTraining(try ArchiveReader(writer.directory)))
        }
    }

    /// All scopes that are due now.
    private static func due(_ schedule: inout TrainingSchedule, _ training: DictionaryTraining) throws
        -> [DictionaryScope]
    {
        var due: [DictionaryScope] = []
        while due.count < 10, let scope = try schedule.next(training) { due.append(scope) }
        return due
    }

    @Test("each scope is due for training once at 256 bodies, and again at 1024")
    func thresholds() throws {
        try Self.with { writer, training in
            var schedule = TrainingSchedule()
            var due: [[DictionaryScope]] = []
            for (count, type) in [(200, "income"), (55, "events"), (1, "events"), (56, "income"), (768, "income")] {
                try Self.add(count, type: type, to: writer)
                due.append(try Self.due(&schedule, training))
            }
            #expect(due == [[], [], [Self.klavi], [Self.income], [Self.klavi, Self.income]])
        }
    }

    @Test("passing two thresholds at once triggers one training")
    func passed() throws {
        try Self.with { writer, training in
            try Self.add(1100, type: "income", to: writer)
            var schedule = TrainingSchedule()
            #expect(try Self.due(&schedule, training) == [Self.klavi, Self.income])
        }
    }

    @Test("a server trains at its start only if the archive has no dictionaries")
    func restart() throws {
        try Self.with { writer, training in
            try Self.add(256, type: "income", to: writer)
            var fresh = TrainingSchedule()
            #expect(try fresh.next(training) == Self.klavi)
            let dictionary = try #require(PresetDictionary(Array("common".utf8)))
            _ = try writer.add(dictionary, for: Self.klavi, bodyCount: 256, at: .fixture)
            var restarted = TrainingSchedule()
            #expect(try restarted.next(training) == nil)
        }
    }
}
