import ArchiveTestKit
import Deliveries
import GRDB
import Quarantine
import Synchronization
import TestKit

@testable import Journal
@testable import ReportIndex

/// An archive in a temporary directory, open for writing. Tests index it explicitly.
final class IndexArchive: Sendable {
    let writer: JournalWriter
    private let parser: Mutex<ReportParser>

    private init(_ writer: JournalWriter, _ parser: ReportParser) {
        self.writer = writer
        self.parser = Mutex(parser)
    }

    /// Runs `body` with an empty archive. The index exists, so readers that are opened early see later batches.
    static func with<Value>(_ body: (IndexArchive) async throws -> Value) async throws -> Value {
        try await TestArchive.withDirectory { try await with(at: $0, body) }
    }

    /// Runs `body` with an archive of indexed deliveries, each with one report.
    ///
    /// - Parameter seconds: the arrival times of the deliveries; nil for one delivery per second.
    static func with<Value>(
        _ reports: [RoutedReport], seconds: [Int64]? = nil, _ body: (ArchiveReader) throws -> Value
    ) async throws -> Value {
        try await with { archive in
            for index in reports.indices {
                let second = seconds?[index] ?? Int64(index)
                try await archive.commitAll([
                    .fixture(receivedAt: QueryArchive.time(second * 1000), body: .raw("body \(index)"))
                ])
            }
            try archive.index { [reports[Int($0.id.rawValue) - 1]] }
            return try body(archive.reader())
        }
    }

    static func with<Value>(
        at directory: ArchiveDirectory, parser: ReportParser = .byTarget, _ body: (IndexArchive) async throws -> Value
    ) async throws -> Value {
        try await TestArchive.withWriter(at: directory) { writer in
            let archive = IndexArchive(writer, parser)
            try archive.index()
            return try await body(archive)
        }
    }

    var directory: ArchiveDirectory {
        writer.directory
    }

    func reader() throws -> ArchiveReader {
        try ArchiveReader(directory)
    }

    /// The parser that last indexed the journal.
    var lastParser: ReportParser {
        parser.withLock { $0 }
    }

    /// Indexes the journal.
    ///
    /// - Parameter parser: the parser to use; nil for the previous one.
    func index(_ parser: ReportParser? = nil, progress: (Int64) -> Void = { _ in }) throws {
        if let parser { self.parser.withLock { $0 = parser } }
        try Indexer(directory, parser: lastParser).catchUp(progress: progress)
    }

    func index(_ reports: @escaping @Sendable (ArchivedDelivery) -> [RoutedReport]) throws {
        try index(.routed(reports))
    }

    func rebuild() throws {
        deleteIndex()
        try index()
    }

    func deleteIndex() {
        FileSystem.removeDatabase(directory.indexPath)
    }

    func commitAll(_ deliveries: [EncodedDelivery]) async throws {
        try await writer.commitAll(deliveries)
    }

    func commitTogether(_ deliveries: [EncodedDelivery]) async throws {
        try await writer.commitTogether(deliveries)
    }

    /// Appends a record and indexes it. Returns its position.
    @discardableResult
    func record(_ record: JournalRecord, at now: Timestamp = .fixture) throws -> Int64 {
        let position = try writer.append(record, at: now)
        try index()
        return position
    }

    /// Quarantines a delivery. The delivery is on disk when this function returns.
    func quarantine(_ delivery: QuarantinedDelivery) throws {
        let quarantine = try QuarantineWriter(directory)
        _ = quarantine.add(delivery)
        quarantine.close()
    }

    func verify(against mark: ChainMark? = nil) throws -> JournalVerification {
        try writer.reader().verify(against: mark)
    }

    /// Adds the deliveries to the journal if they are missing, and then writes them to the index as one batch.
    func writeBatch(_ deliveries: [IndexedDelivery]) throws {
        let deliveries = try SparseArchive.insertEntries(for: deliveries, directory)
        let connection = try WritingConnection(directory.indexPath, IndexSchema.schema, durability: .lastCommitsMayGo)
        defer { connection.finish() }
        guard let last = deliveries.map(\.id.rawValue).max(), let entry = try writer.reader().entry(last) else {
            return
        }
        let batch = IndexBatch(
            deliveries: deliveries, records: [], end: ChainMark(position: last, chain: entry.chain))
        try connection.run { db in
            try db.inTransaction(.immediate) {
                var (names, pace) = (IndexNames(), IndexPace.unpaced)
                try batch.write(&names, &pace, db)
                return .commit
            }
        }
    }
}

extension ReportParser {
    /// Finds one report in each delivery. The target of the delivery is the report's type and key.
    static let byTarget = unrouted { delivery in
        let target = delivery.request.target.text
        return [ReportContent(provider: "test", type: target, dedupeKey: target)]
    }

    static func unrouted(_ parse: @escaping @Sendable (ArchivedDelivery) -> [ReportContent]) -> ReportParser {
        ReportParser(parse: parse) { _, _ in nil }
    }

    /// Parses deliveries with the sources of the samples.
    static let samples = routed { delivery in
        SampleSources.parse(delivery).map { RoutedReport(content: $0.content, route: $0.route) }
    }

    /// Creates a parser from a function that also returns routes. If a source and type have several routes, the last
    /// one is used.
    static func routed(_ reports: @escaping @Sendable (ArchivedDelivery) -> [RoutedReport]) -> ReportParser {
        let routes = RouteMemory()
        return ReportParser { delivery in
            let found = reports(delivery)
            for report in found { routes.note(report.route, delivery.source, report.content.type) }
            return found.map(\.content)
        } route: {
            routes.route($0, $1)
        }
    }
}

private final class RouteMemory: Sendable {
    private let routes = Mutex<[ByteText: Route]>([:])

    func note(_ route: Route?, _ source: String, _ type: String) {
        routes.withLock { $0[ByteText("\(source) \(type)")] = route }
    }

    func route(_ source: String, _ type: String) -> Route? {
        routes.withLock { $0[ByteText("\(source) \(type)")] }
    }
}

extension ArchiveReader {
    func strings(_ sql: String) throws -> [String] {
        try read { try String.fetchAll($0, sql: sql) }
    }

    /// The rows of a statement, as in `callbox sql`.
    func rows(_ query: SQLQuery) throws -> [[SQLValue]] {
        var rows: [[SQLValue]] = []
        try run(query) { _ in
        } row: { row in
            rows.append(row)
            return true
        }
        return rows
    }

    func number(_ sql: String) throws -> Int64 {
        try read { try Int64.fetchOne($0, sql: sql) ?? -1 }
    }
}
