internal import Deliveries
internal import Foundation
internal import GRDB
internal import Journal

/// Scans one part of the archive: reads candidates from the index, then their bodies.
struct BodyScanner {
    let filter: ReportFilter
    let matcher: BodyMatcher
    let reader: ArchiveReader
    let watch: ScanWatch
    let largeBodies: LargeBodies

    private struct Current {
        let id: Int64
        /// The body; nil if it cannot be decompressed.
        let body: [UInt8]?
        /// True if the body matches. Nil if the body is empty; each report is then matched separately.
        var matches: Bool?
    }

    /// The matches in a range of arrivals, newest first. Stops early if the watch is stopped.
    func scan(_ part: ClosedRange<Int64>) throws -> (reports: [ReportSummary], counts: ScanCounts) {
        var reports: [ReportSummary] = []
        var counts = ScanCounts()
        try reader.read { db in
            guard let query = try ReportQuery(filter, within: part, db) else { return }
            // With conditions on fields, candidates are rarely neighbouring deliveries, so bodies are looked up one by
            // one.
            let isNarrowed = !filter.fields.isEmpty || !filter.fieldTests.isEmpty
            let bodies = try isNarrowed ? nil : BodyCursor(ArrivalID.deliveries(part), db, reader.dictionaries)
            var current: Current?
            try query.forEachCandidate(db) { match in
                guard !watch.isStopped else { return false }
                let id = ArrivalID(rawValue: match.arrival).deliveryID
                guard try query.holds(match, db) else { return true }
                if current?.id != id { current = try open(id, bodies, &counts, db) }
                guard let body = current?.body else { return true }
                let isMatch =
                    try current?.matches
                    ?? matcher.matches(body) {
                        try String.fetchOne(
                            db.cachedStatement(sql: "SELECT externalInfo FROM report WHERE id = ?"),
                            arguments: [match.report])
                    }
                if isMatch, let summary = try query.summary(match, db) { reports.append(summary) }
                return true
            }
        }
        return (reports, counts)
    }

    private func open(
        _ id: Int64, _ bodies: BodyCursor?, _ counts: inout ScanCounts, _ db: Database
    ) throws -> Current {
        let stored =
            try bodies.map { try $0.body(of: id) }
            ?? StoredBody.at(DeliveryID(rawValue: id), db, reader.dictionaries)
        return try largeBodies.oneByOne(stored?.byteCount ?? 0) {
            do {
                guard let stored else { throw ArchiveError.damaged("the body is missing") }
                // A compressed body has a checksum, so its SHA-256 need not be computed.
                let body = try (stored.encoding == .zlib ? stored.decompressed() : stored.opened())
                    .readable(in: DeliveryID(rawValue: id), db, reader.dictionaries)
                counts.scanned += 1
                return Current(id: id, body: body, matches: body.isEmpty ? nil : try matcher.matches(body) { nil })
            } catch ArchiveError.pruned {
                counts.skipped += 1
            } catch is ArchiveError {
                counts.damaged += 1
            }
            return Current(id: id, body: nil)
        }
    }
}

/// Allows only one scanner at a time to open a large body.
final class LargeBodies: Sendable {
    private static let byteCountLimit = 2 << 20
    private let lock = NSLock()

    func oneByOne<Value>(_ byteCount: Int, _ work: () throws -> Value) rethrows -> Value {
        guard byteCount > Self.byteCountLimit else { return try work() }
        return try lock.withLock(work)
    }
}
