import ArchiveTestKit
import Deliveries
import StrictJSON
import TestKit
import Testing
import TextForms

@testable import Journal
@testable import ReportIndex

/// Tests that an index that followed the journal and an index that was built later return the same results.
@Suite struct RebuildEqualityTests {
    private static let stepCount = 150

    private static func filters() throws -> [String: ReportFilter] {
        var filters: [String: ReportFilter] = [:]
        func add(_ name: String, _ adjust: (inout ReportFilter) throws -> Void) rethrows {
            var filter = ReportFilter()
            try adjust(&filter)
            filters[name] = filter
            filter.listsAttempts = true
            filters["\(name), every arrival"] = filter
        }
        add("all") { _ in }
        add("source") { $0.sources = ["certn"] }
        for (form, name) in zip(["NFC", "NFD"], RandomJournal.names) {
            add("type \(form)") { $0.types = [name] }
            for value in RandomJournal.values {
                add("field \(form) \(Array(value.utf8))") { $0.fields = [ReportField(name, value)] }
            }
            try add("field \(form) present") {
                $0.fieldTests = [FieldTest(name, try #require(ValueTest(.present, "")))]
            }
        }
        add("NFD topic") { $0.topics = [RandomJournal.names[1]] }
        add("unrouted") { $0.isUnrouted = true }
        add("link") { $0.fields = [ReportField("linkId", "1")] }
        add("verified") { $0.verifications = [.verified] }
        add("time") { ($0.since, $0.until) = (QueryArchive.time(36_000_000), QueryArchive.time(3_600_000 * 110)) }
        add("text") { $0.texts = ["sa\u{303}o"] }
        var latest = ReportFilter()
        latest.latestPer = .link
        filters["latest"] = latest
        return filters
    }

    @Test(
        "query results are the same after step-by-step indexing, delayed indexing, a rebuild and a reindex",
        arguments: 1...4 as ClosedRange<UInt64>)
    func equality(seed: UInt64) async throws {
        let filters = try Self.filters()
        try await IndexArchive.with { archive in
            try archive.index(RandomJournal.parser)
            var journal = RandomJournal(archive, seed: seed)
            let lagging = archive.directory.path + "/lagging.sqlite"
            for step in 1...Self.stepCount {
                try await journal.next()
                try archive.index()
                if step.isMultiple(of: 5 + Int(seed)) { try Self.index(archive, at: lagging) }
            }
            try Self.index(archive, at: lagging)
            let now = journal.now
            func dump() throws -> QueryDump {
                try QueryDump(archive.reader(), filters, retention: RandomJournal.retention, now: now)
            }
            let stepwise = try dump()
            #expect(try archive.orphanCount() == 0)
            #expect(stepwise.text("reports, all").utf8.count > 1000)

            archive.deleteIndex()
            try FileSystem.move(lagging, to: archive.directory.indexPath)
            Self.expect(try dump(), stepwise, "with a lag")
            try archive.rebuild()
            Self.expect(try dump(), stepwise, "built again")
            let indexer = try Indexer(archive.directory, parser: RandomJournal.parser)
            try indexer.reindex()
            indexer.close()
            Self.expect(try dump(), stepwise, "reindexed")
        }
    }

    private static func index(_ archive: IndexArchive, at path: String) throws {
        let file = try IndexFile(path, archive.writer.reader(), RandomJournal.parser)
        var pace = IndexPace.unpaced
        while try file.indexNext(&pace).count > 0 {}
        file.close()
    }

    private static func expect(_ dump: QueryDump, _ expected: QueryDump, _ how: Comment) {
        let differences = dump.differences(from: expected)
        #expect(differences == [], how)
        guard let first = differences.first else { return }
        Issue.record(
            "\(how): \(first)\n\(dump.text(first).prefix(3000))\n--- but\n\(expected.text(first).prefix(3000))")
    }
}
