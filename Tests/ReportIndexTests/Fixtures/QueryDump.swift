import Deliveries
import StrictJSON

@testable import Journal
@testable import ReportIndex

/// The results of all queries of an archive as text, to be compared by bytes.
struct QueryDump: Equatable {
    /// The results, by the name of the query.
    private(set) var results: [String: [UInt8]] = [:]

    static func == (one: QueryDump, other: QueryDump) -> Bool {
        one.results == other.results
    }

    /// The names of the queries whose results differ.
    func differences(from other: QueryDump) -> [String] {
        Set(results.keys).union(other.results.keys).filter { results[$0] != other.results[$0] }.sorted()
    }

    func text(_ name: String) -> String {
        String(decoding: results[name] ?? [], as: UTF8.self)
    }

    private mutating func add(_ name: String, _ value: () throws -> Any) {
        let text: String
        do { text = "\(try value())" } catch { text = "error: \(error)" }
        results[name] = Array(text.utf8)
    }

    /// - Parameters:
    ///   - filters: the filters by name.
    ///   - now: the time at which ages are computed.
    init(_ reader: ArchiveReader, _ filters: [String: ReportFilter], retention: Retention, now: Timestamp) throws {
        let end = try JournalReader(reader.directory.journal).end()?.position ?? 0
        for (name, filter) in filters { addReports(name, filter, reader, now) }
        for position in 0...end + 1 { addDelivery(DeliveryID(rawValue: position), reader) }
        addRecords(reader, now)
        add("feedEnd") { try reader.feedEnd() }
        add("vocabulary") { try reader.vocabulary() }
        add("statistics") {
            let statistics = try reader.statistics()
            return [
                "\(statistics.sources)",
                """
                \(statistics.reportCount) \(statistics.unroutedCount) \(statistics.unrecognisedCount) \(statistics.replayCount)
                \(statistics.unindexedCount) \(String(describing: statistics.firstReceivedAtMilliseconds))
                \(String(describing: statistics.lastReceivedAtMilliseconds))
                """,
            ]
        }
        add("sources") { try reader.vocabulary().sources }
        add("unindexedCount") { try reader.unindexedCount() }
        add("scopes") { try DictionaryTraining(reader).scopes(withAtLeast: 2) }
        add("pruning") { try reader.plan(retention, now: now) }
        add("pruning of chosen") { try reader.pruning(of: (0...end).map(DeliveryID.init(rawValue:)), because: "x") }
        add("retention") { try reader.strings("SELECT id || settings || isConfirmed FROM retention") }
        for view in ArchiveViews.all { addRows(of: view, reader) }
    }

    private mutating func addReports(_ name: String, _ filter: ReportFilter, _ reader: ArchiveReader, _ now: Timestamp)
    {
        add("reports, \(name)") { try reader.reports(matching: filter) }
        add("deliveryIDs, \(name)") { try reader.deliveryIDs(matching: filter).ids }
        add("plan, \(name)") { try reader.plan(of: filter) }
        for slots in [TimeSlots.hours, .minutes] {
            add("totals, \(name), \(slots)") {
                var totals: [String] = []
                try reader.forEachTotal(matching: filter, in: slots) { totals.append("\($0) \($1)") }
                return totals.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            }
        }
        for source in ["klavi", "certn", "nobody"] {
            add("rhythm of \(source), \(name)") { try reader.rhythm(of: source, matching: filter) as Any }
        }
        add("feed, \(name)") {
            var pages: [FeedPage] = []
            var position = FeedPosition.start
            repeat {
                let page = try reader.feed(after: position, matching: filter, includesRejected: true, limit: 7)
                pages.append(page)
                position = page.end
            } while pages.last?.hasMore == true
            return pages
        }
        add("lastEvents, \(name)") {
            try reader.lastEvents(10, upTo: reader.feedEnd(), matching: filter, includesRejected: true)
        }
    }

    private mutating func addDelivery(_ id: DeliveryID, _ reader: ArchiveReader) {
        add("delivery \(id)") { try reader.delivery(id) as Any }
        add("hasDelivery \(id)") { try reader.hasDelivery(id) }
        add("keptDelivery \(id)") { try reader.keptDelivery(id) as Any }
        add("reports of \(id)") { try reader.reports(of: id) }
        add("newerReport than \(id)") { try reader.newerReport(than: id, identities: .fixture) as Any }
        add("previous to \(id)") {
            try reader.reports(of: id).map { try reader.previous(to: $0, identities: .fixture) as Any }
        }
        add("replays of \(id)") { try reader.replays(of: id) }
        add("release of \(id)") { try reader.release(of: id) as Any }
        add("mark of \(id)") {
            guard let report = ReportID(delivery: id, ordinal: 1) else { return "" }
            var position = FeedPosition.start
            position.arrival = report
            let mark = try reader.mark(of: position)
            return "\(String(describing: mark)) \(try reader.recognises(position, mark))"
        }
    }

    private mutating func addRecords(_ reader: ArchiveReader, _ now: Timestamp) {
        add("holds") { try reader.holds() }
        add("accesses") {
            var entries: [AccessEntry] = []
            try reader.forEachAccess(limit: nil) { entries.append($0) }
            return entries
        }
        add("links") { try reader.links(matching: LinkFilter()).map { ($0, try reader.progress(of: $0)) } }
        add("hasLink") { try reader.hasLink(withKey: ReportField("linkId", "1")) }
        add("followUps") { try reader.followUps() }
        add("dueFollowUps") { try reader.dueFollowUps(at: now, limit: 99) }
        add("followUpCursor") { try reader.followUpCursor() as Any }
        add("feedPosition") { try reader.feedPosition(since: now.advanced(byMilliseconds: -36_000_000)) }
        add("identifiers") {
            var identifiers: [String] = []
            try reader.forEachIdentifier { identifiers.append("\($0) \($1)") }
            return identifiers
        }
        add("fields of reports") {
            let reports = try reader.reports(matching: ReportFilter()).map(\.reportID)
            let fields = try reader.fields(named: ["linkId", "código", "co\u{301}digo"], of: Set(reports))
            return reports.map { fields[$0] ?? [] }
        }
    }

    private mutating func addRows(of view: ArchiveViews.View, _ reader: ArchiveReader) {
        add("view \(view.name)") {
            let columns = view.columns.map(\.name).joined(separator: ", ")
            return try reader.rows(SQLQuery("SELECT \(columns) FROM \(view.name) ORDER BY \(columns)"))
        }
    }
}
